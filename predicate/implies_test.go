package predicate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/rowsight/rowsight/predicate"
)

// requireMinus checks p.Minus(q) against every row of the domain, and any
// witness against Match.
func requireMinus(t *testing.T, p, q Predicate) bool {
	t.Helper()
	want := !included(p, q)
	witness, ok := p.Minus(q)
	if ok != want {
		require.Failf(t, "Minus is wrong", "%s\nminus %s\ngot %v %v, want %v", p, q, witness, ok, want)
	}
	require.Equal(t, !want, p.Implies(q))
	if !ok {
		require.Nil(t, witness)
		return ok
	}
	requireWitness(t, p, q, witness)
	again, _ := p.Minus(q)
	require.Equal(t, witness, again, "the witness is the same at each call")
	return ok
}

func requireWitness(t *testing.T, p, q Predicate, witness map[string]string) {
	t.Helper()
	require.NotNil(t, witness)
	value := func(column string) (string, bool) { s, ok := witness[column]; return s, ok }
	require.True(t, p.Match(value), "%v is not in %s", witness, p)
	require.False(t, q.Match(value), "%v is in %s", witness, q)
	for column, text := range witness {
		require.NotEmpty(t, text)
		require.Contains(t, p.Columns(), column, "a column that does not matter")
	}
}

func TestMinus(t *testing.T) {
	for _, tt := range []struct {
		p, q, want string
		reason     string
	}{
		{`none`, `none`, `map[] false`, "no row to find"},
		{`all`, `all`, `map[] false`, "every row is in all"},
		{`all`, `none`, `map[] true`, "any row will do: all NULL"},
		{`all`, `A has value or B has value`, `map[] true`, "NULL is accepted nowhere"},
		{`A has value`, `A in ("other", "other 2")`, `map[A:other 3] true`, "a text that q does not name"},
		{`A has value`, `A has value`, `map[] false`, "the same"},
		{`A in ("x", "y")`, `A in ("x")`, `map[A:y] true`, "what is left"},
		{`A in ("x")`, `A has value`, `map[] false`, "a value is a value"},
		{`A in ("x", "y") and B in ("x", "y")`, `A in ("x") or B in ("x")`, `map[A:y B:y] true`, "outside both"},
		{`A in ("x", "y") and B in ("x", "y")`, `A in ("x") and B in ("x", "y") or A in ("y") and B in ("x") or A in ("y") and B in ("y")`,
			`map[] false`, "covered by three rules, by none alone"},
		{`(A in ("x") or B in ("x")) and (A in ("y") or C in ("y"))`, `B in ("x")`, `map[A:x C:y] true`, "boxes of a conjunction of unions"},
		{`A in ("x") and B in ("x")`, `(A in ("x") or C in ("x")) and (B in ("x") or C in ("y"))`, `map[] false`, "q is a conjunction of unions"},
	} {
		p, q := MustParse(tt.p), MustParse(tt.q)
		witness, ok := p.Minus(q)
		require.Equal(t, tt.want, fmt.Sprint(witness, " ", ok), "%s: %s minus %s", tt.reason, tt.p, tt.q)
	}
}

func TestMinusOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	found, none := 0, 0
	for i := range 20_000 {
		var p, q Predicate
		if i%2 == 0 {
			p, _ = randomPair(r, 3)
			q, _ = randomPair(r, 3)
		} else {
			p, q = randomBoxes(r, 4), randomBoxes(r, 12)
		}
		if requireMinus(t, p, q) {
			found++
		} else if p.Op() != OpNone && q.Op() != OpAll {
			none++
		}
	}
	require.Greater(t, found, 2000)
	require.Greater(t, none, 2000)
}

// TestMinusSplit cuts one box into many that together make it up, and takes
// one away: the witness must lie in the hole.
func TestMinusSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 13))
	for range 50 {
		values := map[string][]string{}
		for _, c := range domainColumns {
			for i := range 2 + r.IntN(12) {
				values[c] = append(values[c], fmt.Sprintf("%s%d", c, i))
			}
		}
		whole := And(In("A", values["A"]...), In("B", values["B"]...), In("C", values["C"]...))
		parts := split(r, values, 60)
		require.True(t, whole.Implies(Or(parts...)))
		hole := parts[0]
		witness, ok := whole.Minus(Or(parts[1:]...))
		require.True(t, ok)
		requireWitness(t, whole, Or(parts[1:]...), witness)
		requireWitness(t, hole, Or(), witness)
	}
}

