package direct_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/spice/direct"
)

// sales answers every query with three rows.
func sales() *engine {
	return &engine{
		names: []string{"Region", "Amount", "Flag"}, types: []string{"TEXT", "INT8", "BOOL"},
		rows: [][]driver.Value{{"EMEA", int64(1), true}, {[]byte("US"), nil, false}, {"US", int64(-3), nil}},
	}
}

// read returns the rows of a reader as text, and checks that all memory and all
// results are given back.
func read(t *testing.T, e *engine, table *direct.Table, p predicate.Predicate, columns []string) (rows []string, err error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	defer func() { require.Zero(t, e.open, "every result is closed") }()
	if table.DB == nil {
		table.DB = e.db(t)
	}
	table.Dialect, table.Allocator = where.PostgreSQL, mem
	if table.Query == "" && table.Table == "" {
		table.Table = "public.sales"
	}
	r, err := table.Records(t.Context(), p, columns)
	if err != nil {
		require.Nil(t, r)
		return nil, err
	}
	defer r.Release()
	for r.Next() {
		rec := r.Record()
		require.True(t, rec.Schema().Equal(r.Schema()))
		for row := range int(rec.NumRows()) {
			var cells []string
			for _, c := range rec.Columns() {
				cells = append(cells, c.ValueStr(row))
			}
			rows = append(rows, strings.Join(cells, " "))
		}
	}
	require.Nil(t, r.Record())
	require.False(t, r.Next(), "the end is the end")
	return rows, r.Err()
}

func TestRecords(t *testing.T) {
	e := sales()
	rows, err := read(t, e, &direct.Table{Rows: 2}, predicate.In("Region", "EMEA", "US"), []string{"Amount", "Region"})
	require.NoError(t, err)
	require.Equal(t, []string{"1 EMEA", "(null) US", "-3 US"}, rows)
	require.Equal(t, []string{
		"SELECT * FROM (\nSELECT * FROM \"public\".\"sales\"\n) AS rowsight_base WHERE 1 = 0",
		"SELECT \"rowsight_base\".\"Amount\", \"rowsight_base\".\"Region\" FROM (\nSELECT * FROM \"public\".\"sales\"\n) AS rowsight_base" +
			" WHERE \"rowsight_base\".\"Region\" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])" +
			" AND \"rowsight_base\".\"Region\" COLLATE pg_catalog.\"C\" OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])",
	}, e.asked)
	require.Equal(t, `{"EMEA","US"}`, e.args[1][0].Value)

	rows, err = read(t, sales(), &direct.Table{Query: "SELECT 1"}, predicate.All(), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"EMEA 1 true", "US (null) false", "US -3 (null)"}, rows, "no column is all columns")
}

// TestWidened: an engine that returns a row that the filter hides is caught.
func TestWidened(t *testing.T) {
	rows, err := read(t, sales(), &direct.Table{}, predicate.In("Region", "US"), nil)
	require.ErrorIs(t, err, direct.ErrWidened)
	require.Empty(t, rows)
	// Without the column there is nothing to compare.
	rows, err = read(t, sales(), &direct.Table{}, predicate.In("Region", "US"), []string{"Flag"})
	require.NoError(t, err)
	require.Len(t, rows, 3)
}

