package integration

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/spice/direct"
)

// TestSQLiteStorageClasses: a column of SQLite holds values of any storage class,
// whatever its type says. Only texts are values to a predicate: a number or a blob
// is none, also if it looks like one.
func TestSQLiteStorageClasses(t *testing.T) {
	db := sqlite(t)
	values := []string{
		"NULL", "0", "7", "-7", "9223372036854775807", "7.0", "7.5", "1e999", "-1e999", "true",
		"''", "'7'", "'07'", "'7.0'", "'7.5'", "' 7'", "'x'", "'X'", "'x '", "' '", "'Inf'", "'NULL'", "'é'", "char(0)", "char(0, 55)", "char(1114111)",
		"x''", "x'37'", "x'78'", "x'00'", "x'c3a9'", "x'ff'", "zeroblob(2)", "CAST(7 AS TEXT)", "CAST('7' AS BLOB)", "CAST(x'78' AS TEXT)", "json('\"x\"')",
	}
	predicates := []predicate.Predicate{
		predicate.HasValue("v"), predicate.In("v", "7"), predicate.In("v", "7.0", "7.5"), predicate.In("v", "x", "é", "NULL"), predicate.In("v", "Inf", "-Inf", "1"),
		predicate.In("v", slices.Concat([]string{"7", "x"}, manyValues(40_000))...), // literals
		predicate.Or(predicate.In("v", "x"), predicate.And(predicate.HasValue("v"), predicate.In("w", "7"))),
	}
	classes, admitted := make(map[string]bool), make(map[string]int)
	for n, typ := range []string{"", "TEXT", "TEXT COLLATE NOCASE", "VARCHAR(5)", "CHAR(2) COLLATE RTRIM", "CLOB", "INTEGER", "INT", "BOOLEAN", "NUMERIC", "DECIMAL(5,2)", "DATE", "REAL", "DOUBLE", "BLOB", "ANY", "TEXT GENERATED"} {
		table, columns := fmt.Sprint("t", n), fmt.Sprintf("id INTEGER PRIMARY KEY, v %s, w %s", typ, typ)
		generated := typ == "TEXT GENERATED" // computed columns have the affinity and keep the class
		if generated {
			columns = "id INTEGER PRIMARY KEY, u, v TEXT AS (u), w AS (u) STORED"
		}
		exec := func(statement string) {
			_, err := db.Exec(statement)
			require.NoError(t, err, statement)
		}
		exec("CREATE TABLE " + table + " (" + columns + ")")
		for i, v := range values {
			if generated {
				exec(fmt.Sprintf("INSERT INTO %s (id, u) VALUES (%d, %s)", table, i, v))
			} else {
				exec(fmt.Sprintf("INSERT INTO %s VALUES (%d, %s, %s)", table, i, v, v))
			}
		}
		exec(fmt.Sprintf("CREATE INDEX i%d ON %s (v)", n, table))
		// What the table holds, by a function that conditions do not use.
		texts := make(map[int64][2]sql.NullString)
		rows, err := db.Query("SELECT id, typeof(v), hex(v), typeof(w), hex(w) FROM " + table)
		require.NoError(t, err)
		for rows.Next() {
			var id int64
			var class, data [2]string
			require.NoError(t, rows.Scan(&id, &class[0], &data[0], &class[1], &data[1]))
			var cells [2]sql.NullString
			for i, c := range class {
				classes[c] = true
				cells[i] = sql.NullString{String: unhexed(t, data[i]), Valid: c == "text"}
			}
			texts[id] = cells
		}
		require.NoError(t, rows.Err())
		require.Len(t, texts, len(values))
		for _, p := range predicates {
			var want []int64
			for id := range int64(len(values)) {
				if p.Match(func(name string) (string, bool) {
					cell := texts[id][map[string]int{"v": 0, "w": 1}[name]]
					return cell.String, cell.Valid
				}) {
					want = append(want, id)
				}
			}
			admitted[p.Op().String()] += len(want)
			for _, o := range []where.Options{{}, {Inline: true}, {TwoValued: true}} {
				c, err := where.Lower(p, where.SQLite, &o)
				require.NoError(t, err)
				wrapped, err := c.Wrap("SELECT * FROM " + table)
				require.NoError(t, err)
				for _, query := range []string{"SELECT id FROM " + table + " WHERE " + c.SQL(), "SELECT id FROM (" + wrapped + ")",
					"SELECT id FROM (SELECT id, v, w FROM " + table + " UNION ALL SELECT 1000, NULL, 7) WHERE " + c.SQL()} {
					require.Equal(t, want, selectIDs(t, db, query, c.Args()), "%s: %.200s: %.300s", typ, p, query)
				}
			}
		}
	}
	require.Len(t, classes, 5, "null, integer, real, text, blob")
	for op, n := range admitted {
		require.Positive(t, n, op)
	}

	// Read directly, nothing but texts comes either.
	_, err := db.Exec("CREATE TABLE sales (id INTEGER, region TEXT); INSERT INTO sales VALUES (1, 'x'), (2, x'78'), (3, ''), (4, NULL), (5, 7)")
	require.NoError(t, err)
	r, err := (&direct.Table{DB: db, Dialect: where.SQLite, Table: "sales"}).Records(t.Context(), predicate.HasValue("region"), nil)
	require.NoError(t, err)
	defer r.Release()
	require.True(t, r.Next(), r.Err())
	require.Equal(t, []int64{1, 5}, r.Record().Column(0).(*array.Int64).Int64Values(), "the column makes 7 the text '7'")
	require.False(t, r.Next())
	require.NoError(t, r.Err())
}

func unhexed(t *testing.T, digits string) string {
	var b []byte
	_, err := fmt.Sscanf(digits, "%x", &b)
	require.True(t, err == nil || digits == "")
	return string(b)
}

func selectIDs(t *testing.T, db *sql.DB, query string, args []any) (ids []int64) {
	rows, err := db.Query(query, args...)
	require.NoError(t, err, "%.300s", query)
	defer rows.Close()
	for rows.Next() {
		var id int64
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err())
	slices.Sort(ids)
	return ids
}
