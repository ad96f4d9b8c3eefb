package diff

import (
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/internal/boxes"
)

// A Change lists the rows that one viewer gains and loses. The zero Change is empty.
type Change struct {
	Gains, Losses []Part
}

// IsZero reports whether nothing changes.
func (c Change) IsZero() bool { return len(c.Gains) == 0 && len(c.Losses) == 0 }

// A Part is one piece of what is gained or lost.
type Part struct {
	// Rows is a part of one side: of the new rows for a gain, of the old rows
	// for a loss. Some of its rows may be on the other side too; the Witness is
	// not. No value of Rows, and no Part of a Change, can be left out: neither
	// the other side nor the other parts cover its rows.
	Rows predicate.Predicate

	// Witness is a row that is gained or lost: the text of each column that
	// matters. Every other column is NULL.
	Witness map[string]string
}

// Between returns the rows gained and lost from old to new. It is exact and can
// take as long as [predicate.Predicate.Minus]. Equal sets of rows give equal
// results.
func Between(old, new predicate.Predicate) Change {
	change, _ := BetweenWithin(nil, old, new)
	return change
}

// BetweenWithin is [Between] with a bound on its effort. The error is
// [predicate.ErrTooHard] or that of a context, and then there is no Change.
func BetweenWithin(effort *predicate.Effort, old, new predicate.Predicate) (Change, error) {
	if old.Equal(new) {
		return Change{}, nil
	}
	old, new = old.Rows(), new.Rows()
	gains, err := minus(effort, new, old)
	if err != nil {
		return Change{}, err
	}
	losses, err := minus(effort, old, new)
	if err != nil {
		return Change{}, err
	}
	return Change{Gains: gains, Losses: losses}, nil
}

// minus returns parts of p such that p or q = parts or q.
func minus(effort *predicate.Effort, p, q predicate.Predicate) ([]Part, error) {
	known := boxes.NewUnion(boxes.Of(q))
	var pieces []predicate.Predicate
	for _, box := range boxes.Of(p) {
		if known.Has(box) {
			continue
		}
		near := known.Near(box)
		covered, err := near.Covers(effort, box)
		if err != nil {
			return nil, err
		}
		if covered {
			continue
		}
		piece, err := near.Reduce(effort, box)
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, piece)
	}
	pieces, err := boxes.Irredundant(effort, pieces, boxes.Of(q))
	if err != nil {
		return nil, err
	}
	if len(pieces) > 1 { // alone, each has only what it needs
		if pieces, err = boxes.Trim(effort, pieces, boxes.Of(q)); err != nil {
			return nil, err
		}
	}
	parts := make([]Part, 0, len(pieces))
	for _, box := range pieces {
		witness, _, err := effort.Minus(box, known.Near(box).Predicate())
		if err != nil {
			return nil, err
		}
		parts = append(parts, Part{box, witness})
	}
	return parts, nil
}