func TestRefuses(t *testing.T) {
	broken := errors.New("connection lost")
	us := predicate.In("Region", "US")
	tests := []struct {
		reason  string
		change  func(e *engine, table *direct.Table)
		p       predicate.Predicate
		columns []string
		want    error
		queries int
	}{
		{"a predicate on a column that is not there", nil, predicate.In("Nation", "US"), nil, batch.ErrNoColumn, 1},
		{"a predicate on a number", nil, predicate.In("Amount", "1"), nil, batch.ErrNotText, 1},
		{"a column that rules restrict, which is not there", nil, predicate.All().Restrict("Nation"), nil, batch.ErrNoColumn, 1},
		{"a column that rules restrict, a number", nil, us.Restrict("Amount"), []string{"Region"}, batch.ErrNotText, 1},
		{"a column that rules restrict, which is padded", func(e *engine, _ *direct.Table) { e.types[0] = "BPCHAR" }, predicate.All().Restrict("Region"), nil, direct.ErrFixed, 1},
		{"a column that is not there", nil, us, []string{"Nation"}, direct.ErrNoColumn, 1},
		{"a column in another case", nil, us, []string{"region"}, direct.ErrNoColumn, 1},
		{"two columns of one name", func(e *engine, _ *direct.Table) { e.names[1] = "Region" }, us, nil, direct.ErrTwice, 1},
		{"a type that is not known", func(e *engine, _ *direct.Table) { e.types[1] = "INTERVAL" }, us, nil, direct.ErrType, 1},
		{"a decimal of unknown scale", func(e *engine, _ *direct.Table) { e.types[1] = "NUMERIC" }, us, nil, direct.ErrType, 1},
		{"a filter on text that is padded", func(e *engine, _ *direct.Table) { e.types[0] = "BPCHAR" }, us, nil, direct.ErrFixed, 1},
		{"a value that cannot be sent", nil, predicate.In("Region", "U\x00S"), nil, where.ErrNUL, 1},
		{"more than fits", func(_ *engine, table *direct.Table) { table.Limits = &where.Limits{Text: 20} }, predicate.In("Region", "EMEA", "US"), nil, where.ErrBudget, 1},
		{"a table without a name", func(_ *engine, table *direct.Table) { table.Table = "a..b" }, us, nil, where.ErrColumn, 0},
		{"both a table and a query", func(_ *engine, table *direct.Table) { table.Table, table.Query = "a", "SELECT 1" }, us, nil, direct.ErrSource, 0},
		{"a query that fails", func(e *engine, _ *direct.Table) { e.fail = map[string]error{"COLLATE": broken} }, us, nil, broken, 2},
		{"a table that changed in between", func(e *engine, _ *direct.Table) {
			e.change = func(e *engine) { e.types = []string{"BYTEA", "INT8", "BOOL"} }
		}, us, nil, direct.ErrChanged, 2},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			e, table := sales(), &direct.Table{}
			if tt.change != nil {
				tt.change(e, table)
			}
			rows, err := read(t, e, table, tt.p, tt.columns)
			require.ErrorIs(t, err, tt.want)
			require.Empty(t, rows)
			require.Len(t, e.asked, tt.queries, "nothing more was sent")
		})
	}
}

// TestShort: a result that is cut short is an error behind the rows that came.
func TestShort(t *testing.T) {
	broken := errors.New("connection lost")
	e := sales()
	e.broken = broken
	rows, err := read(t, e, &direct.Table{Rows: 2}, predicate.All(), nil)
	require.ErrorIs(t, err, broken)
	require.Len(t, rows, 2, "the second record is not complete")
}

func TestCancelled(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	e := sales()
	e.block = make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := (&direct.Table{DB: e.db(t), Dialect: where.PostgreSQL, Table: "sales", Rows: 1, Allocator: mem}).Records(ctx, predicate.All(), nil)
	require.NoError(t, err)
	require.True(t, r.Next())
	cancel()
	require.False(t, r.Next())
	require.ErrorIs(t, r.Err(), context.Canceled)
	r.Release()
	require.Zero(t, e.open)

	// Released before its end: nothing is left open.
	e = sales()
	r, err = (&direct.Table{DB: e.db(t), Dialect: where.PostgreSQL, Table: "sales", Rows: 1, Allocator: mem}).Records(t.Context(), predicate.All(), nil)
	require.NoError(t, err)
	require.True(t, r.Next())
	r.Retain()
	r.Release()
	require.NotNil(t, r.Record())
	r.Release()
	require.Zero(t, e.open)
	require.False(t, r.Next())
	require.ErrorIs(t, r.Err(), direct.ErrReleased)
}

// TestTemp: what fits nowhere goes to a table, which is dropped in every case.
func TestTemp(t *testing.T) {
	for _, fail := range []string{"", "INSERT", "WHERE \"rowsight_base\""} {
		e := sales()
		if fail != "" {
			e.fail = map[string]error{fail: errors.New("refused")}
		}
		table := &direct.Table{DB: e.db(t), Dialect: where.Trino, Table: "sales", Temp: []string{"memory", "default", "tmp"}, Limits: &where.Limits{Text: 300}}
		values := make([]string, 100)
		for i := range values {
			values[i] = strings.Repeat("x", i+1)
		}
		r, err := table.Records(t.Context(), predicate.In("Region", append(values, "EMEA", "US")...), nil)
		if fail != "" {
			require.ErrorContains(t, err, "refused")
		} else {
			require.NoError(t, err)
			for r.Next() {
			}
			require.NoError(t, r.Err())
			r.Release()
		}
		require.Equal(t, `CREATE TABLE "memory"."default"."tmp" (k integer, v varchar)`, e.asked[1])
		require.Equal(t, `DROP TABLE "memory"."default"."tmp"`, e.asked[len(e.asked)-1])
	}
}

