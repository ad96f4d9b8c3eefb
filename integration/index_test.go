package integration

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls/policy"
)

// explain returns what an engine says about how it executes a query, as text.
func explain(t *testing.T, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, query string, args ...any) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err, query)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(t, err)
	var b strings.Builder
	for rows.Next() {
		cells, texts := make([]any, len(names)), make([]sql.NullString, len(names))
		for i := range cells {
			cells[i] = &texts[i]
		}
		require.NoError(t, rows.Scan(cells...))
		for _, c := range texts {
			b.WriteString(c.String + " ")
		}
		b.WriteByte('\n')
	}
	require.NoError(t, rows.Err())
	return b.String()
}

// indexed are conditions that an index on tenant and one on region can answer.
var indexed = []predicate.Predicate{
	predicate.In("tenant", "t7"), predicate.In("tenant", "t7", "t8", "é"),
	predicate.And(predicate.In("tenant", "t7"), predicate.HasValue("region")),
	predicate.And(predicate.In("tenant", "t7"), predicate.In("region", "r1", "r2", "r3")),
}

// TestIndexes: conditions are answered from an index, or from a zone map, on
// every engine that has them; the control is the exact comparison alone.
func TestIndexes(t *testing.T) {
	engines := []struct {
		dialect          where.Dialect
		open             func(t *testing.T) *sql.DB
		typ, fill, after string
		explain          string
		used, scanned    string // in the plan
		exact            string // the comparison without the plain one in front
	}{
		{where.PostgreSQL, postgres, "varchar(100)", "generate_series(0, 49999) AS g(i)", "ANALYZE", "EXPLAIN ", "Index Cond", "Seq Scan",
			`tenant COLLATE pg_catalog."C" OPERATOR(pg_catalog.=) 't7'::pg_catalog.text`},
		{where.SQLite, sqlite, "text", "(WITH RECURSIVE g(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM g WHERE i < 49999) SELECT i FROM g) AS g", "ANALYZE",
			"EXPLAIN QUERY PLAN ", "USING INDEX", "SCAN sales", "+tenant COLLATE BINARY = 't7'"},
		{where.MariaDB, func(t *testing.T) *sql.DB { owner, _ := mariadb(t); return owner }, "varchar(100) COLLATE utf8mb4_unicode_ci", "(SELECT seq AS i FROM seq_0_to_49999) AS g", "ANALYZE TABLE sales",
			"EXPLAIN ", "sales_tenant", "ALL", "CAST(CONVERT(tenant USING utf8mb4) AS BINARY) = 't7'"},
	}
	for _, e := range engines {
		t.Run(e.dialect.String(), func(t *testing.T) {
			db := e.open(t)
			concat := func(prefix, n string) string {
				if e.dialect == where.MariaDB {
					return "CONCAT('" + prefix + "', " + n + ")"
				}
				return "'" + prefix + "' || CAST(" + n + " AS varchar(20))"
			}
			for _, statement := range []string{
				fmt.Sprintf("CREATE TABLE sales (id bigint, tenant %s, region %s)", e.typ, e.typ),
				"INSERT INTO sales SELECT i, " + concat("t", "i % 1000") + ", " + concat("r", "i % 7") + " FROM " + e.fill,
				"CREATE INDEX sales_tenant ON sales (tenant)", e.after,
			} {
				_, err := db.Exec(statement)
				require.NoError(t, err, statement)
			}
			for _, p := range indexed {
				if e.dialect == where.MariaDB && p.Len() == 3 {
					continue // with é, which is sent as bytes, there is only the exact comparison
				}
				for _, o := range []where.Options{{}, {Inline: true}} {
					c, err := where.Lower(p, e.dialect, &o)
					require.NoError(t, err)
					require.Contains(t, explain(t, db, e.explain+"SELECT id FROM sales WHERE "+c.SQL(), c.Args()...), e.used, c.SQL())
					wrapped, err := c.Wrap("SELECT * FROM sales")
					require.NoError(t, err)
					require.Contains(t, explain(t, db, e.explain+wrapped, c.Args()...), e.used, wrapped)
				}
			}
			plan := explain(t, db, e.explain+"SELECT id FROM sales WHERE "+e.exact)
			require.Contains(t, plan, e.scanned, "the control")
			require.NotContains(t, plan, e.used, "the control")
		})
	}
	t.Run("duckdb", func(t *testing.T) {
		db := duckdb(t)
		_, err := db.Exec("CREATE TABLE sales AS SELECT i AS id, 't' || (i // 500)::VARCHAR AS tenant FROM range(500000) AS g(i)")
		require.NoError(t, err)
		c, err := where.Lower(predicate.In("tenant", "t7"), where.DuckDB, &where.Options{Inline: true})
		require.NoError(t, err)
		require.Regexp(t, `Filters:[\s│]*tenant\s*=\s*'t7'`, explain(t, db, "EXPLAIN SELECT id FROM sales WHERE "+c.SQL()), "the scan compares with the zone map")
	})
}

