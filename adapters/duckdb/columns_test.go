package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// inMemory is a table of one record.
type inMemory struct{ rec arrow.Record }

func (m inMemory) Schema(context.Context) (*arrow.Schema, error) { return m.rec.Schema(), nil }

func (m inMemory) Read(_ context.Context, o *spice.ReadOptions) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		var fields []arrow.Field
		var columns []arrow.Array
		for _, name := range o.Columns {
			at := m.rec.Schema().FieldIndices(name)[0]
			fields, columns = append(fields, m.rec.Schema().Field(at)), append(columns, m.rec.Column(at))
		}
		yield(array.NewRecord(arrow.NewSchema(fields, nil), columns, m.rec.NumRows()), nil)
	}
}

func (m inMemory) Ask(ctx context.Context, q query.Query, o *spice.AskOptions) (*eval.Result, error) {
	plan, err := q.Check(eval.Columns(m.rec.Schema()))
	if err != nil {
		return nil, err
	}
	rows := m.Read(ctx, &spice.ReadOptions{Columns: plan.Needs()})
	answer, err := o.Engine(ctx, plan, rows, nil)
	if errors.Is(err, query.ErrDialect) {
		return eval.Answer(ctx, plan, rows, nil)
	}
	return answer, err
}

func textTable(columns ...string) inMemory {
	var fields []arrow.Field
	for _, name := range columns {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	for i := range 3 {
		for k, name := range columns {
			b.Field(k).(*array.StringBuilder).Append(fmt.Sprintf("%s%d", name, i))
		}
	}
	return inMemory{b.NewRecord()}
}

// TestColumnsThatNobodyNames: statements that use columns without naming them get
// all of them.
func TestColumnsThatNobodyNames(t *testing.T) {
	tables := map[string]duckdb.Table{"sales": textTable("tenant", "region", "n")}
	for text, rows := range map[string]int{
		"SELECT x, y FROM sales PIVOT (count(n) FOR region IN ('region0' AS x, 'region1' AS y))": 3,
		"SELECT a FROM sales AS s(a) WHERE a LIKE 'tenant%'":                                     3,
		"SELECT 1 FROM sales WHERE (main.sales).tenant LIKE 'tenant%'":                           3,
		"SELECT 1 FROM sales WHERE (sales).tenant LIKE 'tenant%'":                                3,
	} {
		r, err := duckdb.QuerySQL(t.Context(), tables, text, nil, &duckdb.Options{Threads: 1})
		require.NoError(t, err, text)
		require.Len(t, r.Rows, rows, text)
	}
}

// TestCaseTwins: columns that differ in case only, which DuckDB cannot hold, are
// answered without it.
func TestCaseTwins(t *testing.T) {
	q := query.Query{Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Count}}}
	r, err := duckdb.Query(t.Context(), textTable("Region", "region"), q, nil)
	require.NoError(t, err)
	defer r.Release()
	require.EqualValues(t, 3, r.Rows.NumRows())
}

// TestRefusedBeforeDuckDB: a common table expression lends its name to nothing outside
// of its scope, and functions that outlast a deadline are refused.
func TestRefusedBeforeDuckDB(t *testing.T) {
	tables := map[string]duckdb.Table{"sales": textTable("n")}
	for _, text := range []string{
		"SELECT * FROM (WITH duckdb_views AS (SELECT 1) SELECT 1), duckdb_views",
		"SELECT * FROM (WITH sqlite_master AS (SELECT 1) SELECT 1), sqlite_master",
		`SELECT * FROM (WITH "/etc/passwd.csv" AS (SELECT 1) SELECT 1), "/etc/passwd.csv"`,
	} {
		_, err := duckdb.QuerySQL(t.Context(), tables, text, nil, nil)
		require.ErrorIs(t, err, duckdb.ErrTable, text)
	}
	_, err := duckdb.QuerySQL(t.Context(), tables, "SELECT sum(LEVENSHTEIN(repeat('a', 60000), n)) FROM sales", nil, nil)
	require.ErrorIs(t, err, duckdb.ErrFunction)
}
