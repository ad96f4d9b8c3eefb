package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

var update = flag.Bool("update", false, "write the golden file")

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(&out))
	golden := filepath.Join("testdata", "quickstart.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String(), "run the test with -update and look at the difference")
	for line := range strings.Lines(out.String()) {
		require.Equal(t, strings.TrimRight(line, " \n")+"\n", line, "trailing blanks")
	}
}

// TestCounts checks the printed counts against [predicate.Predicate.Match],
// row by row, and that the viewers differ: a table in which everybody sees all
// or nothing would show nothing.
func TestCounts(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(&out))
	sales := newSales()
	defer sales.Release()
	rules, err := rls.ReadCSV(strings.NewReader(permissions), nil)
	require.NoError(t, err)
	config, err := tagrules.Parse(strings.NewReader(tagConfiguration), nil)
	require.NoError(t, err)

	counts := make(map[int]bool)
	check := func(title string, p predicate.Predicate) {
		n := count(p, sales)
		counts[n] = true
		require.Contains(t, out.String(), fmt.Sprintf("%s: %d of %d rows\n", title, n, sales.NumRows()))
	}
	for _, v := range viewers {
		p, err := rules.For(v.principal)
		require.NoError(t, err)
		check(v.title, p)
	}
	for _, s := range sessions {
		p, err := config.For(s.tags...)
		require.NoError(t, err)
		check(s.title, p)
	}
	require.True(t, counts[0] && counts[int(sales.NumRows())], "somebody sees nothing, somebody sees all")
	require.Greater(t, len(counts), 3, "and most see something between")
}

// count asks the oracle about each row.
func count(p predicate.Predicate, rec arrow.Record) int {
	n := 0
	for row := range int(rec.NumRows()) {
		if p.Match(func(column string) (string, bool) {
			c := rec.Column(rec.Schema().FieldIndices(column)[0]).(*array.String)
			return c.Value(row), c.IsValid(row)
		}) {
			n++
		}
	}
	return n
}

// TestZero: a viewer of whom nothing is known sees no row.
func TestZero(t *testing.T) {
	sales := newSales()
	defer sales.Release()
	var out bytes.Buffer
	require.NoError(t, show(&out, "nobody", predicate.Predicate{}, sales))
	require.Contains(t, out.String(), "nobody: 0 of 12 rows\n")

	var rules rls.Rules
	p, err := rules.For(viewer{}.principal)
	require.NoError(t, err)
	require.Zero(t, count(p, sales))
}

func TestWriteError(t *testing.T) {
	require.Error(t, run(closedPipe{}), "output that cannot be written is an error")
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, os.ErrClosed }
