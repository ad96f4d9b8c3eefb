package embed

import (
	"context"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// A Dataset is the part of a dataset that one session sees. Every method checks
// again that the session may open a dashboard with this dataset (E3), and
// applies the current rules. It is safe for concurrent use and needs no
// release. The zero Dataset, and a nil one, has no rows.
type Dataset struct {
	session *Session
	dataset *spice.Dataset
}

// ARN returns the ARN of the dataset.
func (d *Dataset) ARN() namespace.ARN {
	if d == nil || d.dataset == nil {
		return namespace.ARN{}
	}
	return d.dataset.ARN()
}

// check reports whether the session still lives.
func (d *Dataset) check(ctx context.Context) error {
	if d == nil || d.dataset == nil {
		return ErrForbidden
	}
	return d.session.Check(ctx)
}

// begin returns the viewer, if the session still lives and may still open the
// dataset.
func (d *Dataset) begin(ctx context.Context) (spice.Session, error) {
	if err := d.check(ctx); err != nil {
		return spice.Session{}, err
	}
	if err := d.session.reach(ctx, d.dataset.ARN()); err != nil {
		return spice.Session{}, err
	}
	return d.session.viewer(ctx)
}

// Schema returns the columns the session may see.
func (d *Dataset) Schema(ctx context.Context) (*arrow.Schema, error) {
	viewer, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	return d.dataset.Schema(ctx, viewer)
}

// Records returns the visible rows. A record is valid until the next iteration;
// Retain it to keep it longer. An error is the last element. The session is
// checked before each record, so a stream ends when the session does.
func (d *Dataset) Records(ctx context.Context) iter.Seq2[arrow.Record, error] {
	return d.Read(ctx, nil)
}

// Read is [Dataset.Records] with fewer columns and rows, see [spice.Dataset.Read].
func (d *Dataset) Read(ctx context.Context, opts *spice.ReadOptions) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		viewer, err := d.begin(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for rec, err := range d.dataset.Read(ctx, viewer, opts) {
			if err == nil {
				err = d.check(ctx)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// Count returns the number of visible rows.
func (d *Dataset) Count(ctx context.Context) (int64, error) { return d.CountOptions(ctx, nil) }

// CountOptions is [Dataset.Count] of the rows that opts select.
func (d *Dataset) CountOptions(ctx context.Context, opts *spice.ReadOptions) (int64, error) {
	viewer, err := d.begin(ctx)
	if err != nil {
		return 0, err
	}
	n, err := d.dataset.CountOptions(ctx, viewer, opts)
	if err == nil {
		err = d.check(ctx)
	}
	if err != nil {
		return 0, err
	}
	return n, nil
}

// Distinct returns the different texts in a column of the visible rows, in
// increasing order.
func (d *Dataset) Distinct(ctx context.Context, column string) ([]string, error) {
	return d.DistinctOptions(ctx, column, nil)
}

// DistinctOptions is [Dataset.Distinct] of the rows that opts select.
func (d *Dataset) DistinctOptions(ctx context.Context, column string, opts *spice.ReadOptions) ([]string, error) {
	viewer, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	texts, err := d.dataset.DistinctOptions(ctx, viewer, column, opts)
	if err == nil {
		err = d.check(ctx)
	}
	if err != nil {
		return nil, err
	}
	return texts, nil
}

// Ask answers a question about the visible rows, see [spice.Dataset.Ask]. The caller
// releases the result.
func (d *Dataset) Ask(ctx context.Context, q query.Query, opts *spice.AskOptions) (*eval.Result, error) {
	viewer, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := d.dataset.Ask(ctx, viewer, q, opts)
	if err != nil {
		return nil, err
	}
	if err := d.check(ctx); err != nil {
		answer.Release()
		return nil, err
	}
	return answer, nil
}
