package query_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
)

var update = flag.Bool("update", false, "write golden files")

// sqlQuestions have every part of a question once.
func sqlQuestions() map[string]query.Query {
	sum := query.Measure{Func: query.Sum, Of: query.Col("Quantity"), As: "Total"}
	return map[string]query.Query{
		"1 top list": {
			Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{sum},
			Filters: []query.Filter{query.Where{Predicate: predicate.In("Segment", "SMB")}, query.Range{Column: "Quantity", Above: "0"}, query.Top{Column: "Region", N: 3, By: sum}},
			Order:   []query.Order{{By: "Total", Desc: true}}, Limit: 10, Offset: 20, Totals: true,
		},
		"2 averages": {Dimensions: []query.Dimension{{Column: "Day", Cut: query.Month}}, Measures: []query.Measure{{Func: query.Avg, Of: query.Col("Price"), As: "a"}}},
		"3 ranks":    {Measures: []query.Measure{{Func: query.Median, Of: query.Col("Quantity")}, {Func: query.Percentile, Of: query.Col("Quantity"), Percent: "99.9"}}},
		"4 order by an average": {Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Avg, Of: query.Col("Quantity"), As: "a"}},
			Order: []query.Order{{By: "a"}}},
		"5 arithmetic":               {Measures: []query.Measure{{Func: query.Sum, Of: query.Multiply(query.Col("Price"), query.Num("1.19"))}}},
		"6 a top list by a median":   {Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{query.Top{Column: "Region", N: 1, By: query.Measure{Func: query.Median, Of: query.Col("Quantity")}}}},
		"7 count of any type":        {Measures: []query.Measure{{Func: query.Count, Of: query.Col("Blob")}}},
		"8 a page of distinct texts": {Dimensions: []query.Dimension{{Column: "Region"}, {Column: "Segment"}}, Offset: 5},
		"9 order by a median": {Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Median, Of: query.Col("Price"), As: "m"}},
			Order: []query.Order{{By: "m"}}},
		"A a page of rows": {Columns: []string{"Segment", "Day", "Price", "Weight"}, Filters: []query.Filter{query.Range{Column: "Quantity", Above: "0"}},
			Order: []query.Order{{By: "Price", Desc: true}}, Limit: 20, Offset: 40},
	}
}

var sqlColumns = []query.Column{
	{Name: "Region", Kind: query.Text}, {Name: "Segment", Kind: query.Text}, {Name: "Quantity", Kind: query.Int}, {Name: "Blob"},
	{Name: "Price", Kind: query.Decimal, Precision: 12, Scale: 2}, {Name: "Day", Kind: query.Date}, {Name: "Weight", Kind: query.Float},
}

// TestSQL compares the SQL with golden files, one a dialect. That it means the same
// on each engine, the module integration tests.
func TestSQL(t *testing.T) {
	rows := predicate.In("Tenant", "acme")
	for _, d := range query.Dialects() {
		var b strings.Builder
		questions := sqlQuestions()
		names := make([]string, 0, len(questions))
		for name := range questions {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			plan, err := questions[name].Check(sqlColumns)
			require.NoError(t, err)
			fmt.Fprintf(&b, "-- %s\n", name)
			s, totals, err := plan.SQL(d, rows, "SELECT * FROM sales", nil)
			if err != nil {
				require.ErrorIs(t, err, query.ErrDialect)
				require.Empty(t, s.SQL)
				fmt.Fprintf(&b, "refused: %v\n\n", err)
				continue
			}
			fmt.Fprintf(&b, "%s\n-- %q\n", s.SQL, s.Args)
			if totals != nil {
				fmt.Fprintf(&b, "%s\n-- %q\n", totals.SQL, totals.Args)
			}
			b.WriteByte('\n')
			require.NotContains(t, s.SQL, "acme", "values are bound")
			require.NotContains(t, s.SQL, "SMB", "values are bound")
			inline, _, err := plan.SQL(d, rows, "SELECT * FROM sales", &query.SQLOptions{Inline: true})
			require.NoError(t, err)
			require.Empty(t, inline.Args)
			require.Contains(t, inline.SQL, "acme")
		}
		path := filepath.Join("testdata", d.String()+".golden")
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), b.String())
	}
}

// TestSQLRefused: whatever is not known to be exact is refused before anything is
// sent, and the rules are in every statement.
func TestSQLRefused(t *testing.T) {
	plan, err := query.Query{Measures: []query.Measure{{Func: query.Count}}}.Check(sqlColumns)
	require.NoError(t, err)
	for _, d := range append(where.Dialects(), 0) {
		s, _, err := plan.SQL(d, predicate.Predicate{}, "SELECT * FROM sales", nil)
		if slices.Contains(query.Dialects(), d) {
			require.NoError(t, err)
			require.Regexp(t, regexp.MustCompile("WHERE (FALSE|1 = 0)"), s.SQL, "the zero Predicate selects no row")
			continue
		}
		require.ErrorIs(t, err, query.ErrDialect, d.String())
		require.Empty(t, s.SQL)
	}
	_, _, err = plan.SQL(where.PostgreSQL, predicate.All(), "SELECT 1) AS x; DROP TABLE sales --", nil)
	require.ErrorIs(t, err, where.ErrQuery)
	_, _, err = query.Plan{}.SQL(where.PostgreSQL, predicate.All(), "SELECT * FROM sales", nil)
	require.ErrorIs(t, err, query.ErrEmpty)
	region, err := query.Query{Dimensions: []query.Dimension{{Column: "Region"}}}.Check(sqlColumns)
	require.NoError(t, err)
	_, _, err = region.SQL(where.SQLite, predicate.All(), "SELECT * FROM sales", &query.SQLOptions{Column: func(string) string { return "TRUE" }})
	require.ErrorIs(t, err, query.ErrDialect, "SQLite renames the column")
	s, _, err := region.SQL(where.PostgreSQL, predicate.All(), "SELECT * FROM sales", &query.SQLOptions{Column: func(string) string { return `a"b` }})
	require.NoError(t, err)
	require.Contains(t, s.SQL, `"a""b"`, "the name in the database, quoted")
}

