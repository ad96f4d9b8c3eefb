package duckdb

import (
	"context"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// A Table is the part of a dataset that one session sees. [*embed.Dataset]
// implements it.
//
// [*embed.Dataset]: https://pkg.go.dev/github.com/rowsight/rowsight/spice/embed#Dataset
type Table interface {
	Schema(ctx context.Context) (*arrow.Schema, error)
	Read(ctx context.Context, opts *spice.ReadOptions) iter.Seq2[arrow.Record, error]
	Ask(ctx context.Context, q query.Query, opts *spice.AskOptions) (*eval.Result, error)
}

// Of returns the part of a dataset that a session sees.
func Of(d *spice.Dataset, s spice.Session) Table { return view{d, s} }

type view struct {
	dataset *spice.Dataset
	session spice.Session
}

func (v view) Schema(ctx context.Context) (*arrow.Schema, error) {
	return v.dataset.Schema(ctx, v.session)
}

func (v view) Read(ctx context.Context, opts *spice.ReadOptions) iter.Seq2[arrow.Record, error] {
	return v.dataset.Read(ctx, v.session, opts)
}

func (v view) Ask(ctx context.Context, q query.Query, opts *spice.AskOptions) (*eval.Result, error) {
	return v.dataset.Ask(ctx, v.session, q, opts)
}
