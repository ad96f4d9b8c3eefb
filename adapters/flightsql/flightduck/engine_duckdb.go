//go:build duckdb_arrow

package flightduck

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/adapters/flightsql"
)

// Describe implements [flightsql.Engine].
func (e Engine) Describe(ctx context.Context, all map[string]flightsql.Table, sql string, args []any) (flightsql.Description, error) {
	d, err := duckdb.Describe(ctx, tables(all), sql, values(args), e.options(ctx))
	if err != nil {
		return flightsql.Description{}, described(err)
	}
	return flightsql.Description{Tables: d.Tables, Used: d.Used, Schema: d.Schema, Params: d.Params, Plan: d.Plan}, nil
}

// Run implements [flightsql.Engine].
func (e Engine) Run(ctx context.Context, all map[string]flightsql.Table, sql string, args []any) (array.RecordReader, error) {
	reader, err := duckdb.QueryRecords(ctx, tables(all), sql, values(args), e.options(ctx))
	if err != nil {
		return nil, ran(described(err))
	}
	return reader, nil
}

// options returns the limits of a statement. Without a Timeout it has the time of the
// server, and not the minute that package duckdb gives.
func (e Engine) options(ctx context.Context) *duckdb.Options {
	o := e.Options
	if end, ok := ctx.Deadline(); ok && o.Timeout == 0 {
		o.Timeout = max(time.Until(end), 1)
	}
	return &o
}

// described marks an error about the statement, whose text may be shown: it was found
// over empty tables.
func described(err error) error {
	for _, reason := range []error{duckdb.ErrStatement, duckdb.ErrTable, duckdb.ErrFunction} {
		if errors.Is(err, reason) {
			return fmt.Errorf("%w: %w", flightsql.ErrStatement, err)
		}
	}
	return err
}

// ran takes the text of an error of DuckDB away, which may contain values of visible
// rows, and leaves its kind.
func ran(err error) error {
	var failed *duck.Error
	if !errors.As(err, &failed) || errors.Is(err, flightsql.ErrStatement) {
		return err
	}
	kind := fmt.Sprintf("kind %d", failed.Type)
	switch failed.Type {
	case duck.ErrorTypeConversion:
		kind = "a value cannot be converted"
	case duck.ErrorTypeOutOfRange:
		kind = "a number is out of range"
	case duck.ErrorTypeDivideByZero:
		kind = "division by zero"
	case duck.ErrorTypeInvalidInput:
		kind = "a function refuses its input"
	case duck.ErrorTypeOutOfMemory:
		kind = "out of memory"
	case duck.ErrorTypeInterrupt:
		return context.DeadlineExceeded
	}
	return fmt.Errorf("%w: %s", flightsql.ErrRun, kind)
}

// tables are the tables of a session, as package duckdb gets them.
func tables(all map[string]flightsql.Table) map[string]duckdb.Table {
	out := make(map[string]duckdb.Table, len(all))
	for name, t := range all {
		out[name] = t
	}
	return out
}

// values are parameters as the driver binds them.
func values(args []any) []any {
	if args == nil {
		return nil
	}
	out := make([]any, len(args))
	for i, a := range args {
		if n, ok := a.(flightsql.Number); ok {
			a = string(n)
		}
		out[i] = a
	}
	return out
}
