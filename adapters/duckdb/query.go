package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// A Result is the result of free SQL. Values have the types of the DuckDB
// driver for database/sql; NULL is nil.
type Result struct {
	Columns []string
	Rows    [][]any
}

// QuerySQL runs one SELECT over the tables of a session. Names of tables do not
// depend on case. Arguments are bound to $1, $2 and so on.
//
// Columns that DuckDB cannot hold exactly, such as lists, are not in the
// tables. A table is read only if the SQL names it. Each read goes through the
// rules and writes an audit record. Errors of DuckDB may contain values of
// visible rows.
func QuerySQL(ctx context.Context, tables map[string]Table, sql string, args []any, opts *Options) (*Result, error) {
	s, err := begin(ctx, tables, sql, opts)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.copy(tables); err != nil {
		return nil, err
	}
	return s.d.run(s.ctx, sql, args, s.opts.MaxRows)
}

// twins refuses tables whose names differ only in case: DuckDB has one of them.
func twins(tables map[string]Table) error {
	for name := range tables {
		for other := range tables {
			if name != other && strings.EqualFold(name, other) {
				return fmt.Errorf("%w: %q and %q differ only in case", ErrTable, name, other)
			}
		}
	}
	return nil
}

// run reads the result of a query.
func (d *database) run(ctx context.Context, sql string, args []any, most int) (*Result, error) {
	rows, err := d.db.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var r Result
	if r.Columns, err = rows.Columns(); err != nil {
		return nil, err
	}
	for rows.Next() {
		if len(r.Rows) == most {
			return nil, fmt.Errorf("%w: more than %d", ErrRows, most)
		}
		values, cells := make([]any, len(r.Columns)), make([]any, len(r.Columns))
		for i := range values {
			cells[i] = &values[i]
		}
		if err := rows.Scan(cells...); err != nil {
			return nil, err
		}
		r.Rows = append(r.Rows, values)
	}
	if err := errors.Join(rows.Err(), rows.Close(), ctx.Err()); err != nil {
		return nil, err
	}
	return &r, nil
}

// Query answers a question of package query: it is Ask of the table with [Engine]. The
// answer is the same as the answer of package query/eval, which computes it if DuckDB
// cannot do so exactly. The store keeps the answer if [spice.Options.AnswerCache] is
// set. The caller releases the result.
func Query(ctx context.Context, t Table, q query.Query, opts *Options) (*eval.Result, error) {
	o, err := opts.filled()
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, ErrTable
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	return t.Ask(ctx, q, &spice.AskOptions{Engine: Engine(&o)})
}