// TestMedianOfDecimalsInSpark: a sum of decimals with 38 digits has one less after the
// point in Spark, so two medians that differ in the last one would be sorted as equal.
func TestMedianOfDecimalsInSpark(t *testing.T) {
	for precision, refused := range map[int]bool{37: false, 38: true} {
		plan, err := query.Query{
			Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Median, Of: query.Col("rate"), As: "m"}}, Order: []query.Order{{By: "m"}},
		}.Check([]query.Column{{Name: "Region", Kind: query.Text}, {Name: "rate", Kind: query.Decimal, Precision: precision, Scale: 10}})
		require.NoError(t, err)
		for _, d := range []where.Dialect{where.Spark, where.Databricks} {
			s, _, err := plan.SQL(d, predicate.All(), "SELECT * FROM sales", nil)
			if refused {
				require.ErrorIs(t, err, query.ErrDialect)
				require.ErrorContains(t, err, `"m", which is an average or a median`)
				continue
			}
			require.NoError(t, err)
			require.Contains(t, s.SQL, "AS DECIMAL(37,10)) + CAST(", "a sum of 38 digits, all of them")
			require.NotContains(t, s.SQL, "DECIMAL(38,10)")
		}
	}
}

// TestPageInSpark: LIMIT and OFFSET have 32 bits in Spark, and so has the sum of the
// two: SUM_OF_LIMIT_AND_OFFSET_EXCEEDS_MAX_INT.
func TestPageInSpark(t *testing.T) {
	for _, c := range []struct {
		limit, offset int64
		refused       bool
	}{{1<<31 - 1, 0, false}, {0, 1<<31 - 1, false}, {1 << 31, 0, true}, {0, 1 << 31, true}, {1<<31 - 2, 1, false}, {1<<31 - 1, 1, true}, {1 << 53, 1 << 53, true}} {
		plan, err := query.Query{Dimensions: []query.Dimension{{Column: "Region"}}, Limit: c.limit, Offset: c.offset}.Check(sqlColumns)
		require.NoError(t, err)
		for _, d := range query.Dialects() {
			s, _, err := plan.SQL(d, predicate.All(), "SELECT * FROM sales", nil)
			if c.refused && (d == where.Spark || d == where.Databricks) {
				require.ErrorIs(t, err, query.ErrDialect, "%+v", c)
				require.Empty(t, s.SQL)
				continue
			}
			require.NoError(t, err, "%s %+v", d, c)
		}
	}
}

// TestMySQLAlwaysHasALimit: without one, sql_select_limit of the session would cut the
// groups off, and nobody would see it.
func TestMySQLAlwaysHasALimit(t *testing.T) {
	for _, q := range []query.Query{
		{Dimensions: []query.Dimension{{Column: "Region"}}, Totals: true},
		{Measures: []query.Measure{{Func: query.Count}}},
		{Dimensions: []query.Dimension{{Column: "Region"}}, Limit: 7, Offset: 5, Totals: true},
	} {
		plan, err := q.Check(sqlColumns)
		require.NoError(t, err)
		for _, d := range []where.Dialect{where.MySQL, where.MariaDB} {
			s, totals, err := plan.SQL(d, predicate.All(), "SELECT * FROM sales", nil)
			require.NoError(t, err)
			if q.Limit > 0 {
				require.Regexp(t, ` LIMIT 7 OFFSET 5$`, s.SQL)
			} else {
				require.Regexp(t, ` LIMIT 18446744073709551615$`, s.SQL)
			}
			if totals != nil {
				require.Regexp(t, ` LIMIT 18446744073709551615$`, totals.SQL, "the page is one of groups")
			}
		}
	}
}

// TestTextNamedLikeAFormat: the name of a column is in the SQL as it is, also if it
// looks like a place that text is written to.
func TestTextNamedLikeAFormat(t *testing.T) {
	plan, err := query.Query{Dimensions: []query.Dimension{{Column: "a%s"}}}.Check([]query.Column{{Name: "a%s", Kind: query.Text}})
	require.NoError(t, err)
	s, _, err := plan.SQL(where.MariaDB, predicate.All(), "SELECT * FROM sales", nil)
	require.NoError(t, err)
	x := "CAST(CONVERT(rowsight_asked.`a%s` USING utf8mb4) AS BINARY)"
	require.Contains(t, s.SQL, "CASE WHEN ("+x+" IS NULL AND rowsight_asked.`a%s` IS NOT NULL) OR OCTET_LENGTH("+x+") + 4 > @@session.max_sort_length "+
		"THEN 18446744073709551615 + COALESCE(OCTET_LENGTH("+x+"), 1) ELSE "+x+" END")
}
