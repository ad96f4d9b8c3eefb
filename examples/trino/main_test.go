package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

var update = flag.Bool("update", false, "write the golden file")

// TestLaptop holds what the first half prints. The second half runs in the
// module integration, which starts a cluster.
func TestLaptop(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, 10_000, ""))
	got := regexp.MustCompile(` +\([^ ]*s\)`).ReplaceAllString(out.String(), "")
	golden := filepath.Join("testdata", "laptop.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// TestMatch counts with the oracle: viewers see different numbers of rows, and
// those of [predicate.Predicate.Match].
func TestMatch(t *testing.T) {
	sales := newSales(10_000)
	defer sales.Release()
	rules, err := rls.ReadCSV(strings.NewReader(permissions), nil)
	require.NoError(t, err)
	counts := make(map[int]bool)
	for _, v := range viewers {
		p, err := rules.For(namespace.Named(v.user, v.groups...))
		require.NoError(t, err)
		var out bytes.Buffer
		ids, err := inMemory(&out, p, sales)
		require.NoError(t, err)
		var want []int64
		for i := range int(sales.NumRows()) {
			if p.Match(func(column string) (string, bool) {
				c := sales.Column(sales.Schema().FieldIndices(column)[0]).(*array.String)
				return c.Value(i), c.IsValid(i)
			}) {
				want = append(want, int64(i))
			}
		}
		require.Equal(t, len(want), len(ids))
		counts[len(ids)] = true
	}
	require.Len(t, counts, len(viewers), "every viewer sees another number of rows")
}

func TestRefused(t *testing.T) {
	for _, rows := range []int{-1000, 0, 1, 1001, 11_000_000} {
		require.ErrorContains(t, run(t.Context(), &bytes.Buffer{}, rows, ""), "multiple of 1000")
	}
}
