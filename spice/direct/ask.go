package direct

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
)

// Answer answers a question in the database from the rows that match a
// predicate. Only the answer leaves the database. column returns the name that
// a column of the plan has in the table; nil keeps the names. The caller
// releases the result.
//
// If the database cannot answer a question exactly, Answer returns
// [query.ErrDialect] and sends no query. This includes questions about text of
// fixed length. If a sum of floats is not finite, Answer returns
// [query.ErrDialect] after the query. It does the same if the database says
// that it cannot compare or add a value exactly.
//
// Answer reads totals in the same transaction as the groups. Athena, Spark and
// Databricks have no such transaction: if rows change, their totals may be
// newer than the groups.
func (t *Table) Answer(ctx context.Context, rows predicate.Predicate, plan query.Plan, column func(name string) string) (*eval.Result, error) {
	all, err := t.columns(ctx)
	if err != nil {
		return nil, err
	}
	if column == nil {
		column = func(name string) string { return name }
	}
	kinds, err := t.planned(all, rows, plan, column)
	if err != nil {
		return nil, err
	}
	base := t.Query
	if t.Table != "" {
		name, err := t.name()
		if err != nil {
			return nil, err
		}
		base = "SELECT * FROM " + name
	}
	statement, totals, err := plan.SQL(t.Dialect, rows, base, &query.SQLOptions{Column: column, Kind: kinds, Limits: t.Limits, Inline: t.Inline})
	if err != nil {
		return nil, err
	}
	return t.run(ctx, plan, statement, totals)
}

// planned checks the columns that the rules and the plan name.
func (t *Table) planned(all []column, rows predicate.Predicate, plan query.Plan, rename func(string) string) (func(name string) where.Kind, error) {
	if err := batch.Check(schemaOf(all), rows.Restricted()...); err != nil {
		return nil, err
	}
	byName := make(map[string]column, len(all))
	for _, c := range all {
		byName[c.field.Name] = c
	}
	var errs []error
	for _, name := range rows.Restricted() {
		if c := byName[name]; c.fixed {
			errs = append(errs, &ColumnError{Column: name, Type: c.typ, Err: ErrFixed})
		}
	}
	for _, name := range plan.Needs() {
		c, ok := byName[rename(name)]
		want := plan.Column(name)
		switch {
		case !ok:
			errs = append(errs, &ColumnError{Column: name, Err: ErrNoColumn})
			continue
		case c.fixed:
			errs = append(errs, &ColumnError{Column: name, Type: c.typ, Err: fmt.Errorf("%w: %w", query.ErrDialect, ErrFixed)})
			continue
		}
		got := eval.Columns(schemaOf([]column{c}))[0]
		if got.Name = want.Name; got != want {
			errs = append(errs, &ColumnError{Column: name, Type: c.typ, Err: ErrChanged})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return func(name string) where.Kind { return t.kind(byName[name]) }, nil
}

// run sends the statements, in one transaction if there are two, so that they see
// the same rows.
func (t *Table) run(ctx context.Context, plan query.Plan, statement query.Statement, totals *query.Statement) (*eval.Result, error) {
	conn, err := t.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := t.shadowed(ctx, conn); err != nil {
		return nil, err
	}
	var from querier = conn
	if totals != nil && !dialects[t.Dialect].untied {
		opts := &sql.TxOptions{}
		switch t.Dialect {
		case where.PostgreSQL, where.MySQL, where.MariaDB:
			opts.Isolation = sql.LevelRepeatableRead
		}
		tx, err := conn.BeginTx(ctx, opts)
		if err != nil {
			return nil, err
		}
		defer tx.Rollback()
		from = tx
	}
	var r eval.Result
	if r.Rows, err = t.answer(ctx, from, plan, statement, false); err != nil {
		return nil, err
	}
	if totals != nil {
		if r.Totals, err = t.answer(ctx, from, plan, *totals, true); err != nil {
			r.Release()
			return nil, err
		}
	}
	return &r, nil
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// answer reads the result of one statement.
func (t *Table) answer(ctx context.Context, from querier, plan query.Plan, s query.Statement, totals bool) (arrow.Record, error) {
	rec, err := t.read(ctx, from, s)
	if err != nil {
		if s.Inexact != "" && strings.Contains(err.Error(), s.Inexact) {
			err = fmt.Errorf("%w: a value of a row: %w", query.ErrDialect, err)
		}
		return nil, err
	}
	defer rec.Release()
	return eval.Finish(plan, rec, totals, &eval.Options{Allocator: t.Allocator})
}

// read returns the rows of a statement.
func (t *Table) read(ctx context.Context, from querier, s query.Statement) (arrow.Record, error) {
	rows, err := from.QueryContext(ctx, s.SQL, s.Args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	mem := t.Allocator
	if mem == nil {
		mem = memory.NewGoAllocator()
	}
	b := array.NewRecordBuilder(mem, eval.Schema(s.Columns))
	defer b.Release()
	values, cells, add := make([]any, len(s.Columns)), make([]any, len(s.Columns)), make([]appender, len(s.Columns))
	for i := range values {
		cells[i], add[i] = &values[i], newAppender(b.Field(i))
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return nil, err
		}
		for i, v := range values {
			if v == nil {
				b.Field(i).AppendNull()
				continue
			}
			if _, err := add[i](v); err != nil {
				return nil, &ColumnError{Column: s.Columns[i].Name, Err: err}
			}
		}
	}
	if err := errors.Join(rows.Err(), rows.Close(), context.Cause(ctx)); err != nil {
		return nil, err
	}
	return b.NewRecord(), nil
}
