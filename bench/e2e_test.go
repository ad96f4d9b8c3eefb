package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate/batch"
)

// TestMain is bench itself for the steps of `bench e2e` that are processes.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "e2e-child" {
		code, err := dispatch(os.Args[1:], os.Stdout, os.Stderr)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// TestE2E runs `bench e2e` on little data, with the engines that are installed.
// It asserts answers and shape, never times.
func TestE2E(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "report.md")
	args := []string{"e2e", "-rows", "3000", "-rounds", "1", "-threads", "2", "-timeout", "60s", "-only", "F2", "-cache", dir,
		"-results", filepath.Join(dir, "results.json"), "-out", out}
	runs := [][]string{append(slices.Clone(args), "-peers", "rowsight")}
	if exe, ok := pythonOfSystem(); ok {
		runs = append(runs, append(slices.Clone(args), "-peers", "duckdb,polars", "-flows", "parquet-parquet"))
	} else {
		t.Logf("%s has no duckdb or polars: only rowsight runs", exe)
	}
	for _, args := range runs {
		code, err := dispatch(args, os.Stderr, os.Stderr)
		require.NoError(t, err)
		require.Zero(t, code)
	}
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	report := string(text)
	for _, f := range flows {
		require.Contains(t, report, "## "+string(f)+", 3,000 rows, 2 threads, loops: "+batch.Form())
	}
	require.GreaterOrEqual(t, strings.Count(report, "| rowsight |"), 4)
	require.NotContains(t, report, dir)
	for line := range strings.Lines(report) {
		require.NotContains(t, line, "WRONG")
		require.NotRegexp(t, `rowsight \| – \|`, line)
	}

	// The check finds a row too few, a row too many and a cell changed.
	table, csv := filepath.Join(dir, "sales-plain-3000-"+strconv.Itoa(seed)+".arrow"), filepath.Join(dir, "sales-plain-3000-"+strconv.Itoa(seed)+".csv")
	all, err := os.ReadFile(csv)
	require.NoError(t, err)
	everything := &Case{Name: "all", Rules: []Rule{{}}}
	lines := bytes.SplitAfter(all, []byte("\n"))
	swapped := bytes.Join([][]byte{lines[0], lines[2], lines[1], bytes.Join(lines[3:], nil)}, nil)
	for _, tt := range []struct {
		reason string
		text   []byte
		wrong  bool
	}{
		{"the rows themselves", all, false},
		{"two rows exchanged: the order is free", swapped, false},
		{"a row too few", bytes.Join(lines[:3000], nil), true},
		{"a row too many", append(bytes.Clone(all), lines[1]...), true},
		{"a cell changed", bytes.Replace(all, lines[7], bytes.Replace(lines[7], []byte(","), []byte("x,"), 1), 1), true},
		{"no header and no row", nil, true},
	} {
		path := filepath.Join(dir, "changed.csv")
		require.NoError(t, os.WriteFile(path, tt.text, 0o644))
		wrong, err := checkFile(table, CSVToCSV, everything, path, 0)
		require.NoError(t, err)
		require.Equal(t, tt.wrong, wrong != "", "%s: %s", tt.reason, wrong)
	}
	// NULL and the empty text are two values of a Parquet file.
	path := filepath.Join(dir, "emptied.parquet")
	require.NoError(t, emptied(table, path))
	wrong, err := checkFile(table, ParquetToParquet, everything, strings.TrimSuffix(table, ".arrow")+".parquet", 0)
	require.NoError(t, err)
	require.Empty(t, wrong)
	wrong, err = checkFile(table, ParquetToParquet, everything, path, 0)
	require.NoError(t, err)
	require.Contains(t, wrong, "NULL")
	wrong, err = checkFile(table, ParquetToCount, everything, "", 2999)
	require.NoError(t, err)
	require.Equal(t, "got 2999 rows, want 3000", wrong)
}

// emptied writes a table as Parquet with the empty text in place of each NULL.
func emptied(from, to string) error {
	t, err := openTable(from)
	if err != nil {
		return err
	}
	defer t.Release()
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := parquet.NewWriter(f, t.Schema(), nil)
	if err != nil {
		return err
	}
	err = t.each(func(rec arrow.Record) error {
		var columns []arrow.Array
		for _, c := range rec.Columns() {
			if c, ok := c.(*array.String); ok && c.NullN() > 0 {
				b := array.NewStringBuilder(memory.DefaultAllocator)
				for i := range c.Len() {
					b.Append(c.Value(i)) // of NULL, no byte
				}
				columns = append(columns, b.NewArray())
				continue
			}
			columns = append(columns, c)
		}
		return w.Write(array.NewRecord(rec.Schema(), columns, rec.NumRows()))
	})
	return errors.Join(err, w.Close())
}

func TestE2EFlags(t *testing.T) {
	for _, tt := range []struct {
		reason string
		args   []string
	}{
		{"a case without a condition has no rows to compare", []string{"-only", "F5"}},
		{"an unknown flow", []string{"-flows", "csv-parquet"}},
		{"no row", []string{"-rows", "0"}},
		{"no thread", []string{"-threads", "0"}},
	} {
		code, err := dispatch(append([]string{"e2e"}, tt.args...), os.Stderr, os.Stderr)
		require.Error(t, err, tt.reason)
		require.Equal(t, 2, code, tt.reason)
	}
	_, err := dispatch([]string{"e2e-child", "none"}, os.Stderr, os.Stderr)
	require.Error(t, err)
}