// split cuts a box into n disjoint ones or fewer.
func split(r *rand.Rand, values map[string][]string, n int) []Predicate {
	c := domainColumns[r.IntN(len(domainColumns))]
	if n <= 1 || len(values[c]) < 2 {
		return []Predicate{And(In("A", values["A"]...), In("B", values["B"]...), In("C", values["C"]...))}
	}
	all := slices.Clone(values[c])
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	at := 1 + r.IntN(len(all)-1)
	var parts []Predicate
	for _, half := range [][]string{all[:at], all[at:]} {
		sub := map[string][]string{"A": values["A"], "B": values["B"], "C": values["C"]}
		sub[c] = half
		parts = append(parts, split(r, sub, n/2)...)
	}
	return parts
}

func TestMinusManyRules(t *testing.T) {
	rules := ruleSet(999, 21)
	p := Or(rules...)
	require.True(t, p.Implies(Or(append(ruleSet(100, 22), rules...)...)), "more rules, more rows")
	changed := slices.Clone(rules)
	changed[500] = And(In("Region", "nowhere"), In("Segment", "none"), In("Customer", "nobody"))
	witness, ok := Or(changed...).Minus(p)
	require.True(t, ok)
	require.Equal(t, map[string]string{"Region": "nowhere", "Segment": "none", "Customer": "nobody"}, witness)
	witness, ok = p.Minus(Or(ruleSet(999, 23)...))
	require.True(t, ok)
	requireWitness(t, p, Or(ruleSet(999, 23)...), witness)
}

// FuzzImplies makes two predicates of the bytes and checks Minus by trying
// every row.
func FuzzImplies(f *testing.F) {
	f.Add(uint64(1), uint64(2), 3)
	f.Add(uint64(7), uint64(7), 2)
	f.Add(uint64(40), uint64(2), -12)
	f.Fuzz(func(t *testing.T, a, b uint64, size int) {
		r := rand.New(rand.NewPCG(a, b))
		if size < 0 { // unions of boxes
			requireMinus(t, randomBoxes(r, 5), randomBoxes(r, min(-size, 40)&63))
			return
		}
		p, _ := randomPair(r, size%4)
		q, _ := randomPair(r, size%5)
		requireMinus(t, p, q)
		requireMinus(t, And(p, q), p)
		requireMinus(t, p, Or(p, q))
	})
}

func BenchmarkImplies(b *testing.B) {
	rules := ruleSet(999, 31)
	p := Or(rules...)
	changed := slices.Clone(rules)
	for i := range 5 {
		changed[i*199] = ruleSet(1, uint64(100+i))[0]
	}
	r := rand.New(rand.NewPCG(1, 1))
	values := map[string][]string{}
	for _, c := range domainColumns {
		for i := range 100 {
			values[c] = append(values[c], fmt.Sprint(c, i))
		}
	}
	parts := split(r, values, 1024)
	whole := And(In("A", values["A"]...), In("B", values["B"]...), In("C", values["C"]...))
	// Every part in its own halves: no part of q contains a part of p alone.
	quarter := map[string][]string{"A": values["A"], "B": values["B"], "C": values["C"]}
	otherParts := split(r, quarter, 1024)
	parent := Or(ruleSet(999, 41)...)
	for _, bb := range []struct {
		name string
		p, q Predicate
		want bool
	}{
		{"same", p, Or(rules...), true},
		{"narrowed", Or(narrowed(rules)...), p, true},
		{"changed=5", p, Or(changed...), false},
		{"unrelated", p, parent, false},
		{"child-of-parent", And(p, parent), parent, true},
		{"children", And(p, Or(ruleSet(999, 43)...)), And(p, parent), false},
		{fmt.Sprintf("one-box-in-%d-parts", len(parts)), whole, Or(parts...), true},
		{"two-partitions", Or(parts...), Or(otherParts...), true},
		{"one-part-missing", whole, Or(parts[1:]...), false},
	} {
		b.Run(bb.name, func(b *testing.B) {
			require.Equal(b, bb.want, bb.p.Implies(bb.q))
			for b.Loop() {
				bb.p.Implies(bb.q)
			}
		})
	}
}
