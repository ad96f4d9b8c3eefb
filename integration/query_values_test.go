package integration

import (
	"database/sql"
	"fmt"
	"iter"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice/direct"
)

// TestQuestionValues asks engines about values that they are known to treat in their
// own way.
func TestQuestionValues(t *testing.T) {
	for name, e := range questionEngines() {
		t.Run(name, func(t *testing.T) {
			owner, viewer := e.open(t)
			e.floats(t, owner, viewer)
			if e.dialect == where.MariaDB {
				inexactMariaDB(t, owner)
			}
		})
	}
}

// floats asks about NaN, infinity, -0 and numbers whose sum runs over, group by
// group, and compares with package eval.
func (e questionEngine) floats(t *testing.T, owner, viewer *sql.DB) {
	values := map[string]string{"NaN": "'NaN'", "+Inf": "'Infinity'", "-Inf": "'-Infinity'", "-0": "'-0.0'", "0": "0", "1.5": "1.5", "1e+308": "1e308", "NULL": "NULL"}
	groups := []string{"NaN", "NaN 1.5", "1.5 NaN NULL", "+Inf 1.5", "-Inf NaN", "-0", "0 NULL", "-0 0", "1.5", "1e+308 1e+308", "NULL", "1.5 +Inf NaN"}
	switch e.dialect {
	case where.MariaDB:
		values["-0"], groups = "-0e0", []string{"-0", "0 NULL", "-0 0", "1.5", "1e+308 1e+308", "NULL"}
	case where.SQLite: // keeps NaN as NULL
		values["-0"], values["+Inf"], groups = "-0.0", "9e999", []string{"-0", "0 NULL", "-0 0", "+Inf 1.5", "1.5", "1e+308 1e+308", "NULL"}
	}
	table, rate := e.schema+"floats", query.Column{Name: "rate"}
	_, err := owner.Exec("CREATE TABLE " + table + " (g " + e.types[""] + ", rate " + e.typeOf(rate) + ")")
	require.NoError(t, err)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema([]arrow.Field{{Name: "g", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "rate", Type: arrow.PrimitiveTypes.Float64, Nullable: true}}, nil))
	defer b.Release()
	var lines []string
	for _, g := range groups {
		for text := range strings.FieldsSeq(g) {
			lines = append(lines, fmt.Sprintf("('%s', %s)", g, e.cast(values[text], rate)))
			b.Field(0).(*array.StringBuilder).Append(g)
			var f float64
			if text == "NULL" {
				b.Field(1).AppendNull()
				continue
			}
			if _, err := fmt.Sscan(text, &f); text == "-0" {
				f = math.Copysign(0, -1)
			} else {
				require.NoError(t, err)
			}
			b.Field(1).(*array.Float64Builder).Append(f)
		}
	}
	_, err = owner.Exec("INSERT INTO " + table + " VALUES " + strings.Join(lines, ", "))
	require.NoError(t, err)
	if owner != viewer {
		_, err = owner.Exec("GRANT SELECT ON floats TO viewer")
		require.NoError(t, err)
	}
	rec := b.NewRecord()
	defer rec.Release()
	source := &direct.Table{DB: viewer, Dialect: e.dialect, Table: table}
	of := query.Col("rate")
	measures := []query.Measure{{Func: query.Min, Of: of}, {Func: query.Max, Of: of}, {Func: query.Count, Of: of}, {Func: query.Percentile, Of: of, Percent: "50"},
		{Func: query.Percentile, Of: of, Percent: "100"}, {Func: query.Median, Of: of}, {Func: query.Sum, Of: of}, {Func: query.Avg, Of: of}, {Func: query.Max, Of: query.Multiply(of, query.Num("-1"))}}
	same, refused := 0, 0
	for i, m := range measures {
		m.As = "m"
		for _, q := range []query.Query{
			{Dimensions: []query.Dimension{{Column: "g"}}, Measures: []query.Measure{m}},
			{Dimensions: []query.Dimension{{Column: "g"}}, Measures: []query.Measure{m}, Order: []query.Order{{By: "m", Desc: true}}},
			{Dimensions: []query.Dimension{{Column: "g"}}, Measures: []query.Measure{m}, Order: []query.Order{{By: "m"}}},
			{Measures: []query.Measure{m}},
			{Measures: []query.Measure{m}, Filters: []query.Filter{query.Range{Column: "rate", From: "0"}}},
			{Measures: []query.Measure{m}, Filters: []query.Filter{query.Range{Column: "rate", Below: "1"}}},
			{Dimensions: []query.Dimension{{Column: "g"}}, Measures: []query.Measure{m}, Filters: []query.Filter{query.Where{Predicate: predicate.In("g", "1.5", "-0", "0 NULL", "-0 0")}}},
			{Dimensions: []query.Dimension{{Column: "g"}}, Measures: []query.Measure{m}, Filters: []query.Filter{query.Top{Column: "g", N: 3, By: query.Measure{Func: query.Max, Of: of}}}},
		} {
			plan, err := q.Check(eval.Columns(rec.Schema()))
			require.NoError(t, err)
			what := fmt.Sprint(i, q)
			want, wantErr := eval.Answer(t.Context(), plan, one(rec), nil)
			got, err := source.Answer(t.Context(), predicate.All(), plan, nil)
			if err != nil {
				require.True(t, wantErr != nil || strings.Contains(err.Error(), query.ErrDialect.Error()), "%s: %v", what, err)
				refused++
				continue
			}
			require.NoError(t, wantErr, "%s: got %v", what, got.Rows)
			require.Equal(t, questions.Read(want.Rows), questions.Read(got.Rows), what)
			same++
		}
	}
	t.Logf("%s: %d answers are the same, %d refused", e.dialect, same, refused)
	require.Greater(t, same, len(measures)*3)
}

