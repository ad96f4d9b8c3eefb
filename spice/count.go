package spice

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// Count returns the number of rows that s sees. It does not depend on hidden
// rows (V8).
func (d *Dataset) Count(ctx context.Context, s Session) (int64, error) {
	return d.CountOptions(ctx, s, nil)
}

// CountOptions is [Dataset.Count] of the rows that opts select. The result is
// at most Limit, if Limit is set. Columns must be nil.
func (d *Dataset) CountOptions(ctx context.Context, s Session, opts *ReadOptions) (int64, error) {
	n, err := d.count(ctx, s, opts)
	return n, d.fail("count", err)
}

func (d *Dataset) count(ctx context.Context, s Session, opts *ReadOptions) (n int64, err error) {
	r, err := d.beginWith(ctx, s, opts, []string{})
	if err != nil {
		return 0, err
	}
	if r.wanted.Op() == predicate.OpAll && r.levels[0].snap.body.ImportMode == SPICE {
		r.count = min(r.limit, r.data.rows)
	} else {
		err = r.each(r.within, r.limited(func(rec arrow.Record) error {
			r.count += rec.NumRows()
			return nil
		}))
		if errors.Is(err, errEnough) {
			err = nil
		}
	}
	if err := r.conclude(ctx, err); err != nil {
		return 0, err
	}
	return r.count, nil
}

// conclude ends a read whose result is known, or that failed with err.
func (r *read) conclude(ctx context.Context, err error) error {
	if err == nil {
		err = r.lives(ctx)
	}
	if err != nil {
		r.failed(err)
		r.count = 0
	}
	if endErr := r.end(ctx); err == nil {
		err = endErr
	}
	return err
}

// beginWith begins a read of the columns that the caller chose, with the other
// options of the viewer.
func (d *Dataset) beginWith(ctx context.Context, s Session, opts *ReadOptions, columns []string) (*read, error) {
	q, err := asked(opts)
	if opts != nil && opts.Columns != nil {
		err = errors.Join(err, fmt.Errorf("%w: Columns: got a list, want nil: the columns follow from what is asked", ErrInput))
	}
	if err != nil {
		return nil, d.refused(ctx, s, audit.ReadDataSet, err)
	}
	q.columns, q.named = columns, q.named || len(columns) > 0
	return d.begin(ctx, s, ActionQuery, audit.ReadDataSet, q)
}

// Distinct returns the different texts in a column of the rows that s sees, in
// increasing order, without "". It returns no text of a hidden row (V8). The
// column must be visible and text.
func (d *Dataset) Distinct(ctx context.Context, s Session, column string) ([]string, error) {
	return d.DistinctOptions(ctx, s, column, nil)
}

// DistinctOptions is [Dataset.Distinct] of the rows that Where selects. If
// Limit is set, it returns the first Limit texts. Columns must be nil.
func (d *Dataset) DistinctOptions(ctx context.Context, s Session, column string, opts *ReadOptions) ([]string, error) {
	texts, err := d.distinct(ctx, s, column, opts)
	return texts, d.fail("distinct", err)
}

func (d *Dataset) distinct(ctx context.Context, s Session, column string, opts *ReadOptions) ([]string, error) {
	r, err := d.beginWith(ctx, s, opts, []string{column})
	if err != nil {
		return nil, err
	}
	texts, err := r.distinct(r.within, column)
	texts = texts[:min(int64(len(texts)), r.limit)]
	r.count = int64(len(texts))
	if err := r.conclude(ctx, err); err != nil {
		return nil, err
	}
	return texts, nil
}

func (r *read) distinct(ctx context.Context, column string) ([]string, error) {
	f := r.root.Field(r.picked[0].root)
	if !spicefile.IsText(f.Type) {
		return nil, fmt.Errorf("column %q: %w: %s", column, ErrNotText, f.Type)
	}
	at := slices.Index(r.names, f.Name)
	seen := make(map[string]bool)
	err := r.each(ctx, func(rec arrow.Record) error { return collect(rec.Column(at), seen) })
	if err != nil {
		return nil, err
	}
	delete(seen, "")
	return slices.Sorted(maps.Keys(seen)), nil
}

// collect adds the texts of a filtered column, which has a dictionary only of
// what its rows use.
func collect(arr arrow.Array, seen map[string]bool) error {
	if d, ok := arr.(*array.Dictionary); ok {
		arr = d.Dictionary()
	}
	text, ok := arr.(interface{ Value(int) string })
	if !ok {
		return fmt.Errorf("%w: %s", ErrNotText, arr.DataType())
	}
	for i := range arr.Len() {
		if v := text.Value(i); arr.IsValid(i) && !seen[v] {
			seen[strings.Clone(v)] = true // its memory is used again
		}
	}
	return nil
}
