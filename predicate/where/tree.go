package where

import (
	"cmp"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// A tree is a condition in its minimal form: all of the atoms, and of each of
// the unions at least one operand. What several operands of an OR have in
// common is written once, so that
//
//	R in (EU) and S in (A)  or  R in (EU) and T in (B)
//
// becomes
//
//	R in (EU) and (S in (A) or T in (B))
//
// which never makes a condition longer.
type tree struct {
	atoms  []int // numbers in a table
	unions [][]tree
}

// parts returns the number of atoms and unions.
func (t tree) parts() int { return len(t.atoms) + len(t.unions) }

// maxDepth is how deep the expressions of a condition may be nested, counted as a
// parser nests a chain: A AND B AND C is (A AND B) AND C. SQLite, DuckDB and
// ClickHouse refuse more than 1,000 in a statement.
const maxDepth = 600

// What an atom adds to that: it is at most a check for NULL and two comparisons,
// each a few functions deep.
const (
	atomLength = 3
	atomDepth  = 8
)

// depth returns how deep the expressions of a condition are nested.
func (t tree) depth() int {
	deep := make([]int, 0, t.parts())
	for range t.atoms {
		deep = append(deep, atomDepth)
	}
	for _, u := range t.unions {
		operands := make([]int, len(u))
		for i, o := range u {
			operands[i] = o.depth()
		}
		deep = append(deep, chainDepth(operands, 1))
	}
	return chainDepth(deep, atomLength)
}

// chainDepth returns how deep a chain of operands is, with the inner chains that
// a long one is divided into. Every operand may be a chain of that length itself.
func chainDepth(deep []int, length int) int {
	size := inner(len(deep))
	most, links := 0, (len(deep)+size-1)/size
	for i := 0; i < len(deep); i += size {
		d := deep[i]
		if size > 1 {
			d = chainDepth(deep[i:min(i+size, len(deep))], length)
		}
		most = max(most, d+length*(links-i/size))
	}
	return most
}

// A table gives every different atom a number, so that its values are looked at
// and sent once.
type table struct {
	atoms  []predicate.Predicate
	byHash map[uint64][]int
	levels int // how deep operands are factored
	steps  int // atoms that were looked at for it
}

func (t *table) number(p predicate.Predicate) int {
	for _, i := range t.byHash[p.Hash()] {
		if t.atoms[i].Equal(p) {
			return i
		}
	}
	if t.byHash == nil {
		t.byHash = make(map[uint64][]int)
	}
	i := len(t.atoms)
	t.atoms = append(t.atoms, p)
	t.byHash[p.Hash()] = append(t.byHash[p.Hash()], i)
	return i
}

// tree returns the minimal form of p, which is neither no row nor every row.
func (t *table) tree(p predicate.Predicate) tree {
	switch p.Op() {
	case predicate.OpAnd:
		var all tree
		for q := range p.Args() {
			part := t.tree(q)
			all.atoms = append(all.atoms, part.atoms...)
			all.unions = append(all.unions, part.unions...)
		}
		return all
	case predicate.OpOr:
		operands := make([]tree, 0, p.Len())
		for q := range p.Args() {
			operands = append(operands, t.tree(q))
		}
		operands = t.factor(operands, t.levels)
		if len(operands) == 1 {
			return operands[0]
		}
		return tree{unions: [][]tree{operands}}
	}
	return tree{atoms: []int{t.number(p)}}
}

// factor returns operands of an OR that mean the same and of which no two share
// an atom. It takes the atoms that save most first; every step makes operands
// of groups smaller, so it ends. Groups in groups are factored up to some levels:
// what engines nest is bounded, and so is the time that it takes.
func (t *table) factor(operands []tree, levels int) []tree {
	if levels == 0 {
		return operands
	}
	holders := make(map[int][]int) // atom -> operands, increasing
	for i, o := range operands {
		t.steps += len(o.atoms)
		for _, a := range o.atoms {
			holders[a] = append(holders[a], i)
		}
	}
	var shared []int
	for a, in := range holders {
		if len(in) > 1 {
			shared = append(shared, a)
		}
	}
	slices.SortFunc(shared, func(a, b int) int {
		return cmp.Or(t.saves(b, len(holders[b]))-t.saves(a, len(holders[a])), a-b)
	})
	taken := make([]bool, len(operands))
	grouped := make(map[int]tree) // by the first operand of the group
	for _, a := range shared {
		in := slices.DeleteFunc(holders[a], func(i int) bool { return taken[i] })
		if len(in) < 2 {
			continue
		}
		rest := make([]tree, len(in))
		for j, i := range in {
			taken[i] = true
			rest[j] = tree{unions: operands[i].unions}
			for _, b := range operands[i].atoms {
				if b != a {
					rest[j].atoms = append(rest[j].atoms, b)
				}
			}
		}
		group := tree{atoms: []int{a}}
		// An operand that was the atom alone holds the rows of all others.
		if !slices.ContainsFunc(rest, func(r tree) bool { return len(r.atoms)+len(r.unions) == 0 }) {
			rest = t.factor(rest, levels-1)
			if len(rest) == 1 {
				group.atoms = append(group.atoms, rest[0].atoms...)
				group.unions = rest[0].unions
			} else {
				group.unions = [][]tree{rest}
			}
		}
		grouped[in[0]] = group
	}
	out := operands[:0:0]
	for i, o := range operands {
		if g, ok := grouped[i]; ok {
			out = append(out, g)
		} else if !taken[i] {
			out = append(out, o)
		}
	}
	return t.unite(out)
}

// saves estimates what is saved by writing an atom once instead of n times.
func (t *table) saves(a, n int) int { return (n - 1) * (1 + t.atoms[a].Len()) }

// unite joins operands that are one atom of the same column: S in (A) or S in (B)
// is S in (A, B).
func (t *table) unite(operands []tree) []tree {
	byColumn := make(map[string][]int)
	for i, o := range operands {
		if len(o.atoms) == 1 && len(o.unions) == 0 {
			column := t.atoms[o.atoms[0]].Column()
			byColumn[column] = append(byColumn[column], i)
		}
	}
	drop := make(map[int]bool)
	for _, in := range byColumn {
		if len(in) < 2 {
			continue
		}
		atoms := make([]predicate.Predicate, len(in))
		for j, i := range in {
			atoms[j] = t.atoms[operands[i].atoms[0]]
			drop[i] = j > 0
		}
		operands[in[0]] = tree{atoms: []int{t.number(predicate.Or(atoms...))}}
	}
	if len(drop) == 0 {
		return operands
	}
	kept := make([]tree, 0, len(operands))
	for i, o := range operands {
		if !drop[i] {
			kept = append(kept, o)
		}
	}
	return kept
}
