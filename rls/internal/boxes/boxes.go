// Package boxes makes unions of boxes smaller. A box is a conjunction of
// conditions, one a column, as each rule is; what a viewer sees is a union of
// boxes.
package boxes

import (
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// maxBoxes bounds what a conjunction of unions, which no rule makes, is multiplied
// out to.
const maxBoxes = 1 << 12

// Of returns the boxes of p. A conjunction of unions that has a great many is taken
// as one piece.
func Of(p predicate.Predicate) (boxes []predicate.Predicate) {
	if p.Op() == predicate.OpOr {
		for q := range p.Args() {
			boxes = append(boxes, Of(q)...)
		}
		return boxes
	}
	for box := range p.Boxes() {
		if boxes = append(boxes, box); len(boxes) > maxBoxes {
			return []predicate.Predicate{p}
		}
	}
	return boxes
}

// Same reports whether p and q have the same rows.
func Same(e *predicate.Effort, p, q predicate.Predicate) (bool, error) {
	if ok, err := e.Implies(p, q); !ok || err != nil {
		return false, err
	}
	return e.Implies(q, p)
}

// Irredundant leaves out boxes that others, and those of known, contain
// together. The last goes first: boxes are in canonical order, which puts those
// that test fewer columns in front.
func Irredundant(e *predicate.Effort, boxes, known []predicate.Predicate) ([]predicate.Predicate, error) {
	if len(boxes) < 2 {
		return boxes, nil
	}
	all := NewUnion(slices.Concat(boxes, known))
	gone := make([]bool, len(all.boxes))
	for i := len(boxes) - 1; i >= 0; i-- {
		var others []predicate.Predicate
		for j := range all.nearby(boxes[i]) {
			if j != i && !gone[j] {
				others = append(others, all.boxes[j])
			}
		}
		var err error
		if gone[i], err = e.Covers(others, boxes[i]); err != nil {
			return nil, err
		}
	}
	kept := make([]predicate.Predicate, 0, len(boxes))
	for i, box := range boxes {
		if !gone[i] {
			kept = append(kept, box)
		}
	}
	return kept, nil
}

// Trim leaves out of each box every value that the other boxes, and those of
// known, cover without it. No box may be redundant, see [Irredundant]. One pass
// is enough: boxes only shrink, so what was needed stays needed.
func Trim(e *predicate.Effort, boxes, known []predicate.Predicate) ([]predicate.Predicate, error) {
	boxes = slices.Clone(boxes)
	all := NewUnion(slices.Concat(boxes, known)) // as they were: what mattered to a box may still
	for i, box := range boxes {
		var others []predicate.Predicate
		for j := range all.nearby(box) {
			switch {
			case j >= len(boxes):
				others = append(others, all.boxes[j])
			case j != i:
				others = append(others, boxes[j])
			}
		}
		var err error
		if boxes[i], err = NewUnion(others).Reduce(e, box); err != nil {
			return nil, err
		}
	}
	return boxes, nil
}

// Reduce leaves out of a box, which u does not contain, every value with which
// u does. One pass over the columns is enough: a value that must stay while
// another column is wide must stay, too, once that column lost what u contains.
func (u *Union) Reduce(e *predicate.Effort, box predicate.Predicate) (predicate.Predicate, error) {
	if !box.IsBox() {
		return box, nil
	}
	atoms := slices.Collect(box.Conditions())
	for i, a := range atoms {
		if a.Len() < 2 {
			continue
		}
		var keep []string
		with := slices.Clone(atoms)
		for _, values := range u.Classes(a) {
			with[i] = predicate.In(a.Column(), values...)
			covered, err := u.Covers(e, predicate.And(predicate.All(), with...))
			if err != nil {
				return predicate.Predicate{}, err
			}
			if !covered {
				keep = append(keep, values...)
			}
		}
		atoms[i] = predicate.In(a.Column(), keep...)
	}
	return predicate.And(predicate.All(), atoms...), nil
}

// Classes divides the values of a condition: values that the same boxes of u
// accept share a class, for what holds of one holds of all.
func (u *Union) Classes(a predicate.Predicate) [][]string {
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