func one(rec arrow.Record) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) { yield(rec, nil) }
}

// inexactMariaDB has values that MariaDB would sort by a part of them, or that are no
// date. They are [query.ErrDialect], so that the answer is computed from rows.
func inexactMariaDB(t *testing.T, db *sql.DB) {
	db.SetMaxOpenConns(1)
	for _, text := range []string{
		"SET sql_mode = ''",
		"CREATE TABLE inexact (id bigint, long_text longtext, day date, at datetime(6))",
		"INSERT INTO inexact VALUES (1, CONCAT(REPEAT('x', 1024), 'a'), '2024-00-10', '0000-00-00'), (2, CONCAT(REPEAT('x', 1024), 'b'), '2024-01-10', '2024-01-10')",
	} {
		_, err := db.Exec(text)
		require.NoError(t, err)
	}
	source := &direct.Table{DB: db, Dialect: where.MariaDB, Table: "inexact"}
	schema, err := source.Schema(t.Context())
	require.NoError(t, err)
	ask := func(base *direct.Table, q query.Query) (string, error) {
		plan, err := q.Check(eval.Columns(schema))
		require.NoError(t, err)
		got, err := base.Answer(t.Context(), predicate.All(), plan, nil)
		if err != nil {
			return "", err
		}
		defer got.Release()
		return fmt.Sprint(questions.Read(got.Rows)), nil
	}
	second := &direct.Table{DB: db, Dialect: where.MariaDB, Query: "SELECT * FROM inexact WHERE id = 2 AND LENGTH(day) > 0"}
	for _, q := range []query.Query{
		{Dimensions: []query.Dimension{{Column: "long_text"}}},
		{Measures: []query.Measure{{Func: query.CountDistinct, Of: query.Col("long_text")}}},
		{Dimensions: []query.Dimension{{Column: "day", Cut: query.Month}}},
		{Dimensions: []query.Dimension{{Column: "at", Cut: query.Hour}}},
		{Measures: []query.Measure{{Func: query.Min, Of: query.Col("at")}}},
	} {
		_, err := ask(source, q)
		require.ErrorIs(t, err, query.ErrDialect)
		require.NotContains(t, err.Error(), "xxxx", "no value is in the error")
		if q.Dimensions == nil || q.Dimensions[0].Column != "long_text" {
			_, err = ask(second, q)
			if q.Measures == nil || q.Measures[0].Func != query.CountDistinct {
				require.NoError(t, err, "other rows are answered")
			}
		}
	}
	got, err := ask(source, query.Query{Measures: []query.Measure{{Func: query.Count, Of: query.Col("long_text")}, {Func: query.Sum, Of: query.Col("id")}}})
	require.NoError(t, err)
	require.Equal(t, "[[2 3]]", got)
	_, err = db.Exec("SET SESSION max_sort_length = 2000")
	require.NoError(t, err)
	got, err = ask(source, query.Query{Measures: []query.Measure{{Func: query.CountDistinct, Of: query.Col("long_text")}}})
	require.NoError(t, err)
	require.Equal(t, "[[2]]", got, "the session may sort by more")

	// Up to 4 bytes of a sort key are the length of the text.
	for _, text := range []string{
		"SET SESSION max_sort_length = 1024", "DELETE FROM inexact",
		"INSERT INTO inexact (id, long_text) VALUES (1, CONCAT(REPEAT('x', 1019), 'a')), (2, CONCAT(REPEAT('x', 1019), 'b')), (3, NULL)",
	} {
		_, err = db.Exec(text)
		require.NoError(t, err)
	}
	sorted := query.Query{Dimensions: []query.Dimension{{Column: "long_text"}}, Measures: []query.Measure{{Func: query.Sum, Of: query.Col("id")}}, Order: []query.Order{{By: "long_text", Desc: true}}}
	a, b := `"`+strings.Repeat("x", 1019)+`a"`, `"`+strings.Repeat("x", 1019)+`b"`
	got, err = ask(source, sorted)
	require.NoError(t, err)
	require.Equal(t, "[["+b+" 2] ["+a+" 1] [NULL 3]]", got, "1,020 bytes, and a NULL")
	for length := range 4 {
		_, err = db.Exec("UPDATE inexact SET long_text = CONCAT(REPEAT('x', 1020 + ?), RIGHT(long_text, 1))", length)
		require.NoError(t, err)
		for _, q := range []query.Query{sorted, {Measures: []query.Measure{{Func: query.CountDistinct, Of: query.Col("long_text")}}}} {
			_, err = ask(source, q)
			require.ErrorIs(t, err, query.ErrDialect, "%d bytes", 1021+length)
			require.NotContains(t, err.Error(), "xxxx", "no value is in the error")
		}
	}

	// A cast makes NULL of a text over max_allowed_packet. latin1 has half the bytes.
	for _, text := range []string{
		"ALTER TABLE inexact MODIFY long_text longtext CHARACTER SET latin1", "DELETE FROM inexact",
		"INSERT INTO inexact (id, long_text) VALUES (1, REPEAT(CONVERT('é' USING latin1), @@session.max_allowed_packet - 1)), (2, NULL)",
	} {
		_, err = db.Exec(text)
		require.NoError(t, err)
	}
	for _, q := range []query.Query{sorted, {Measures: []query.Measure{{Func: query.CountDistinct, Of: query.Col("long_text")}}}} {
		_, err = ask(source, q)
		require.ErrorIs(t, err, query.ErrDialect, "the text is no NULL")
	}
	for _, text := range []string{"DELETE FROM inexact WHERE id = 1", "INSERT INTO inexact (id, long_text) VALUES (3, 'a'), (4, 'b')", "SET SESSION sql_select_limit = 1"} {
		_, err = db.Exec(text)
		require.NoError(t, err)
	}
	got, err = ask(source, sorted)
	require.NoError(t, err)
	require.Equal(t, `[["b" 4] ["a" 3] [NULL 2]]`, got, "sql_select_limit cuts no group off")
}
