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
		tab := table{levels: []int{0, 1, 16}[n%3]}
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

// deepPredicates are conditions that a parser could nest deeply, of about n rules
// or levels.
func deepPredicates(n int) map[string]predicate.Predicate {
	in := func(k int, value string) predicate.Predicate { return predicate.In(fmt.Sprint("c", k), value) }
	var stairs, fan, wide []predicate.Predicate
	for i := range n {
		atoms := []predicate.Predicate{in(n, fmt.Sprint(i))}
		for k := range i + 1 {
			atoms = append(atoms, in(k, "x"))
		}
		stairs = append(stairs, predicate.And(atoms[0], atoms[1:]...))
		fan = append(fan, predicate.And(in(i, "x"), in(n, fmt.Sprint(i))))
		wide = append(wide, in(i, "x"))
	}
	nested := predicate.In("z", "x")
	for k := range n {
		nested = predicate.Or(in(k, "x"), predicate.And(in(n+k, "y"), nested))
	}
	return map[string]predicate.Predicate{
		"each rule has one column more": predicate.Or(stairs...),
		"each rule has its own column":  predicate.Or(fan...),
		"one rule of many columns":      predicate.And(wide[0], wide[1:]...),
		"levels":                        nested,
	}
}

// TestDepth: what an engine must nest is bounded, or it is an error.
func TestDepth(t *testing.T) {
	refused := 0
	for name, p := range deepPredicates(400) {
		for _, d := range Dialects() {
			c, err := Lower(p, d, &Options{Limits: &Limits{}})
			if err != nil {
				require.ErrorIs(t, err, ErrBudget)
				require.ErrorContains(t, err, "levels of nesting")
				refused++
				continue
			}
			depth, deepest := 0, 0
			for _, ch := range c.SQL() {
				switch ch {
				case '(':
					depth++
				case ')':
					depth--
				}
				deepest = max(deepest, depth)
			}
			require.Less(t, deepest, 100, "%s: %s", name, d)
		}
	}
	require.Equal(t, len(Dialects()), refused, "the levels of the predicate itself")
}

// TestFactorCost: rules that share much take no more than dear times as many steps
// as random ones of their number and size.
func TestFactorCost(t *testing.T) {
	const n, dear = 300, 20
	usual := make([]predicate.Predicate, n)
	r := rand.New(rand.NewPCG(5, 6))
	for i := range usual {
		atoms := make([]predicate.Predicate, n/2)
		for k := range atoms {
			atoms[k] = predicate.In(fmt.Sprint("c", k), fmt.Sprint(r.IntN(1000)))
		}
		usual[i] = predicate.And(atoms[0], atoms[1:]...)
	}
	tab := table{levels: 16}
	tab.tree(predicate.Or(usual...))
	for name, p := range deepPredicates(n) {
		hostile := table{levels: 16}
		hostile.tree(p)
		require.LessOrEqual(t, hostile.steps, dear*tab.steps, name)
	}
}
