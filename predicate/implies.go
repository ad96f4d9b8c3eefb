package predicate

import (
	"slices"
	"strconv"
)

// Implies reports whether every row of p is a row of q. It is exact. See
// [Predicate.Minus] for its cost, and [Effort] to limit it.
func (p Predicate) Implies(q Predicate) bool {
	_, more := p.Minus(q)
	return !more
}

// Minus returns a witness: a row that is in p and not in q, or nil if no such
// row exists. The witness contains the text of each relevant column; other
// columns are NULL. Each call returns the same witness. If any text is
// possible, Minus invents one that q does not contain.
//
// The answer is exact. Whether many rules together contain another is a
// coNP-hard problem, so the worst case takes exponential time. Typical rules
// are far from it: two sets of 999 rules take milliseconds. For rules of
// unknown origin, call [Effort.Minus] or [Predicate.MinusContext].
func (p Predicate) Minus(q Predicate) (witness map[string]string, ok bool) {
	witness, ok, _ = (*Effort)(nil).Minus(p, q)
	return witness, ok
}

// minus returns a row of p outside q, or nil if there is none or e is spent.
func (e *Effort) minus(p, q Predicate) map[string]string {
	if q.Op() == OpAnd {
		for _, t := range q.n.args {
			if witness := e.minus(p, t); witness != nil || e.failure() != nil {
				return witness
			}
		}
		return nil
	}
	// What is nested may have too many boxes to look at, and needs none if the
	// shape alone tells.
	if !(flat(p) && flat(q)) && covers(q, p) {
		return nil
	}
	return e.escape(e.expand(nil, q), p)
}

// escape returns a row of p outside all boxes of u, or nil if there is none or e
// is spent.
func (e *Effort) escape(u union, p Predicate) (witness map[string]string) {
	if p.box() {
		return u.escape(e, p.atoms()) // which sees soon enough if a box of u contains it
	}
	e.eachBox(p, nil, func(atoms []Predicate) bool {
		witness = u.escape(e, atoms)
		return witness == nil
	}, newBoxIndex(u))
	return witness
}

// eachBox calls yield for the boxes whose union is the intersection of p with
// the box of atoms, until yield returns false or e is spent. They are made one at
// a time: a conjunction of two unions of 999 rules has a million. Boxes that a box
// of skip contains are left out, all at once if a prefix shows it. It reports
// whether yield always returned true.
func (e *Effort) eachBox(p Predicate, atoms []Predicate, yield func(atoms []Predicate) bool, skip *boxIndex) bool {
	var unions []Predicate
	add := func(q Predicate) {
		if q.atom() {
			atoms = append(slices.Clip(atoms), q)
		} else {
			unions = append(unions, q)
		}
	}
	switch p.Op() {
	case OpNone:
		return true
	case OpAll:
	case OpAnd:
		for _, t := range p.n.args {
			add(t)
		}
	default:
		add(p)
	}
	return e.eachProduct(unions, atoms, yield, skip)
}

// eachProduct is eachBox for the intersection of unions with a box.
func (e *Effort) eachProduct(unions, atoms []Predicate, yield func(atoms []Predicate) bool, skip *boxIndex) bool {
	if !e.spend(stepsProduct + len(atoms)) {
		return false
	}
	atoms, ok := mergeAtoms(slices.Clone(atoms), intersect)
	if !ok || skip.covers(atoms, -1) {
		return true
	}
	if len(unions) == 0 {
		return yield(atoms)
	}
	for _, t := range unions[0].n.args {
		if !e.eachBox(t, atoms, func(atoms []Predicate) bool {
			return e.eachProduct(unions[1:], atoms, yield, skip)
		}, skip) {
			return false
		}
	}
	return true
}

// stepsProduct is what one box of a conjunction of unions counts for.
const stepsProduct = 100

// expand appends boxes whose union is q, or some if e is spent.
func (e *Effort) expand(boxes []Predicate, q Predicate) []Predicate {
	switch {
	case q.Op() == OpNone:
	case q.Op() == OpAll || q.box():
		boxes = append(boxes, q)
	case q.Op() == OpOr:
		for _, t := range q.n.args {
			boxes = e.expand(boxes, t)
		}
	default:
		e.eachBox(q, nil, func(atoms []Predicate) bool {
			boxes = append(boxes, And(All(), atoms...))
			return true
		}, newBoxIndex(boxes))
	}
	return boxes
}

// flat reports whether p is written as a union of boxes.
func flat(p Predicate) bool {
	switch p.Op() {
	case OpAnd:
		return p.box()
	case OpOr:
		return !slices.ContainsFunc(p.n.args, func(t Predicate) bool { return !t.box() })
	default:
		return true
	}
}

// A union is the q of p.Minus(q), as boxes.
type union []Predicate

// escape returns a row that is in the box of atoms and in no box of u, or nil
// if there is none or e is spent.
//
// A column that the box does not test is best NULL, which no condition
// accepts; one that must have a value is best a text that nobody named, which
// only HasValue accepts. What remains is finite: a box of u matters if it
// narrows columns where the row must come from a list, and no others.
func (u union) escape(e *Effort, atoms []Predicate) map[string]string {
	if !e.begin() {
		return nil
	}
	c := newCover(atoms)
	for _, q := range u {
		if !c.add(q) {
			return nil
		}
	}
	row := c.escape(e)
	if row == nil {
		return nil
	}
	for _, a := range atoms {
		if a.Op() == OpHasValue {
			row[a.n.column] = u.fresh(a.n.column)
		}
	}
	return row
}

// fresh returns a text that no box of u names for column.
func (u union) fresh(column string) string {
	named := make(map[string]bool)
	for _, q := range u {
		for _, a := range q.atoms() {
			if a.n.column == column {
				for _, v := range a.n.values {
					named[v] = true
				}
			}
		}
	}
	text := "other"
	for i := 2; named[text]; i++ {
		text = "other " + strconv.Itoa(i)
	}
	return text
}
