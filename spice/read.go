package spice

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/spice/audit"
)

// ReadOptions select a part of the visible rows. A nil *ReadOptions selects all
// visible columns of all visible rows.
//
// Options apply after the rules, so they can only make the result smaller. A
// hidden column (V6) gives the same error as a column that does not exist.
type ReadOptions struct {
	// Columns are the columns to read, in this order. Nil is all visible
	// columns. An empty list is an error.
	Columns []string

	// Where selects among the visible rows. Its columns must be visible and text.
	// The zero Predicate selects no row: use [predicate.All] for all visible rows.
	Where predicate.Predicate

	// Limit is the largest number of rows; 0 is no limit.
	Limit int64
}

// A request is what a session asks of a dataset, checked against the view.
type request struct {
	columns []string            // nil is all that are visible
	where   predicate.Predicate // with the names that the session sees
	limit   int64               // [math.MaxInt64] is none
	named   bool                // the audit record names the columns

	question *query.Query // columns and where are taken from it, unless it is nil
}

// everything asks for all visible columns of all visible rows.
func everything() request { return request{where: predicate.All(), limit: math.MaxInt64} }

// asked returns the request of the options of a caller.
func asked(opts *ReadOptions) (request, error) {
	q := everything()
	if opts == nil {
		return q, nil
	}
	q.named = true
	q.where = opts.Where
	if opts.Limit != 0 {
		q.limit = opts.Limit
	}
	var errs []error
	if opts.Limit < 0 {
		errs = append(errs, fmt.Errorf("%w: Limit: got %d, want 0 for no limit, or more", ErrInput, opts.Limit))
	}
	if opts.Columns != nil {
		q.columns = slices.Clone(opts.Columns)
		if len(q.columns) == 0 {
			errs = append(errs, fmt.Errorf("%w: Columns: got an empty list, want nil for all visible columns, or names", ErrInput))
		}
		for i, name := range q.columns {
			if slices.Contains(q.columns[:i], name) {
				errs = append(errs, fmt.Errorf("%w: Columns[%d]: %q is there twice", ErrInput, i, name))
			}
		}
	}
	return q, errors.Join(errs...)
}

// ask adds a request to a view. It looks at names and types only, so its errors
// depend on no row (S7).
func (v *view) ask(q request) error {
	if q.question != nil {
		var err error
		if q, err = v.planned(q); err != nil {
			return err
		}
	}
	var errs []error
	if q.columns != nil {
		picked := make([]levelColumn, 0, len(q.columns))
		fields := make([]arrow.Field, 0, len(q.columns))
		for _, name := range q.columns {
			at := v.visible(name)
			if at < 0 {
				errs = append(errs, fmt.Errorf("%w: column %q: %w", ErrInput, name, ErrNoColumn))
				continue
			}
			picked, fields = append(picked, v.columns[at]), append(fields, v.out.Field(at))
		}
		v.picked, v.pickedSchema = picked, arrow.NewSchema(fields, nil)
	} else {
		v.picked, v.pickedSchema = v.columns, v.out
	}
	if err := fits(q.where.Restricted(), v.columns, v.root); err != nil {
		errs = append(errs, fmt.Errorf("%w: Where: %w", ErrInput, err))
	}
	if errs != nil {
		return errors.Join(errs...)
	}
	v.limit = q.limit
	v.wanted = v.rows
	if q.where.Op() != predicate.OpAll {
		v.wanted = predicate.And(v.rows, q.where.Rename(func(name string) string {
			return v.root.Field(v.columns[v.visible(name)].root).Name
		}))
		v.narrowed = true
	}
	return nil
}

// visible returns the place of a column among those the session sees, or -1.
func (v *view) visible(name string) int {
	return slices.IndexFunc(v.columns, func(c levelColumn) bool { return c.name == name })
}

// sought returns the rows that are read from where they are stored. A database
// selects them itself. Of a SPICE dataset it decides which chunks are looked at;
// if rules hide rows, it is what the rules admit and Where has no part in it:
// the time that a read takes must not tell whether a value of Where is among the
// hidden rows of a chunk (S7).
func (v *view) sought() predicate.Predicate {
	if v.rows.Op() == predicate.OpAll || v.levels[0].snap.body.ImportMode == DirectQuery {
		return v.wanted
	}
	return v.rows
}

// pickedNames returns the names of the columns that are asked for.
func (v *view) pickedNames() []string {
	names := make([]string, len(v.picked))
	for i, c := range v.picked {
		names[i] = c.name
	}
	return names
}

// Read streams a part of the rows that s sees. It is [Dataset.Records] with
// fewer columns and rows: the rules select the visible rows, Where selects
// among them, and the requested columns are read for these rows only.
//
// Errors about opts depend only on the names and types of the visible columns.
// The audit record contains the columns and no value.
func (d *Dataset) Read(ctx context.Context, s Session, opts *ReadOptions) iter.Seq2[arrow.Record, error] {
	q, err := asked(opts)
	if err != nil {
		return func(yield func(arrow.Record, error) bool) {
			yield(nil, d.fail("read", d.refused(ctx, s, audit.ReadDataSet, err)))
		}
	}
	return d.stream(ctx, s, ActionQuery, audit.ReadDataSet, q)
}

// refused writes the audit record of a read that was refused before it began.
func (d *Dataset) refused(ctx context.Context, s Session, event string, err error) error {
	use := audit.Use{Name: event, DataSet: d.arn.String(), Who: s.who(), Code: code(err)}
	return errors.Join(err, d.store.record(ctx, use))
}

// bound returns the filter of the rows that are wanted, and whether it was there.
// Filters of rules are shared between viewers; those with a Where of a viewer are
// not kept beyond the read, so that a viewer cannot push the filters of others out
// of the cache.
func (r *read) bound(schema *arrow.Schema) (f *batch.Filter, cached bool, err error) {
	if !r.narrowed {
		return r.d.store.filters.BindCached(r.wanted.Rows(), schema)
	}
	if r.filtered != nil && r.filteredSchema.Equal(schema) {
		return r.filtered, true, nil
	}
	if f, err = batch.Bind(r.wanted.Rows(), schema, r.d.store.filters.Options); err != nil {
		return nil, false, err
	}
	r.filtered, r.filteredSchema = f, schema
	return f, false, nil
}

// limited returns a function that passes on at most v.limit rows, and then
// [errEnough].
func (v *view) limited(emit func(arrow.Record) error) func(arrow.Record) error {
	if v.limit == math.MaxInt64 {
		return emit
	}
	left := v.limit
	return func(rec arrow.Record) error {
		part := rec.NewSlice(0, min(left, rec.NumRows()))
		left -= part.NumRows()
		if err := emitRows(part, emit); err != nil {
			return err
		}
		if left == 0 {
			return errEnough
		}
		return nil
	}
}

// errEnough ends a read that has reached its limit. It is no failure.
var errEnough = errors.New("the limit is reached")
