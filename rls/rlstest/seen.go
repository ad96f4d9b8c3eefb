package rlstest

import (
	"iter"
	"slices"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls/internal/distinct"
)

// seen is what a viewer sees of a table. The zero seen is of a viewer who sees
// nothing.
type seen struct {
	t     *table
	set   distinct.Set // of groups of rows
	count int          // of rows
}

// see evaluates a predicate on the whole data.
func (t *table) see(p predicate.Predicate) (seen, error) {
	for _, column := range p.Columns() {
		if !slices.Contains(t.groups.Columns(), column) {
			return seen{}, &batch.BindError{Column: column, Err: batch.ErrNoColumn}
		}
	}
	set := t.groups.Select(p)
	return seen{t: t, set: set, count: t.groups.RowsOf(set)}, nil
}

// everything is what a viewer sees whom nothing is hidden from.
func (t *table) everything() seen { return seen{t: t, set: t.groups.All(), count: t.rows} }

func (s seen) has(row int32) bool { return s.t != nil && s.set.Has(int(s.t.of[row])) }

// rows returns the visible rows, in no order.
func (s seen) rows() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for g := range s.set.All() {
			for _, row := range s.t.members.Of(uint32(g)) {
				if !yield(row) {
					return
				}
			}
		}
	}
}
