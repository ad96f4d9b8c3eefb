package where

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// match evaluates a tree for a row.
func (t *table) match(of tree, row func(string) (string, bool)) bool {
	for _, a := range of.atoms {
		if !t.atoms[a].Match(row) {
			return false
		}
	}
	for _, u := range of.unions {
		any := false
		for _, o := range u {
			any = any || t.match(o, row)
		}
		if !any {
			return false
		}
	}
	return true
}

// size counts atoms that are written.
func (t *table) size(of tree) int {
	n := len(of.atoms)
	for _, u := range of.unions {
		for _, o := range u {
			n += t.size(o)
		}
	}
	return n
}

func atoms(p predicate.Predicate) int {
	switch p.Op() {
	case predicate.OpIn, predicate.OpHasValue:
		return 1
	}
	n := 0
	for q := range p.Args() {
		n += atoms(q)
	}
	return n
}

func randomPredicate(r *rand.Rand, depth int) predicate.Predicate {
	column := string(rune('A' + r.IntN(3)))
	switch k := r.IntN(10); {
	case k == 0:
		return predicate.HasValue(column)
	case k < 5 || depth == 0:
		return predicate.In(column, fmt.Sprint(r.IntN(4)), fmt.Sprint(r.IntN(4)))
	case k < 7:
		return predicate.And(randomPredicate(r, depth-1), randomPredicate(r, depth-1))
	}
	ps := make([]predicate.Predicate, 2+r.IntN(6))
	for i := range ps {
		ps[i] = randomPredicate(r, depth-1)
	}
	return predicate.Or(ps...)
}

// randomBoxes returns a union of boxes of few different atoms, as rules are.
func randomBoxes(r *rand.Rand) predicate.Predicate {
	boxes := make([]predicate.Predicate, 2+r.IntN(12))
	for i := range boxes {
		boxes[i] = predicate.In("A", fmt.Sprint(r.IntN(4)))
		for _, column := range []string{"B", "C"} {
			if r.IntN(4) > 0 {
				boxes[i] = predicate.And(boxes[i], predicate.In(column, fmt.Sprint(r.IntN(4))))
			}
		}
	}
	return predicate.Or(boxes...)
}

// TestTree: the minimal form selects the same rows, and is never longer.
func TestTree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	smaller, some := 0, 0
	for n := range 1200 {
		p := randomPredicate(r, 3)
		if n%2 == 0 {
			p = randomBoxes(r)
		}
		if p.Op() == predicate.OpAll || p.Op() == predicate.OpNone {
			continue
		}
		var tab table
		root := tab.tree(p)
		selected := 0
		for i := range 6 * 6 * 6 {
			row := func(column string) (string, bool) {
				cell := i / map[string]int{"A": 1, "B": 6, "C": 36}[column] % 6
				if cell == 5 {
					return "", false
				}
				return []string{"0", "1", "2", "3", ""}[cell], true
			}
			require.Equal(t, p.Match(row), tab.match(root, row), "case %d: %v", n, p)
			if p.Match(row) {
				selected++
			}
		}
		if selected > 0 && selected < 216 {
			some++
		}
		require.LessOrEqual(t, tab.size(root), atoms(p), "%v", p)
		if tab.size(root) < atoms(p) {
			smaller++
		}
	}
	t.Logf("%d forms are smaller, %d select some rows", smaller, some)
	require.Greater(t, smaller, 200)
	require.Greater(t, some, 900)
}