func TestTypes(t *testing.T) {
	zone := time.FixedZone("", 3600)
	at := time.Date(2024, 2, 29, 12, 30, 15, 123456000, zone)
	tests := []struct {
		typ   string
		value driver.Value
		want  string // "" is refused
		arrow string
	}{
		{"VARCHAR(10)", "é\n", "é\n", "utf8"},
		{"LowCardinality(Nullable(String))", []byte("x"), "x", "utf8"},
		{"TEXT", []byte("\xff"), "", "utf8"},
		{"TEXT", int64(7), "", "utf8"},
		{"TEXT", "", "", "utf8"},
		{"INTEGER", int64(1) << 62, "4611686018427387904", "int64"},
		{"INTEGER", []byte("-7"), "-7", "int64"},
		{"INTEGER", "7.0", "", "int64"},
		{"INTEGER", 7.0, "", "int64"},
		{"SMALLINT", int64(40000), "", "int16"},
		{"UNSIGNED BIGINT", []byte("18446744073709551615"), "18446744073709551615", "uint64"},
		{"UNSIGNED BIGINT", int64(-1), "", "uint64"},
		{"DOUBLE", 1.5, "1.5", "float64"},
		{"REAL", int64(3), "3", "float64"},
		{"REAL", int64(1)<<53 + 1, "", "float64"},
		{"FLOAT8", "x", "", "float64"},
		{"BOOLEAN", true, "true", "bool"},
		{"BOOLEAN", int64(0), "false", "bool"},
		{"BOOLEAN", int64(2), "", "bool"},
		{"DATE", time.Date(2024, 2, 29, 0, 0, 0, 0, zone), "2024-02-29", "date32"},
		{"DATE", time.Date(1903, 2, 28, 0, 0, 0, 0, time.UTC), "1903-02-28", "date32"},
		{"DATE", "2024-02-29", "2024-02-29", "date32"},
		{"DATE", at, "", "date32"},
		{"TIMESTAMP", at, "2024-02-29 12:30:15.123456Z", "timestamp[us]"},
		{"TIMESTAMP", "2024-02-29 12:30:15", "2024-02-29 12:30:15Z", "timestamp[us]"},
		{"TIMESTAMP", at.Add(1), "", "timestamp[us]"},
		{"TIMESTAMP", "yesterday", "", "timestamp[us]"},
		{"TIMESTAMPTZ", at, "2024-02-29 11:30:15.123456Z", "timestamp[us, tz=UTC]"},
		{"BYTEA", []byte("\xff\x00"), "/wA=", "binary"},
		{"DECIMAL", "12.30", "12.3", "decimal(5, 2)"},
		{"DECIMAL", []byte("-999.99"), "-999.99", "decimal(5, 2)"},
		{"DECIMAL", "0.001", "", "decimal(5, 2)"},
		{"DECIMAL", "1000", "", "decimal(5, 2)"},
		{"DECIMAL", "1e2", "", "decimal(5, 2)"},
		{"DECIMAL", int64(7), "7", "decimal(5, 2)"},
	}
	for _, tt := range tests {
		e := &engine{names: []string{"c"}, types: []string{tt.typ}, decimals: map[string][2]int64{"c": {5, 2}}, rows: [][]driver.Value{{tt.value}, {nil}}}
		schema, err := (&direct.Table{DB: e.db(t), Dialect: where.PostgreSQL, Table: "t"}).Schema(t.Context())
		require.NoError(t, err)
		require.Equal(t, tt.arrow, schema.Field(0).Type.String())
		rows, err := read(t, e, &direct.Table{}, predicate.All(), nil)
		if tt.want == "" && tt.value != "" {
			require.ErrorIs(t, err, direct.ErrCell, "%s %v", tt.typ, tt.value)
			var at *direct.ColumnError
			require.ErrorAs(t, err, &at)
			require.Equal(t, "c", at.Column)
			continue
		}
		require.NoError(t, err, "%s %v", tt.typ, tt.value)
		require.Equal(t, []string{tt.want, array.NullValueStr}, rows, "%s %v", tt.typ, tt.value)
	}
}

func TestOwnTypes(t *testing.T) {
	e := sales()
	e.types = []string{"", "", "BOOL"}
	types := map[string]arrow.DataType{"Region": arrow.BinaryTypes.LargeString, "Amount": arrow.PrimitiveTypes.Int32}
	rows, err := read(t, e, &direct.Table{Types: types}, predicate.In("Region", "US", "EMEA"), nil)
	require.NoError(t, err)
	require.Len(t, rows, 3)
	types["Amount"] = arrow.PrimitiveTypes.Date64
	_, err = read(t, e, &direct.Table{Types: types}, predicate.All(), nil)
	require.ErrorIs(t, err, direct.ErrType)
}
