package predicate

import "slices"

// covers reports whether p plainly contains q: a rewriting that needs no case
// split shows that every row of q is in p. True is always right; false may
// mean "not seen here". [Predicate.Implies] is the exact question.
func covers(p, q Predicate) bool {
	switch {
	case q.Op() == OpNone, p.Op() == OpAll:
		return true
	case p.Op() == OpNone, q.Op() == OpAll:
		return false
	case p.box() && q.box():
		return boxCovers(p.atoms(), q.atoms())
	case q.Op() == OpOr:
		return !slices.ContainsFunc(q.n.args, func(t Predicate) bool { return !covers(p, t) })
	case p.Op() == OpAnd:
		return !slices.ContainsFunc(p.n.args, func(t Predicate) bool { return !covers(t, q) })
	case p.Op() == OpOr && slices.ContainsFunc(p.n.args, func(t Predicate) bool { return covers(t, q) }):
		return true
	case q.Op() == OpAnd:
		return slices.ContainsFunc(q.n.args, func(t Predicate) bool { return covers(p, t) })
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
		for j < len(b) && b[j].n.column < p.n.column {
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

// dropImplied removes from the operands rest of a conjunction those that
// another operand makes redundant.
func dropImplied(rest, atoms []Predicate) []Predicate {
	for i := len(rest) - 1; i >= 0; i-- {
		implied := slices.ContainsFunc(atoms, func(a Predicate) bool { return covers(rest[i], a) })
		for j := 0; j < len(rest) && !implied; j++ {
			implied = j != i && covers(rest[i], rest[j])
		}
		if implied {
			rest = slices.Delete(rest, i, i+1)
		}
	}
	return rest
}

// dropCovered removes from the operands of a union those that another operand
// contains. args is sorted and has no duplicates, so two boxes never contain
// each other.
func dropCovered(args []Predicate) []Predicate {
	boxes := 0
	for _, p := range args {
		if p.box() {
			boxes++
		}
	}
	var ix *boxIndex
	if boxes > 8 {
		ix = newBoxIndex(args)
	}
	// An operand goes only for one that stays, so that two that contain each
	// other by different routes cannot both go.
	kept := slices.Clone(args)
	for i := len(kept) - 1; i >= 0; i-- {
		q := kept[i]
		byIndex := ix != nil && q.box()
		covered := byIndex && ix.covers(q)
		for j := 0; j < len(kept) && !covered && (!byIndex || boxes < len(args)); j++ {
			covered = j != i && (!byIndex || !kept[j].box()) && covers(kept[j], q)
		}
		if covered {
			kept = slices.Delete(kept, i, i+1)
		}
	}
	return kept
}

// A boxIndex finds the boxes that could contain a given one without looking at
// all pairs: a containing box accepts, in its key column, the first value that
// the contained box has there.
type boxIndex struct {
	byValue map[columnValue][]Predicate
	byAny   map[string][]Predicate // boxes whose key atom is a HasValue
}

type columnValue struct{ column, value string }

func newBoxIndex(args []Predicate) *boxIndex {
	// How many different first values a column shows says how well it tells
	// boxes apart.
	firsts := make(map[columnValue]bool)
	spread := make(map[string]int)
	for _, p := range args {
		if !p.box() {
			continue
		}
		for _, a := range p.atoms() {
			if a.Op() == OpIn {
				cv := columnValue{a.n.column, a.n.values[0]}
				if !firsts[cv] {
					firsts[cv] = true
					spread[a.n.column]++
				}
			}
		}
	}
	ix := &boxIndex{make(map[columnValue][]Predicate, len(args)), make(map[string][]Predicate)}
	for _, p := range args {
		if !p.box() {
			continue
		}
		key := slices.MinFunc(p.atoms(), func(a, b Predicate) int {
			return cost(a, spread) - cost(b, spread)
		})
		if key.Op() == OpHasValue {
			ix.byAny[key.n.column] = append(ix.byAny[key.n.column], p)
			continue
		}
		for _, v := range key.n.values {
			cv := columnValue{key.n.column, v}
			ix.byValue[cv] = append(ix.byValue[cv], p)
		}
	}
	return ix
}

// cost estimates what it takes to have atom a as key: index entries made, and
// candidates met later. A HasValue is met by every box that tests the column.
func cost(a Predicate, spread map[string]int) int {
	if a.Op() == OpHasValue {
		return 1 << 40
	}
	return len(a.n.values) + 1<<16/max(1, spread[a.n.column])
}

func (ix *boxIndex) covers(q Predicate) bool {
	b := q.atoms()
	for _, a := range b {
		for _, p := range ix.byAny[a.n.column] {
			if p.n != q.n && boxCovers(p.atoms(), b) {
				return true
			}
		}
		if a.Op() == OpIn {
			for _, p := range ix.byValue[columnValue{a.n.column, a.n.values[0]}] {
				if p.n != q.n && boxCovers(p.atoms(), b) {
					return true
				}
			}
		}
	}
	return false
}
