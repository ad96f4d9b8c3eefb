package integration

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// TestSettings asks for each hostile text in sessions whose settings change what
// a literal, a name or an argument means: a condition means the same in all.
func TestSettings(t *testing.T) {
	t.Run("PostgreSQL", func(t *testing.T) {
		owner, viewer := postgresViewer(t)
		for _, setting := range []string{"standard_conforming_strings = off", "backslash_quote = on", "backslash_quote = off", "quote_all_identifiers = on",
			"transform_null_equals = on", "array_nulls = off"} {
			t.Run(setting, func(t *testing.T) {
				hostile(t, where.PostgreSQL, "text", owner, viewer, "GRANT SELECT ON %s TO viewer", "SET "+setting)
			})
		}
	})
	t.Run("MariaDB", func(t *testing.T) {
		owner, viewer := mariadb(t)
		for _, setting := range []string{
			"sql_mode = 'NO_BACKSLASH_ESCAPES'", "sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'", "sql_mode = 'ORACLE'", "sql_mode = ''",
			"sql_mode = 'PAD_CHAR_TO_FULL_LENGTH'", "collation_connection = 'latin1_swedish_ci'", "collation_connection = 'ascii_bin'", "NAMES latin1", "NAMES gbk", "NAMES sjis", "NAMES utf8mb4 COLLATE utf8mb4_unicode_ci",
		} {
			t.Run(setting, func(t *testing.T) {
				hostile(t, where.MariaDB, "TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", owner, viewer, "GRANT SELECT ON test.%s TO viewer", "SET "+setting)
			})
		}
	})
	t.Run("DuckDB", func(t *testing.T) {
		db := duckdb(t)
		for _, setting := range []string{"default_collation = 'NOCASE.NOACCENT'"} {
			t.Run(setting, func(t *testing.T) {
				hostile(t, where.DuckDB, "VARCHAR", db, db, "", "SET "+setting)
			})
		}
	})
}

// hostile loads every hostile text as the owner, and asks for each of them in a
// session of the viewer with a setting: bound, as a literal, and packed with
// others.
func hostile(t *testing.T, d where.Dialect, typ string, owner, viewer *sql.DB, grant, setting string) {
	table := suite.Table{Name: "settings", Type: typ, Columns: []string{"A"}}
	for i, s := range suite.HostileTexts() {
		table.Rows = append(table.Rows, suite.Row{ID: int64(i), Cells: []*string{&s}})
	}
	engine := &suite.DB{Owner: owner, DB: viewer, Grant: grant, T: suite.Traits{Dialect: d}}
	require.NoError(t, engine.Load(t.Context(), table))
	conn, err := viewer.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.ExecContext(t.Context(), setting)
	require.NoError(t, err)
	filler := make([]string, 1500)
	for i := range filler {
		filler[i] = fmt.Sprint("filler ", i)
	}
	asked := 0
	for _, row := range table.Rows {
		v := *row.Cells[0]
		for _, p := range []predicate.Predicate{predicate.In("A", v), predicate.In("A", append(filler, v)...)} {
			for _, inline := range []bool{false, true} {
				c, err := where.Lower(p, d, &where.Options{Inline: inline})
				require.NoError(t, err)
				var want []int64
				for _, other := range table.Rows {
					if *other.Cells[0] == v && v != "" {
						want = append(want, other.ID)
					}
				}
				require.Equal(t, want, idsOf(t, conn, c), "%q, inline %v: %.500s", v, inline, c.SQL())
				asked++
			}
		}
	}
	require.Equal(t, 4*len(table.Rows), asked)
}

func idsOf(t *testing.T, conn *sql.Conn, c where.Clause) (ids []int64) {
	t.Helper()
	rows, err := conn.QueryContext(context.Background(), "SELECT id FROM settings WHERE "+c.SQL()+" ORDER BY id", c.Args()...)
	require.NoError(t, err, "%.500s", c.SQL())
	defer rows.Close()
	for rows.Next() {
		var id int64
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err())
	return ids
}
