package predicate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBoxes: of random trees, the union of the boxes selects the same rows, every
// box is one, and the conjunction of its conditions is the box. Renaming columns
// and back changes nothing.
func TestBoxes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var build func(depth int) Predicate
	build = func(depth int) Predicate {
		column := string(rune('A' + rng.IntN(3)))
		switch kind := rng.IntN(12); {
		case kind == 0:
			return All()
		case kind == 1:
			return Predicate{}
		case kind == 2:
			return HasValue(column)
		case kind < 6 || depth == 0:
			return In(column, fmt.Sprint(rng.IntN(4)), fmt.Sprint(rng.IntN(4)))
		case kind < 9:
			return Or(build(depth-1), build(depth-1), build(depth-1))
		default:
			return And(build(depth-1), build(depth-1))
		}
	}
	nested := 0
	for range 20_000 {
		p := build(4).Restrict("A", "D")
		boxes := slices.Collect(p.Boxes())
		for _, box := range boxes {
			require.True(t, box.IsBox(), box)
			require.True(t, And(All(), slices.Collect(box.Conditions())...).Equal(box))
			last := ""
			for c := range box.Conditions() {
				require.Contains(t, []Op{OpIn, OpHasValue}, c.Op())
				require.Less(t, last, c.Column())
				last = c.Column()
				require.Equal(t, []string{c.Column()}, c.Restricted(), "a condition restricts its column only")
			}
		}
		if !flat(p) {
			nested++
			require.False(t, p.IsBox())
			require.Empty(t, slices.Collect(p.Conditions()))
		}
		all := Or(boxes...)
		require.True(t, all.Implies(p) && p.Implies(all), p)
		there := p.Rename(func(c string) string { return "x" + c })
		require.Equal(t, p.String(), there.Rename(func(c string) string { return c[1:] }).String())
		one := p.Rename(func(string) string { return "A" })
		require.LessOrEqual(t, len(one.Restricted()), 1)
		for _, v := range []string{"", "0", "1", "2", "3", "4"} {
			row := func(string) (string, bool) { return v, true }
			require.Equal(t, p.Match(row), one.Match(row), "%s and %s of %q", p, one, v)
		}
	}
	require.Greater(t, nested, 1000)
}

// TestBoxesStop: a conjunction of unions with a million boxes is looked at one by one.
func TestBoxesStop(t *testing.T) {
	var left, right []Predicate
	for i := range 1000 {
		left = append(left, And(In("A", fmt.Sprint(i)), In("B", fmt.Sprint(i))))
		right = append(right, And(In("C", fmt.Sprint(i)), In("D", fmt.Sprint(i))))
	}
	n := 0
	for range And(Or(left...), Or(right...)).Boxes() {
		if n++; n == 1500 {
			break
		}
	}
	require.Equal(t, 1500, n)
}
