package where_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

func TestWrapRefuses(t *testing.T) {
	tests := []struct{ reason, query, want string }{
		{"nothing", " \n", "empty"},
		{"a comment that hides what is behind", "SELECT * FROM t -- all", "byte 17: it holds a comment"},
		{"an open comment", "SELECT * FROM t /*", "comment"},
		{"a comment of MySQL", "SELECT * FROM t # all", "comment"},
		{"two statements", "SELECT 1; SELECT 2", "byte 9: it holds a semicolon"},
		{"the end of our parenthesis", "SELECT * FROM t) AS x WHERE 1=1 OR (1=1", "closes a parenthesis"},
		{"an open parenthesis", "SELECT (1", "does not close"},
		{"an open string", "SELECT 'a", "not closed"},
		{"an open name", `SELECT "a`, "not closed"},
		{"a quote that may be escaped", `SELECT 'a\' ) --'`, "backslash"},
		{"dollar quotes", "SELECT $a$ ) $a$", "dollar"},
		{"NUL", "SELECT 1\x00", "NUL"},
	}
	for _, tt := range tests {
		for _, d := range where.Dialects() {
			if d == where.Snowflake || d == where.BigQuery {
				continue
			}
			c, err := where.Lower(predicate.In("A", "x"), d, nil)
			require.NoError(t, err)
			sql, err := c.Wrap(tt.query)
			require.ErrorIs(t, err, where.ErrQuery, tt.reason)
			require.ErrorContains(t, err, tt.want, tt.reason)
			require.Empty(t, sql)
		}
	}
	for _, query := range []string{"SELECT * FROM t", "SELECT a, (b) FROM (SELECT 1) AS x WHERE c = ')' AND d = 'it''s'", `SELECT "a)" FROM t`} {
		c, err := where.Lower(predicate.In("A", "x"), where.PostgreSQL, nil)
		require.NoError(t, err)
		_, err = c.Wrap(query)
		require.NoError(t, err, query)
	}
	_, err := where.Clause{}.Wrap("SELECT 1")
	require.ErrorIs(t, err, where.ErrDialect)
}

// TestWrapReplaced: Spark replaces ${x} in a query by a setting of the session, which
// could end the parentheses, wherever it stands.
func TestWrapReplaced(t *testing.T) {
	for _, d := range where.Dialects() {
		c, err := where.Lower(predicate.In("A", "x"), d, nil)
		require.NoError(t, err)
		for _, query := range []string{"SELECT * FROM ${t}", "SELECT '${t}' FROM t", "SELECT * FROM `${t}`"} {
			_, err := c.Wrap(query)
			if d == where.Spark || d == where.Databricks {
				require.ErrorIs(t, err, where.ErrQuery)
				require.ErrorContains(t, err, "replaces by a setting")
			} else if d != where.Snowflake && d != where.BigQuery {
				require.NoError(t, err, d)
			}
		}
	}
}

