package predicate

import "slices"

// A columnSet is the columns that a predicate restricts besides those it has
// conditions on: increasing, at least one. It is shared and never written. nil is
// none.
type columnSet struct{ names []string }

// Restrict returns p with more restricted columns. It selects the same rows,
// because p gets no condition. A rule set restricts a column for every viewer,
// also for one whose rules admit every value there, and each target must have
// that column exactly once and as text (U2).
func (p Predicate) Restrict(columns ...string) Predicate {
	if len(columns) == 0 {
		return p
	}
	names := slices.Clone(columns)
	slices.Sort(names)
	return p.with(unionOf(p.set(), &columnSet{slices.Compact(names)}))
}

// Restricted returns the columns that p restricts, sorted, each once: the
// columns of its conditions and those of the rules it comes from
// ([Predicate.Restrict]). [And] and [Or] restrict the columns of all their
// operands.
func (p Predicate) Restricted() []string {
	names := p.Columns()
	if s := p.set(); s != nil {
		names = append(names, s.names...)
		slices.Sort(names)
	}
	return slices.Compact(names)
}

// Rows returns p without the restricted columns that have no condition. Use it
// for reports about rows, and pass p itself to a target.
func (p Predicate) Rows() Predicate { return p.with(nil) }

// unconditioned returns the columns that p restricts without a condition.
func (p Predicate) unconditioned() []string {
	s := p.set()
	if s == nil {
		return nil
	}
	conditions := p.Columns()
	return slices.DeleteFunc(slices.Clone(s.names), func(name string) bool {
		_, ok := slices.BinarySearch(conditions, name)
		return ok
	})
}

// Same reports whether p and q are equal and restrict the same columns. If so,
// a filter compiled for one also serves the other (S6).
func (p Predicate) Same(q Predicate) bool {
	return p.Equal(q) && (p.set() == q.set() || slices.Equal(p.unconditioned(), q.unconditioned()))
}

func (p Predicate) set() *columnSet {
	if p.n == nil {
		return nil
	}
	return p.n.set
}

// with returns p restricting s instead of what it restricts without a condition.
func (p Predicate) with(s *columnSet) Predicate {
	if p.set() == s {
		return p
	}
	if s == nil && p.Op() == OpNone {
		return Predicate{}
	}
	n := new(node) // an OpNone
	if p.n != nil {
		*n = *p.n
	}
	n.set = s
	return Predicate{n}
}

// bare makes operands of atoms: the columns that a predicate restricts are kept
// in its outermost node.
func bare(atoms []Predicate) {
	for i, p := range atoms {
		if p.n.set != nil {
			atoms[i] = p.with(nil)
		}
	}
}

// setOf returns what p and all of more restrict. Rules of one file share a set, so
// that pointers are compared as a rule.
func setOf(p Predicate, more []Predicate) *columnSet {
	one := p.set()
	for i, q := range more {
		switch s := q.set(); {
		case s == nil || s == one:
		case one == nil:
			one = s
		default:
			return setOfMany(one, more[i:])
		}
	}
	return one
}

// setOfMany is setOf where not all share a set: what last and all of more restrict.
func setOfMany(last *columnSet, more []Predicate) *columnSet {
	sets := []*columnSet{last}
	for _, q := range more {
		if s := q.set(); s != nil && s != last {
			sets = append(sets, s)
			last = s
		}
	}
	return unionOf(sets...)
}

// unionOf returns the columns of all sets: one of the sets if it has them all. It
// merges once, however many sets there are.
func unionOf(sets ...*columnSet) *columnSet {
	var most *columnSet
	size := 0
	for _, s := range sets {
		if s == nil {
			continue
		}
		size += len(s.names)
		if most == nil || len(s.names) > len(most.names) {
			most = s
		}
	}
	if most == nil || size == len(most.names) {
		return most
	}
	names := make([]string, 0, size)
	for _, s := range sets {
		if s != nil {
			names = append(names, s.names...)
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == len(most.names) {
		return most
	}
	return &columnSet{slices.Clip(names)}
}
