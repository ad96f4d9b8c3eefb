package predicate

import "iter"

// IsBox reports whether p is a box: a conjunction of conditions on different
// columns, such as one rule, or [All], which has no condition. A viewer sees a
// union of boxes. The zero Predicate is not a box.
func (p Predicate) IsBox() bool { return p.Op() == OpAll || p.box() }

// Conditions returns the conditions of a box, sorted by column. Each is an
// [OpIn] or [OpHasValue], and no two are on the same column. [All], and a
// predicate that is not a box, has no conditions.
func (p Predicate) Conditions() iter.Seq[Predicate] {
	return func(yield func(Predicate) bool) { p.eachCondition(yield) }
}

func (p Predicate) eachCondition(yield func(Predicate) bool) {
	switch {
	case p.atom():
		yield(p.with(nil))
	case p.box():
		for _, q := range p.n.args {
			if !yield(q) {
				return
			}
		}
	}
}

// Boxes returns boxes whose union is p, in canonical order. The zero Predicate
// has none. A conjunction of unions is expanded, one box at a time, and can
// have very many boxes.
func (p Predicate) Boxes() iter.Seq[Predicate] {
	return func(yield func(Predicate) bool) { p.eachBox(yield) }
}

func (p Predicate) eachBox(yield func(Predicate) bool) bool {
	switch {
	case p.IsBox():
		return yield(p.with(nil))
	case p.Op() == OpOr:
		for _, q := range p.n.args {
			if !q.eachBox(yield) {
				return false
			}
		}
		return true
	}
	return (*Effort)(nil).eachBox(p, nil, func(atoms []Predicate) bool {
		return yield(And(All(), atoms...))
	}, newBoxIndex(nil))
}

// Rename returns p with other column names, also for restricted columns without
// a condition. name is called for each column, perhaps more than once. If two
// columns get the same name, all conditions of both apply to that column, in
// the same conjunction or union as before.
func (p Predicate) Rename(name func(column string) string) Predicate {
	var restricts []string
	for _, column := range p.unconditioned() {
		restricts = append(restricts, name(column))
	}
	return p.rename(name).Restrict(restricts...)
}

func (p Predicate) rename(name func(column string) string) Predicate {
	switch p.Op() {
	case OpIn:
		return in(name(p.n.column), p.n.values)
	case OpHasValue:
		return HasValue(name(p.n.column))
	}
	args := make([]Predicate, len(p.args()))
	for i, q := range p.args() {
		args[i] = q.rename(name)
	}
	switch p.Op() {
	case OpAnd:
		return And(args[0], args[1:]...)
	case OpOr:
		return Or(args...)
	}
	return p.with(nil)
}
