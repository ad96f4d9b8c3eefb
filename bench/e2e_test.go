package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestE2E runs `bench e2e` on little data, with the engines that are installed.
// It asserts answers and shape, never times.
func TestE2E(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "report.md")
	args := []string{"e2e", "-rows", "3000", "-rounds", "1", "-threads", "2", "-timeout", "60s", "-only", "F1,F2", "-cache", dir,
		"-results", filepath.Join(dir, "results.json"), "-out", out}
	if exe, ok := pythonOfSystem(); !ok {
		t.Logf("%s has no duckdb or polars: only rowsight runs", exe)
		args = append(args, "-peers", "rowsight")
	}
	code, err := dispatch(args, os.Stderr, os.Stderr)
	require.NoError(t, err)
	require.Zero(t, code)
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	report := string(text)
	for _, f := range flows {
		require.Contains(t, report, "## "+string(f)+", 3,000 rows, 2 threads")
	}
	require.GreaterOrEqual(t, strings.Count(report, "| rowsight |"), 8)
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
	wrong, err := checkFile(table, ParquetToCount, everything, "", 2999)
	require.NoError(t, err)
	require.Equal(t, "got 2999 rows, want 3000", wrong)
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
