//go:build duckdb_arrow

package duckdb_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	duck "github.com/duckdb/duckdb-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
)

var tpchScale = flag.Float64("tpch", 0.1, "scale factor of TestTPCH")

// The version of the extension is that of the library.
const tpchVersion = "1.5.5"

// tpchViewers are the rules of each viewer, as rules and as conditions.
var tpchViewers = []struct {
	name  string
	rules map[string][]string // of tables: column, values
	less  int                 // how many of the 22 answers differ from those of all rows, at least
}{
	{"anna", map[string][]string{"nation": {"n_name", "FRANCE", "GERMANY", "BRAZIL"}, "customer": {"c_mktsegment", "BUILDING", "AUTOMOBILE"},
		"orders": {"o_orderpriority", "1-URGENT", "2-HIGH"}}, 13},
	{"ben", map[string][]string{"nation": {"n_name", "SAUDI ARABIA", "CANADA", "CHINA", "RUSSIA", "UNITED STATES", "JAPAN"}, "customer": {"c_mktsegment", "MACHINERY"},
		"orders": {"o_orderpriority", "5-LOW", "4-NOT SPECIFIED", "3-MEDIUM"}}, 13},
	{"nobody", map[string][]string{"nation": {"n_name", "none"}, "customer": {"c_mktsegment", "none"}, "orders": {"o_orderpriority", "none"}}, 13},
	{"root", map[string][]string{"nation": {"n_name"}, "customer": {"c_mktsegment"}, "orders": {"o_orderpriority"}}, 0},
}

// condition is a rule in SQL, written by hand: no column of TPC-H is NULL.
func condition(rule []string) string {
	if len(rule) < 2 {
		return "true"
	}
	return rule[0] + " IN ('" + strings.Join(rule[1:], "', '") + "')"
}

// TestTPCH runs all 22 queries of TPC-H as free SQL, and compares with DuckDB over
// tables that were filtered by hand.
//
//	GOWORK=off go test -tags duckdb_arrow -run TestTPCH -tpch 1 .
func TestTPCH(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	connector, err := duck.NewConnector("?threads=1", nil)
	require.NoError(t, err)
	defer connector.Close()
	db := sql.OpenDB(connector)
	defer db.Close()
	db.SetMaxOpenConns(1) // USE holds for a connection
	exec := func(text string) {
		t.Helper()
		_, err := db.ExecContext(t.Context(), text)
		require.NoError(t, err)
	}
	exec("LOAD '" + tpchExtension(t) + "'")
	exec(fmt.Sprintf("CALL dbgen(sf = %g)", *tpchScale))
	queries := texts(t, db, "SELECT query FROM tpch_queries() ORDER BY query_nr")
	require.Len(t, queries, 22)

	records := new(audit.Memory)
	store, err := spice.Open(t.TempDir(), &spice.Options{Audit: records})
	require.NoError(t, err)
	defer store.Close()
	tables := texts(t, db, "SELECT table_name FROM duckdb_tables() ORDER BY 1")
	require.Len(t, tables, 8)
	for _, name := range tables {
		d, err := store.CreateDataset(t.Context(), spice.DatasetInput{ID: name, ImportMode: spice.SPICE})
		require.NoError(t, err)
		attachTPCH(t, d)
		_, err = d.Refresh(t.Context(), duckTable{connector, name}, spice.RefreshFull)
		require.NoError(t, err)
	}
	all := make([]string, len(queries))
	for i, text := range queries {
		all[i] = lines(t, db, text)
	}
	for _, viewer := range tpchViewers {
		exec("CREATE SCHEMA " + viewer.name)
		for _, name := range tables {
			kind := "TABLE"
			if viewer.rules[name] == nil {
				kind = "VIEW"
			}
			exec(fmt.Sprintf("CREATE %s %s.%s AS SELECT * FROM main.%[3]s WHERE %s", kind, viewer.name, name, condition(viewer.rules[name])))
		}
		sees := make(map[string]duckdb.Table)
		for _, name := range tables {
			d, err := store.Dataset(name)
			require.NoError(t, err)
			sees[name] = duckdb.Of(d, spice.Session{Principal: namespace.Named(viewer.name)})
		}
		differ := 0
		for i, text := range queries {
			want := all[i]
			if viewer.less > 0 {
				exec("USE " + viewer.name)
				want = lines(t, db, text)
				exec("USE main")
			}
			got, err := duckdb.QuerySQL(t.Context(), sees, text, nil, &duckdb.Options{Threads: 1, Memory: 4 << 30, MaxRows: 1 << 20, Timeout: time.Hour})
			require.NoError(t, err, "Q%d of %s", i+1, viewer.name)
			var have []string
			for _, row := range got.Rows {
				have = append(have, fmt.Sprint(row...))
			}
			slices.Sort(have)
			require.Equal(t, want, strings.Join(have, "\n"), "Q%d of %s", i+1, viewer.name)
			if want != all[i] {
				differ++
			}
		}
		t.Logf("%s: %d of 22 answers differ from those of all rows", viewer.name, differ)
		require.GreaterOrEqual(t, differ, viewer.less, "dropped rules are found")
	}
}

