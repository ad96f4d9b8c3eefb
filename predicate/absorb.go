package predicate

import (
	"cmp"
	"slices"
)

// covers reports whether p plainly contains q: a rewriting that needs no case
// split shows that every row of q is in p. True is always right; false may
// mean "not seen here". [Predicate.Implies] is the exact question.
func covers(p, q Predicate) bool { return make(coverMemo).covers(p, q) }

// A coverMemo remembers the pairs already decided. A nested pair is reached by
// many routes, exponentially many in the depth, and is decided once.
type coverMemo map[[2]*node]bool

func (m coverMemo) covers(p, q Predicate) bool {
	switch {
	case q.Op() == OpNone, p.Op() == OpAll, p.n == q.n:
		return true
	case p.Op() == OpNone, q.Op() == OpAll:
		return false
	case p.box() && q.box():
		return boxCovers(p.atoms(), q.atoms())
	}
	pair := [2]*node{p.n, q.n}
	known, ok := m[pair]
	if !ok {
		known = m.nested(p, q)
		m[pair] = known
	}
	return known
}

// nested decides a pair of which one at least is not a box.
func (m coverMemo) nested(p, q Predicate) bool {
	switch {
	case q.Op() == OpOr:
		return !slices.ContainsFunc(q.n.args, func(t Predicate) bool { return !m.covers(p, t) })
	case p.Op() == OpAnd:
		return !slices.ContainsFunc(p.n.args, func(t Predicate) bool { return !m.covers(t, q) })
	case p.Op() == OpOr && slices.ContainsFunc(p.n.args, func(t Predicate) bool { return m.covers(t, q) }):
		return true
	case q.Op() == OpAnd:
		return slices.ContainsFunc(q.n.args, func(t Predicate) bool { return m.covers(p, t) })
	default:
		return false
	}
}

// boxCovers reports whether the box of atoms a contains the box of atoms b:
// every condition of a is one that b has too, at least as narrow.
func boxCovers(a, b []Predicate) bool {
	if len(a) > len(b) {
		return false
	}
	j := 0
	for _, p := range a {
		// Columns of one file are one text in memory, which is seen at once.
		for j < len(b) && b[j].n.column != p.n.column && b[j].n.column < p.n.column {
			j++
		}
		if j == len(b) || b[j].n.column != p.n.column || !atomCovers(p, b[j]) {
			return false
		}
		j++
	}
	return true
}

func atomCovers(p, q Predicate) bool {
	if p.Op() == OpHasValue {
		return true
	}
	if q.Op() == OpHasValue || q.n.sig&^p.n.sig != 0 || len(q.n.values) > len(p.n.values) {
		return false
	}
	return subset(q.n.values, p.n.values)
}

// subset reports whether every string of a is in b; both are increasing.
func subset(a, b []string) bool {
	if len(b) > 16*len(a) {
		for _, v := range a {
			if _, ok := slices.BinarySearch(b, v); !ok {
				return false
			}
		}
		return true
	}
	j := 0
	for _, v := range a {
		for j < len(b) && b[j] < v {
			j++
		}
		if j == len(b) || b[j] != v {
			return false
		}
		j++
	}
	return true
}

// maxNested bounds the operands that are not boxes and are compared with all
// others. Rules have a few; a hostile document with thousands would take
// minutes to put in order, and is left with what is redundant in it.
const maxNested = 200

func countNested(args []Predicate) (n int) {
	for _, p := range args {
		if !p.box() {
			n++
		}
	}
	return n
}

// dropImplied removes from the operands of a conjunction those that the other
// operands make redundant.
func dropImplied(args []Predicate) []Predicate {
	// Atoms of different columns never imply each other.
	if n := countNested(args); n == 0 || n > maxNested {
		return args
	}
	return dropRedundant(args, func(i int, gone []bool) bool {
		others := without(args, i, gone)
		return len(others) > 0 && covers(args[i], conjunction(others))
	})
}

// dropCovered removes from the operands of a union those that the other
// operands contain. args is sorted and has no duplicates, so two boxes never
// contain each other.
func dropCovered(args []Predicate) []Predicate {
	nested := countNested(args)
	if nested == 0 && len(args) <= fewBoxes {
		return dropCoveredPairs(args)
	}
	ix := boxIndexes.Get().(*boxIndex)
	defer ix.free()
	if nested == 0 || nested > maxNested {
		ix.build(args)
		var covered []int // all are compared before one goes
		for i, q := range args {
			if q.box() && ix.covers(q.atoms(), i) {
				covered = append(covered, i)
			}
		}
		return drop(args, covered)
	}
	ix.build(slices.Clone(args))
	return dropRedundant(args, func(i int, gone []bool) bool {
		q := args[i]
		var covered bool
		if q.box() {
			covered = ix.covers(q.atoms(), i)
			for j := 0; j < len(args) && !covered; j++ {
				covered = !args[j].box() && !gone[j] && covers(args[j], q)
			}
		} else {
			covered = covers(disjunction(without(args, i, gone)), q)
		}
		if covered {
			ix.boxes[i] = Predicate{}
		}
		return covered
	})
}

// fewBoxes is up to how many boxes are compared with each other: an index of so few
// takes longer to build.
const fewBoxes = 16

// dropCoveredPairs is dropCovered for a few boxes.
func dropCoveredPairs(boxes []Predicate) []Predicate {
	var covered []int
	for i, q := range boxes {
		b := q.atomAt(0).n
		for j, p := range boxes {
			// Nearly always the first conditions tell, at a tenth of the cost.
			a := p.atomAt(0).n
			if j == i || b.sig&^a.sig != 0 && a.column == b.column {
				continue
			}
			if boxCovers(p.atoms(), q.atoms()) {
				covered = append(covered, i)
				break
			}
		}
	}
	return drop(boxes, covered)
}

// drop removes the elements with these indices, which increase, from ps.
func drop(ps []Predicate, indices []int) []Predicate {
	if len(indices) == 0 {
		return ps
	}
	kept := ps[:indices[0]]
	for i := indices[0]; i < len(ps); i++ {
		if len(indices) > 0 && i == indices[0] {
			indices = indices[1:]
		} else {
			kept = append(kept, ps[i])
		}
	}
	clear(ps[len(kept):])
	return kept
}

// dropRedundant removes from args, one after the other, those of which
// redundant says that the ones not gone yet make them so. Operands that contain
// each other by different routes thus cannot all go. The largest goes first:
// what stays is then the same however the operands were grouped before.
func dropRedundant(args []Predicate, redundant func(i int, gone []bool) bool) []Predicate {
	order, sizes := make([]int, len(args)), make([]int, len(args))
	for i, p := range args {
		order[i], sizes[i] = i, p.size()
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(sizes[j], sizes[i]), cmp.Compare(j, i))
	})
	gone := make([]bool, len(args))
	for _, i := range order {
		gone[i] = redundant(i, gone)
	}
	return without(args, -1, gone)
}

// without returns args without the i-th and those gone.
func without(args []Predicate, i int, gone []bool) []Predicate {
	kept := make([]Predicate, 0, len(args))
	for j, p := range args {
		if j != i && !gone[j] {
			kept = append(kept, p)
		}
	}
	return kept
}

// size returns the number of operators and conditions in p.
func (p Predicate) size() int {
	n := 1
	for _, q := range p.args() {
		n += q.size()
	}
	return n
}