// TestWrapColumns: a column at a time. Trino has another barrier for it.
func TestWrapColumns(t *testing.T) {
	for _, d := range where.Dialects() {
		c, err := where.Lower(predicate.In("A", "x"), d, nil)
		require.NoError(t, err)
		all, err := c.Wrap("SELECT * FROM t")
		if d == where.Snowflake || d == where.BigQuery {
			_, err = c.WrapColumns("SELECT * FROM t", "B")
			require.ErrorIs(t, err, where.ErrBarrier)
			continue
		}
		require.NoError(t, err)
		some, err := c.WrapColumns("SELECT * FROM t", "B", `c"d`)
		require.NoError(t, err)
		none, err := c.WrapColumns("SELECT * FROM t")
		require.NoError(t, err)
		if d == where.Trino {
			require.Equal(t, `SELECT * FROM (SELECT CASE WHEN system.builtin.random() >= 0e0 THEN "rowsight_base"."B" END AS "B", CASE WHEN system.builtin.random() >= 0e0 THEN "rowsight_base"."c""d" END AS "c""d" FROM (
SELECT * FROM t
) AS rowsight_base WHERE "rowsight_base"."A" = ?) AS rowsight_visible`, some)
			require.Contains(t, none, "(SELECT 1 AS rowsight_row FROM (")
		} else {
			from := strings.TrimPrefix(all, "SELECT * ")
			require.Contains(t, some, " AS "+must(d.Quote("B"))+", ", d)
			require.True(t, strings.HasSuffix(some, from), "%s has the same barrier: %s", d, some)
			require.Equal(t, "SELECT 1 AS rowsight_row "+from, none, d)
		}
		_, err = c.WrapColumns("SELECT * FROM t", "")
		require.ErrorIs(t, err, where.ErrColumn)
		_, err = c.WrapColumns("SELECT 1; SELECT 2", "B")
		require.ErrorIs(t, err, where.ErrQuery)
		if _, err = c.WrapColumns("SELECT * FROM t", "True"); d == where.SQLite {
			require.ErrorIs(t, err, where.ErrColumn, "SQLite renames it")
		} else {
			require.NoError(t, err)
		}
	}
	_, err := where.Clause{}.WrapColumns("SELECT 1")
	require.ErrorIs(t, err, where.ErrDialect)
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

// TestWrapNested: Spark makes a join of a subquery, and may run it after what a
// caller asks. So a subquery has no barrier there; literals have.
func TestWrapNested(t *testing.T) {
	for _, d := range []where.Dialect{where.Spark, where.Databricks} {
		long := predicate.In("A", values(1001)...)
		for _, opts := range []*where.Options{nil, {Column: func(name string) string { return name }}} {
			c, err := where.Lower(long, d, opts)
			require.NoError(t, err)
			require.Contains(t, c.SQL(), "explode")
			_, err = c.Wrap("SELECT * FROM t")
			require.ErrorIs(t, err, where.ErrBarrier)
		}
		c, err := where.Lower(long, d, &where.Options{Inline: true})
		require.NoError(t, err)
		require.NotContains(t, c.SQL(), "SELECT")
		_, err = c.Wrap("SELECT * FROM t")
		require.NoError(t, err)
		c, err = where.Lower(predicate.In("A", values(1000)...), d, nil)
		require.NoError(t, err)
		_, err = c.Wrap("SELECT * FROM t")
		require.NoError(t, err)
	}
}

func TestDialects(t *testing.T) {
	seen := make(map[string]bool)
	for _, d := range where.Dialects() {
		require.False(t, seen[d.String()])
		seen[d.String()] = true
		text, err := d.MarshalText()
		require.NoError(t, err)
		var back where.Dialect
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, d, back)
		require.NotEmpty(t, d.Placeholder(1))
		_, err = d.Quote("")
		require.ErrorIs(t, err, where.ErrColumn)
		_, err = d.Quote()
		require.ErrorIs(t, err, where.ErrColumn)
		_, err = d.Quote("a\x00")
		require.ErrorIs(t, err, where.ErrNUL)
	}
	require.Len(t, seen, len(where.Dialects()), "each has a name of its own")
	for name, want := range map[string]where.Dialect{"POSTGRES": where.PostgreSQL, "mssql": where.SQLServer, "sqlite3": where.SQLite, "presto": where.Trino} {
		d, err := where.ParseDialect(name)
		require.NoError(t, err)
		require.Equal(t, want, d)
	}
	for _, d := range []where.Dialect{0, 99} {
		require.Equal(t, "none", d.String())
		require.Empty(t, d.Placeholder(1))
		_, err := d.MarshalText()
		require.ErrorIs(t, err, where.ErrDialect)
		_, err = d.Literal("x")
		require.ErrorIs(t, err, where.ErrDialect)
		_, err = d.Quote("x")
		require.ErrorIs(t, err, where.ErrDialect)
	}
	d := where.SQLite
	require.ErrorIs(t, d.UnmarshalText([]byte("oracle")), where.ErrDialect)
	require.Zero(t, d)
}

// TestWrapTrue: SQLite renames columns called true and false behind a subquery,
// so the condition on one goes around a table, or nowhere.
func TestWrapTrue(t *testing.T) {
	for query, table := range map[string]string{
		"SELECT * FROM t": "t", " select\n*\tfrom main.t ": "main.t", `SELECT * FROM "a b".[t]`: `"a b".[t]`, "SELECT * FROM `a``.b`": "`a``.b`",
		"SELECT a FROM t": "", "SELECT * FROM t WHERE a": "", "SELECT * FROM t, u": "", "SELECT * FROM (SELECT 1)": "", "SELECT * FROM": "",
		"SELECT * FROM t.": "", "SELECT * FROM a..b": "", `SELECT * FROM "a"b`: "", "SELECT *": "", "VALUES (1)": "",
	} {
		for _, name := range []string{"true", "FALSE", "True"} {
			c, err := where.Lower(predicate.And(predicate.In(name, "x"), predicate.In("A", "y")), where.SQLite, nil)
			require.NoError(t, err)
			sql, err := c.Wrap(query)
			if table == "" {
				require.ErrorIs(t, err, where.ErrQuery, query)
				require.Empty(t, sql)
				continue
			}
			require.NoError(t, err, query)
			require.Contains(t, sql, "(SELECT * FROM "+table+" AS rowsight_base WHERE ")
		}
	}
}