// attachTPCH attaches the rules of all viewers to a dataset.
func attachTPCH(t *testing.T, d *spice.Dataset) {
	t.Helper()
	var text strings.Builder
	for _, viewer := range tpchViewers {
		rule := viewer.rules[d.ID()]
		if rule == nil {
			return
		}
		if text.Len() == 0 {
			fmt.Fprintf(&text, "UserName,%s\n", rule[0])
		}
		fmt.Fprintf(&text, "%s,%q\n", viewer.name, strings.Join(rule[1:], ","))
	}
	rules, err := rls.ReadCSV(strings.NewReader(text.String()), nil)
	require.NoError(t, err)
	require.NoError(t, d.Attach(t.Context(), spice.Permissions{Settings: rls.PermissionDataSet{PermissionPolicy: rls.GrantAccess}, Rules: rules}))
}

// texts returns the first column of a query.
func texts(t *testing.T, db *sql.DB, text string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), text)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		out = append(out, s)
	}
	require.NoError(t, rows.Err())
	return out
}

// lines returns the rows of a query, sorted.
func lines(t *testing.T, db *sql.DB, text string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), text)
	require.NoError(t, err)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(t, err)
	var out []string
	for rows.Next() {
		values, cells := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			cells[i] = &values[i]
		}
		require.NoError(t, rows.Scan(cells...))
		out = append(out, fmt.Sprint(values...))
	}
	require.NoError(t, rows.Err())
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// A duckTable is a table of DuckDB as the source of a dataset.
type duckTable struct {
	connector *duck.Connector
	name      string
}

func (d duckTable) Records(ctx context.Context) (array.RecordReader, error) {
	conn, err := d.connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	a, err := duck.NewArrowFromConn(conn.(driver.Conn))
	if err != nil {
		return nil, err
	}
	reader, err := a.QueryContext(ctx, "SELECT * FROM main."+d.name)
	if err != nil {
		return nil, err
	}
	defer reader.Release()
	var all []arrow.Record
	defer func() {
		for _, rec := range all {
			rec.Release()
		}
	}()
	for reader.Next() {
		rec, err := arrow18.Record(reader.RecordBatch())
		if err != nil {
			return nil, err
		}
		all = append(all, rec)
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	return array.NewRecordReader(all[0].Schema(), all)
}

// tpchExtension returns the extension of DuckDB that generates the data. It is not in
// the static library; PyPI has it, signed by the makers of DuckDB.
func tpchExtension(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("no cache folder: ", err)
	}
	dir := filepath.Join(cache, "rowsight", "tpch-"+tpchVersion)
	path := filepath.Join(dir, "duckdb_extension_tpch", "extensions", "v"+tpchVersion, "tpch.duckdb_extension")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("TPC-H is generated by an extension of DuckDB, which python3 -m pip fetches from PyPI")
	}
	partial := dir + "-" + fmt.Sprint(os.Getpid())
	defer os.RemoveAll(partial)
	out, err := exec.CommandContext(t.Context(), python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-cache-dir", "--target", partial,
		"duckdb-extension-tpch=="+tpchVersion).CombinedOutput()
	if err != nil {
		t.Skip("pip did not get duckdb-extension-tpch: ", string(out))
	}
	require.NoError(t, os.Rename(partial, dir))
	return path
}
