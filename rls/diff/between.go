package diff

import (
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// A Change is what one viewer gains and loses. The zero Change is none.
type Change struct {
	Gains, Losses []Part
}

// IsZero reports whether nothing changes.
func (c Change) IsZero() bool { return len(c.Gains) == 0 && len(c.Losses) == 0 }

// A Part is one piece of what is gained or lost.
type Part struct {
	// Rows is a piece of the larger side: of the new rows for a gain, of the
	// old ones for a loss. Some of its rows may be on the other side, too; the
	// Witness is not. No value of Rows, and no Part of a Change, can be left
	// out.
	Rows predicate.Predicate

	// Witness is a row that is gained or lost: the text in each column that
	// matters, every other column being NULL.
	Witness map[string]string
}

// Between returns what is gained and lost from old to new. It is exact, as
// [predicate.Predicate.Minus] is, and the same for equal sets of rows.
func Between(old, new predicate.Predicate) Change {
	if old.Equal(new) {
		return Change{}
	}
	return Change{Gains: minus(new, old), Losses: minus(old, new)}
}

// minus returns parts of p such that p or q = parts or q.
func minus(p, q predicate.Predicate) []Part {
	known := newUnion(operands(q))
	var boxes []predicate.Predicate
	for _, box := range operands(p) {
		if known.has(box) {
			continue
		}
		near := known.near(box)
		if box.Implies(near.predicate()) {
			continue
		}
		boxes = append(boxes, near.reduce(box))
	}
	parts := make([]Part, 0, len(boxes))
	for _, box := range irredundant(boxes, operands(q)) {
		witness, _ := box.Minus(known.near(box).predicate())
		parts = append(parts, Part{box, witness})
	}
	return parts
}

// irredundant leaves out boxes that others, and those of known, contain
// together. The last goes first: boxes are in canonical order, which puts those
// that test fewer columns in front.
func irredundant(boxes, known []predicate.Predicate) []predicate.Predicate {
	if len(boxes) < 2 {
		return boxes
	}
	all := newUnion(slices.Concat(boxes, known))
	gone := make([]bool, len(all.boxes))
	for i := len(boxes) - 1; i >= 0; i-- {
		var others []predicate.Predicate
		for j := range all.nearby(boxes[i]) {
			if j != i && !gone[j] {
				others = append(others, all.boxes[j])
			}
		}
		gone[i] = boxes[i].Implies(predicate.Or(others...))
	}
	kept := boxes[:0]
	for i, box := range boxes {
		if !gone[i] {
			kept = append(kept, box)
		}
	}
	return kept
}

// operands returns the boxes of a union. What is no box, which no rule makes,
// is taken as one piece.
func operands(p predicate.Predicate) []predicate.Predicate {
	switch p.Op() {
	case predicate.OpNone:
		return nil
	case predicate.OpOr:
		return slices.Collect(p.Args())
	default:
		return []predicate.Predicate{p}
	}
}

// conditions returns the conditions of a box, one a column, and false for what
// is no box.
func conditions(p predicate.Predicate) ([]predicate.Predicate, bool) {
	switch p.Op() {
	case predicate.OpAll:
		return nil, true
	case predicate.OpIn, predicate.OpHasValue:
		return []predicate.Predicate{p}, true
	case predicate.OpAnd:
		atoms := slices.Collect(p.Args())
		ok := !slices.ContainsFunc(atoms, func(a predicate.Predicate) bool {
			return a.Column() == "" && a.Op() != predicate.OpIn && a.Op() != predicate.OpHasValue
		})
		return atoms, ok
	default:
		return nil, false
	}
}

// reduce leaves out of a box, which u does not contain, every value with which
// u does. One pass over the columns is enough: a value that must stay while
// another column is wide must stay, too, once that column lost what u contains.
func (u *union) reduce(box predicate.Predicate) predicate.Predicate {
	atoms, ok := conditions(box)
	if !ok {
		return box
	}
	all := u.predicate()
	for i, a := range atoms {
		if a.Len() < 2 {
			continue
		}
		var keep []string
		with := slices.Clone(atoms)
		for _, values := range u.classes(a) {
			with[i] = predicate.In(a.Column(), values...)
			if !predicate.And(predicate.All(), with...).Implies(all) {
				keep = append(keep, values...)
			}
		}
		atoms[i] = predicate.In(a.Column(), keep...)
	}
	return predicate.And(predicate.All(), atoms...)
}

// classes divides the values of a condition: values that the same boxes of u
// accept share a class, for what holds of one holds of all.
func (u *union) classes(a predicate.Predicate) [][]string {
	column := u.columns[a.Column()]
	var classes [][]string
	known := make(map[string]int)
	var key strings.Builder
	for value := range a.Values() {
		key.Reset()
		if column != nil {
			for _, box := range column.named[value] {
				for shift := 0; shift < 32; shift += 8 {
					key.WriteByte(byte(box >> shift))
				}
			}
		}
		i, ok := known[key.String()]
		if !ok {
			i = len(classes)
			known[key.String()] = i
			classes = append(classes, nil)
		}
		classes[i] = append(classes[i], value)
	}
	return classes
}
