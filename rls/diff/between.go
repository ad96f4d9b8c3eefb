package diff

import (
	"github.com/rowsight/rowsight/internal/boxes"
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
	known := boxes.NewUnion(boxes.Of(q))
	var pieces []predicate.Predicate
	for _, box := range boxes.Of(p) {
		if known.Has(box) {
			continue
		}
		near := known.Near(box)
		if box.Implies(near.Predicate()) {
			continue
		}
		pieces = append(pieces, near.Reduce(box))
	}
	parts := make([]Part, 0, len(pieces))
	for _, box := range boxes.Irredundant(pieces, boxes.Of(q)) {
		witness, _ := box.Minus(known.Near(box).Predicate())
		parts = append(parts, Part{box, witness})
	}
	return parts
}
