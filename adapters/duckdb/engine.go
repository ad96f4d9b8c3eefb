package duckdb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/direct"
)

// Engine returns an engine for [spice.AskOptions] that computes answers in DuckDB. It
// copies the columns of the question into a database of its own for each answer. Where
// DuckDB cannot answer exactly, the dataset computes the answer itself.
//
//	answer, err := sales.Ask(ctx, session, q, &spice.AskOptions{Engine: duckdb.Engine(nil)})
func Engine(opts *Options) spice.Engine {
	return func(ctx context.Context, plan query.Plan, rows iter.Seq2[arrow.Record, error], limits *eval.Options) (*eval.Result, error) {
		o, err := opts.filled()
		if err != nil {
			return nil, err
		}
		if limits != nil && limits.MaxBytes > 0 {
			o.Memory = min(o.Memory, limits.MaxBytes)
		}
		return answer(ctx, plan, rows, o)
	}
}

// answer answers a plan in DuckDB. It refuses before it reads a row, if it can.
func answer(ctx context.Context, plan query.Plan, rows iter.Seq2[arrow.Record, error], o Options) (*eval.Result, error) {
	if plan.IsZero() || rows == nil {
		return nil, eval.ErrPlan
	}
	columns, err := columnsOf(plan)
	if err != nil {
		return nil, err
	}
	if _, _, err := plan.SQL(where.DuckDB, predicate.All(), "SELECT * FROM rows", nil); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	d, err := o.Spare.take(ctx, o)
	if err != nil {
		return nil, err
	}
	defer d.close()
	if err := d.define(ctx, "rows", columns); err != nil {
		return nil, err
	}
	if err := d.fill(ctx, "rows", rows, columns); err != nil {
		return nil, err
	}
	table := &direct.Table{DB: d.db, Dialect: where.DuckDB, Table: "rows"}
	loaded, err := table.Schema(ctx)
	if err != nil {
		return nil, err
	}
	if plan, err = plan.Query().Check(eval.Columns(loaded)); err != nil {
		return nil, err
	}
	answer, err := table.Answer(ctx, predicate.All(), plan, nil)
	if errors.Is(err, direct.ErrType) {
		err = fmt.Errorf("%w: %w", query.ErrDialect, err)
	}
	return answer, err
}

// columnsOf returns the columns of a plan, unless a table of DuckDB cannot hold them.
func columnsOf(plan query.Plan) (columns []query.Column, err error) {
	for _, name := range plan.Needs() {
		c := plan.Column(name)
		if c.Kind == query.Other {
			return nil, fmt.Errorf("%w: column %q", query.ErrDialect, name)
		}
		if slices.ContainsFunc(columns, func(o query.Column) bool { return strings.EqualFold(o.Name, name) }) {
			return nil, fmt.Errorf("%w: another column differs from %q only in case", query.ErrDialect, name)
		}
		columns = append(columns, c)
	}
	return columns, nil
}
