package boxes

import (
	"iter"
	"slices"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/internal/wordset"
)

// A Union is a set of boxes that finds those that matter to another box. It is
// for one goroutine.
type Union struct {
	boxes   []predicate.Predicate
	texts   map[string]bool // of boxes
	columns map[string]*column
	or      *predicate.Predicate // of all boxes, once asked for
}

// A column says which boxes test it, and which of those accept what.
type column struct {
	tested, any wordset.Set // of boxes
	named       map[string][]uint32
}

// NewUnion returns the union of boxes.
func NewUnion(boxes []predicate.Predicate) *Union {
	u := &Union{boxes: boxes, texts: make(map[string]bool, len(boxes)), columns: make(map[string]*column)}
	for i, box := range boxes {
		u.texts[box.String()] = true
		for a := range box.Conditions() { // none of what is no box: it always matters
			c := u.columns[a.Column()]
			if c == nil {
				c = &column{wordset.New(len(boxes)), wordset.New(len(boxes)), make(map[string][]uint32)}
				u.columns[a.Column()] = c
			}
			c.tested.Set(uint32(i))
			if a.Op() == predicate.OpHasValue {
				c.any.Set(uint32(i))
			}
			for value := range a.Values() {
				c.named[value] = append(c.named[value], uint32(i))
			}
		}
	}
	return u
}

// Has reports whether a box is one of u.
func (u *Union) Has(box predicate.Predicate) bool { return u.texts[box.String()] }

// Len returns how many boxes there are.
func (u *Union) Len() int { return len(u.boxes) }

// Covers reports whether the boxes together contain p.
func (u *Union) Covers(e *predicate.Effort, p predicate.Predicate) (bool, error) {
	return e.Covers(u.boxes, p)
}

// Predicate returns the rows in any of the boxes.
func (u *Union) Predicate() predicate.Predicate {
	if u.or == nil {
		p := predicate.Or(u.boxes...)
		u.or = &p
	}
	return *u.or
}

// Near returns the boxes of u that matter to whether u contains a box, or a
// smaller one. A column that the box does not test may be NULL, so boxes that
// test it do not; neither do boxes that accept no value of the box.
func (u *Union) Near(box predicate.Predicate) *Union {
	if len(u.boxes) < 2 {
		return u
	}
	var boxes []predicate.Predicate
	for i := range u.nearby(box) {
		boxes = append(boxes, u.boxes[i])
	}
	return NewUnion(boxes)
}

// nearby returns the numbers of the boxes that matter.
func (u *Union) nearby(box predicate.Predicate) iter.Seq[int] {
	keep := wordset.Full(len(u.boxes))
	for name, c := range u.columns {
		if !box.IsBox() {
			break // what is no box may need all
		}
		miss := slices.Clone(c.tested)
		for a := range box.Conditions() {
			if a.Column() != name {
				continue
			}
			accept := slices.Clone(c.any)
			for value := range a.Values() {
				accept.Set(c.named[value]...)
			}
			miss.Drop(accept)
		}
		keep.Drop(miss)
	}
	return keep.All()
}
