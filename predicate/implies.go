package predicate

import (
	"slices"
	"strconv"
)

// Implies reports whether every row of p is a row of q. It is exact; see
// [Predicate.Minus] for what that can cost.
func (p Predicate) Implies(q Predicate) bool {
	_, more := p.Minus(q)
	return !more
}

// Minus looks for a row that is in p and not in q. If there is one, it returns
// it as a witness: the text in each column that matters, every other column
// being NULL. The witness is nil if there is none, and the same at each call.
// Where any text would do, Minus makes one up that q does not name.
//
// The answer is exact. To find out whether many rules together contain another
// is coNP-hard, so the worst case takes exponential time. Rules as people
// write them do not come near it: two sets of 999 rules take milliseconds.
func (p Predicate) Minus(q Predicate) (witness map[string]string, ok bool) {
	if q.Op() == OpAnd {
		for _, t := range q.n.args {
			if witness, ok = p.Minus(t); ok {
				return witness, true
			}
		}
		return nil, false
	}
	// What is nested may have too many boxes to look at, and needs none if the
	// shape alone tells.
	if !(flat(p) && flat(q)) && covers(q, p) {
		return nil, false
	}
	boxes := union(expand(nil, q))
	eachBox(p, nil, func(atoms []Predicate) bool {
		witness = boxes.escape(atoms)
		return witness == nil
	}, newBoxIndex(boxes))
	return witness, witness != nil
}

// eachBox calls yield for the boxes whose union is the intersection of p with
// the box of atoms, until yield returns false. They are made one at a time: a
// conjunction of two unions of 999 rules has a million. Boxes that a box of
// skip contains are left out, all at once if a prefix shows it. It reports
// whether yield always returned true.
func eachBox(p Predicate, atoms []Predicate, yield func(atoms []Predicate) bool, skip *boxIndex) bool {
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
	return eachProduct(unions, atoms, yield, skip)
}

// eachProduct is eachBox for the intersection of unions with a box.
func eachProduct(unions, atoms []Predicate, yield func(atoms []Predicate) bool, skip *boxIndex) bool {
	atoms, ok := mergeAtoms(slices.Clone(atoms), intersect)
	if !ok || skip.covers(atoms, -1) {
		return true
	}
	if len(unions) == 0 {
		return yield(atoms)
	}
	for _, t := range unions[0].n.args {
		if !eachBox(t, atoms, func(atoms []Predicate) bool {
			return eachProduct(unions[1:], atoms, yield, skip)
		}, skip) {
			return false
		}
	}
	return true
}

// expand appends boxes whose union is q.
func expand(boxes []Predicate, q Predicate) []Predicate {
	switch {
	case q.Op() == OpNone:
	case q.Op() == OpAll || q.box():
		boxes = append(boxes, q)
	case q.Op() == OpOr:
		for _, t := range q.n.args {
			boxes = expand(boxes, t)
		}
	default:
		eachBox(q, nil, func(atoms []Predicate) bool {
			boxes = append(boxes, And(All(), atoms...))
			return true
		}, newBoxIndex(boxes))
	}
	return boxes
}

// flat reports whether p is a union of boxes as it stands.
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
// if there is none.
//
// A column that the box does not test is best NULL, which no condition
// accepts; one that must have a value is best a text that nobody named, which
// only HasValue accepts. What remains is finite: a box of u matters if it
// narrows columns where the row must come from a list, and no others.
func (u union) escape(atoms []Predicate) map[string]string {
	c := newCover(atoms)
	for _, q := range u {
		if !c.add(q) {
			return nil
		}
	}
	row := c.escape()
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
