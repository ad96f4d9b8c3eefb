package predicate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// contains is boxCovers in the plainest words.
func contains(a, b Predicate) bool {
	for p := range a.Conditions() {
		q, ok := Predicate{}, false
		for c := range b.Conditions() {
			if c.Column() == p.Column() {
				q, ok = c, true
			}
		}
		switch {
		case !ok || p.Op() == OpIn && q.Op() != OpIn:
			return false
		case p.Op() == OpIn:
			for v := range q.Values() {
				if !slices.Contains(slices.Collect(p.Values()), v) {
					return false
				}
			}
		}
	}
	return true
}

// randomUnion returns up to n boxes in canonical order, some of which contain
// others.
func randomUnion(rng *rand.Rand, n int) []Predicate {
	columns := []string{"A", "B", "C"}
	for range rng.IntN(3) / 2 * 12 { // more than are looked for one by one
		columns = append(columns, fmt.Sprint("column ", len(columns)))
	}
	boxes := make([]Predicate, 1+rng.IntN(n))
	for i := range boxes {
		var atoms []Predicate
		for range 1 + rng.IntN(3) {
			column := columns[rng.IntN(len(columns))]
			if rng.IntN(9) == 0 {
				atoms = append(atoms, HasValue(column))
				continue
			}
			values := make([]string, 1+rng.IntN(3))
			for k := range values {
				values[k] = fmt.Sprint("value ", rng.IntN(12))
			}
			atoms = append(atoms, In(column, values...))
		}
		boxes[i] = And(atoms[0], atoms[1:]...)
	}
	boxes = slices.DeleteFunc(boxes, func(p Predicate) bool { return p.Op() == OpNone })
	return sortUnique(boxes)
}

// TestDropCovered compares what is left of a union with looking at every pair of
// boxes, for unions of both sides of fewBoxes, whose indices lie in memory that
// others have used.
func TestDropCovered(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	dropped, left := 0, 0
	for round := range 3000 {
		boxes := randomUnion(rng, []int{4, fewBoxes, 3 * fewBoxes, 120}[round%4])
		var want []Predicate
		for i, q := range boxes {
			if !slices.ContainsFunc(boxes, func(p Predicate) bool { return p != boxes[i] && contains(p, q) }) {
				want = append(want, q)
			}
		}
		for name, drop := range map[string]func([]Predicate) []Predicate{"union": dropCovered, "pairs": dropCoveredPairs} {
			got := drop(slices.Clone(boxes))
			require.True(t, slices.Equal(want, got), "round %d, %s of %v: got %v, want %v", round, name, boxes, got, want)
		}
		dropped, left = dropped+len(boxes)-len(want), left+len(want)
	}
	require.Greater(t, dropped, left/10)
	require.Greater(t, left, dropped/10)
}

// TestUnionsForget checks that no text of a rule stays in the memory that unions
// lend each other, and that a large one does not stay for ever.
func TestUnionsForget(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 13))
	for range 50 {
		boxes := randomUnion(rng, 200)
		ix := new(boxIndex)
		ix.build(boxes)
		keys, uses, names := ix.keys, ix.uses.each, ix.uses.names
		ix.free()
		require.Nil(t, ix.boxes)
		for _, k := range keys[:cap(keys)] {
			require.Nil(t, k.atom.n)
		}
		requireReset(t, &ix.uses, uses, names)
		require.Zero(t, ix.steps)

		s := new(sorter)
		s.sort(boxes)
		kinds, conjunctions, names := s.kinds, s.conjunctions.each, s.conjunctions.names
		s.free()
		for _, k := range kinds[:cap(kinds)] {
			require.Nil(t, k)
		}
		requireReset(t, &s.conjunctions, conjunctions, names)
	}
	for reason, large := range map[string]*boxIndex{
		"entries": {chain: make([]boxEntry, maxKept+1)},
		"boxes":   {keys: make([]boxKey, maxKept+1)},
		"atoms":   {of: make([]int32, 4*(maxKept+1))},
		"columns": {uses: perColumn[columnUse]{names: make([]string, maxKept+1)}},
	} {
		require.True(t, large.large(), reason)
	}
	require.False(t, new(boxIndex).large())
}

func requireReset[T any](t *testing.T, m *perColumn[T], each []*T, names []string) {
	t.Helper()
	require.Empty(t, m.names)
	require.Empty(t, m.each)
	require.Nil(t, m.at)
	var zero T
	for i := range each {
		require.Empty(t, names[i])
		if v := each[i]; v != nil {
			require.Equal(t, zero, *v)
		}
	}
}

// TestUnionsAtOnce makes unions from several goroutines, which lend each other
// memory.
func TestUnionsAtOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 14))
	unions := make([][]Predicate, 20)
	want := make([]Predicate, len(unions))
	for i := range unions {
		unions[i] = randomUnion(rng, 300)
		want[i] = Or(unions[i]...)
	}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for k := range 100 {
				i := (k*(worker+1) + worker) % len(unions)
				if got := Or(unions[i]...); compare(got, want[i]) != 0 {
					t.Errorf("got %v, want %v", got, want[i])
				}
			}
		})
	}
	all.Wait()
}
