package predicate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSortUnique compares the sort by digits with the plain one, on boxes whose
// first bytes agree, whose columns differ, which come twice or test HasValue.
func TestSortUnique(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	prefixes := []string{"", "a", "sku-0000", "sku-0000-0000-", "\xff\xff\xff\xff\xff\xff\xff\xff", "é"}
	for round := range 400 {
		columns := []string{"a", "b", "product", "product line", "z"}[:1+rng.IntN(5)]
		for range rng.IntN(2) * 12 { // more than are looked for one by one
			columns = append(columns, fmt.Sprint("column ", len(columns)))
		}
		atom := func(column string) Predicate {
			if rng.IntN(8) == 0 {
				return HasValue(column)
			}
			values := make([]string, 1+rng.IntN(3))
			for i := range values {
				values[i] = prefixes[rng.IntN(len(prefixes))] + strings.Repeat("x", rng.IntN(3)) + fmt.Sprint(rng.IntN(40))
			}
			return In(column, values...)
		}
		boxes := make([]Predicate, fewToSort-2+rng.IntN(200))
		for i := range boxes {
			from := rng.IntN(len(columns))
			boxes[i] = atom(columns[from])
			for _, column := range columns[from+1:] {
				if rng.IntN(3) == 0 {
					boxes[i] = And(boxes[i], atom(column))
				}
			}
			if round%5 == 0 && rng.IntN(50) == 0 { // no box
				boxes[i] = Or(boxes[i], atom("y"), And(atom("y"), atom("z")))
			}
			if rng.IntN(10) == 0 {
				boxes[i] = boxes[rng.IntN(i+1)]
			}
		}
		want := slices.Clone(boxes)
		slices.SortFunc(want, compare)
		want = slices.CompactFunc(want, func(p, q Predicate) bool { return compare(p, q) == 0 })
		got := sortUnique(boxes)
		require.Len(t, got, len(want))
		for i := range want {
			require.Zero(t, compare(want[i], got[i]), "%d: %v, not %v", i, got[i], want[i])
		}
	}
}

// TestSortDeeper compares the sort by digits with the plain one where first values
// begin alike for long, end within what others begin with, or are all the same.
func TestSortDeeper(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 10))
	for round := range 300 {
		prefixes := make([]string, 1+rng.IntN(4))
		for i := range prefixes {
			prefixes[i] = strings.Repeat([]string{"customer ", "x", "\x00", "\xff"}[rng.IntN(4)], rng.IntN(12))
		}
		digits := 1 + rng.IntN(24)
		boxes := make([]Predicate, 2*fewToSort+rng.IntN(400))
		for i := range boxes {
			first := prefixes[rng.IntN(len(prefixes))]
			for range rng.IntN(digits) {
				first += []string{"\x00", "\x01", "a", "\xff"}[rng.IntN(4)]
			}
			box := In("a", first+"\x01")
			if round%4 == 0 && rng.IntN(100) == 0 {
				box = HasValue("a")
			}
			if round%2 == 0 {
				box = And(box, In("b", fmt.Sprint(rng.IntN(1000))))
			}
			boxes[i] = box
		}
		want := slices.Clone(boxes)
		slices.SortFunc(want, compare)
		sortBoxes(boxes)
		for i := range want {
			require.Zero(t, compare(want[i], boxes[i]), "round %d: %v, not %v", round, boxes[i], want[i])
		}
	}
}

// TestMergeAll compares the union of sorted sets with sorting everything.
func TestMergeAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		sets := make([][]string, 1+rng.IntN(9))
		var all []string
		for i := range sets {
			for range 1 + rng.IntN(20) {
				sets[i] = append(sets[i], []string{"v", "some prefix ", "\x00"}[rng.IntN(3)]+fmt.Sprint(rng.IntN(60)))
			}
			slices.Sort(sets[i])
			sets[i] = slices.Compact(sets[i])
			all = append(all, sets[i]...)
		}
		slices.Sort(all)
		require.Equal(t, slices.Compact(all), mergeAll(sets))
	}
}