// TestIndexPolicy: a policy of PostgreSQL is answered from an index, as a role
// that it holds for.
func TestIndexPolicy(t *testing.T) {
	owner, viewer := postgresViewer(t)
	for _, statement := range []string{
		"CREATE TABLE sales AS SELECT i AS id, ('t' || i % 1000)::varchar AS tenant FROM generate_series(0, 49999) AS g(i)",
		"CREATE INDEX sales_tenant ON sales (tenant)", "ANALYZE",
	} {
		_, err := owner.Exec(statement)
		require.NoError(t, err)
	}
	script, err := policy.Script(policy.PostgreSQL, policy.Policy{Table: policy.Table{Name: []string{"public", "sales"}},
		Grants: []policy.Grant{{Kind: policy.User, Name: "viewer", Rows: predicate.In("tenant", "t7", "t8")}}}, nil)
	require.NoError(t, err)
	_, err = owner.Exec(string(script))
	require.NoError(t, err)
	require.Contains(t, explain(t, viewer, "EXPLAIN SELECT * FROM sales"), "Index Cond")
	require.Len(t, ids(t, viewer, "SELECT id FROM sales"), 100)
}

// TestIndexSpeed compares a condition with the one that people write by hand, on
// an indexed table, and prints the times; ROWSIGHT_ROWS says how many rows.
func TestIndexSpeed(t *testing.T) {
	n := 100_000
	if s := os.Getenv(RowsEnv); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err, RowsEnv)
	}
	db := postgres(t)
	for _, statement := range []string{
		fmt.Sprintf("CREATE UNLOGGED TABLE sales AS SELECT i AS id, 'tenant ' || i %% %d AS tenant, i * 7 AS amount FROM generate_series(1, %d) AS g(i)", n/300, n),
		"CREATE INDEX ON sales (tenant)", "VACUUM ANALYZE sales",
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err)
	}
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	exact, err := where.Lower(predicate.In("tenant", "tenant 7"), where.PostgreSQL, nil)
	require.NoError(t, err)
	once, err := where.Lower(predicate.In("tenant", "tenant 7"), where.PostgreSQL, &where.Options{Kind: func(string) where.Kind { return where.ExactText }})
	require.NoError(t, err)
	forms := []struct{ name, sql string }{
		{"by hand", "tenant = $1"}, {"condition", exact.SQL()}, {"condition, exact text", once.SQL()},
		{"exact comparison alone", `tenant COLLATE "C" = $1::text`},
	}
	times := make([][]time.Duration, len(forms))
	var rows [4]int64
	for round := range 200 {
		for i, f := range forms {
			if i == 3 && round >= 3 {
				continue
			}
			start := time.Now()
			require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT count(amount) FROM sales WHERE "+f.sql, "tenant 7").Scan(&rows[i]))
			times[i] = append(times[i], time.Since(start))
		}
	}
	var base time.Duration
	for i, f := range forms {
		slices.Sort(times[i])
		median := times[i][len(times[i])/2]
		if i == 0 {
			base = median
		}
		require.Equal(t, rows[0], rows[i])
		t.Logf("%-24s %d of %d rows, median %v, %.2f of the one by hand", f.name, rows[i], n, median, float64(median)/float64(base))
	}
	require.Positive(t, rows[0])
}
