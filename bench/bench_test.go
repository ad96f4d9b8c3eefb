package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// TestSmall runs the whole program on little data, with every peer that is
// built in. It asserts answers and shape, never times.
func TestSmall(t *testing.T) {
	out := filepath.Join(t.TempDir(), "report.md")
	code, err := run([]string{"-small", "-least", "-rows", "70000", "-dict-rows", "70000", "-cache", t.TempDir(), "-out", out}, os.Stderr, os.Stderr)
	require.NoError(t, err, "a peer gave a wrong answer")
	require.Zero(t, code)
	report, err := os.ReadFile(out)
	require.NoError(t, err)
	for _, want := range []string{
		"; the least of 2 rounds, ", "## mask, plain, 1 thread", "## mask, plain, 2 threads", "## rows, dict, 1 thread", "## rows, dict, 2 threads",
		"## Two threads beside one", "## Once per principal", "## Growth", "## Allocations per batch",
		"| rowsight | ", "| hand-written Go, rule bit sets | ", "| Arrow Go v18 is_in | ", "| best peer | ", "| **ratio** | ", "| target | ",
	} {
		require.Contains(t, string(report), want)
	}
	require.NotContains(t, string(report), "| error |")
	require.NotContains(t, string(report), t.TempDir())
}

func TestFlags(t *testing.T) {
	for _, tt := range []struct {
		reason string
		args   []string
	}{
		{"a misspelt case must not measure nothing", []string{"-only", "F1,F33"}},
		{"a peer that is not there", []string{"-peers", "oracle"}},
		{"an unknown kind", []string{"-kinds", "masks"}},
		{"an unknown layout", []string{"-layouts", "view"}},
		{"no thread", []string{"-threads", "0"}},
		{"no row", []string{"-rows", "0"}},
	} {
		code, err := run(tt.args, os.Stderr, os.Stderr)
		require.Error(t, err, tt.reason)
		require.Equal(t, 2, code, tt.reason)
	}
}

// TestReference compares the code that all answers are compared with to the
// oracle of package predicate, and the selectivities to those wanted.
func TestReference(t *testing.T) {
	want := map[string][2]float64{ // of the rows, from and to
		"F1": {0.001, 0.003}, "F2": {0.32, 0.36}, "F3": {0.80, 0.84}, "F4": {0.35, 0.41}, "F5": {1, 1}, "F6": {0, 0},
	}
	const rows = batchRows + 1_000
	dir := t.TempDir()
	for _, l := range []Layout{Plain, Dict} {
		d, err := LoadData(l, rows, dir)
		require.NoError(t, err)
		require.Len(t, d.Batches, 2)
		for _, c := range Cases() {
			rules, err := readRules(c)
			require.NoError(t, err)
			p, err := rules.For(namespace.Named(viewer))
			require.NoError(t, err)
			match := compileBitsets(c, d.Schema)
			for _, rec := range d.Batches {
				visible := match(rec)
				for row := 0; row < int(rec.NumRows()); row += 37 {
					oracle := p.Match(func(name string) (string, bool) {
						s := textOf(rec.Column(d.Schema.FieldIndices(name)[0]))(row)
						return s, true // NULL reads as "", which is in no list either
					})
					require.Equal(t, oracle, visible(row), "%s %s row %d", l, c.Name, row)
				}
			}
			share := float64(newReference(d, c)[Whole].Rows) / rows
			require.GreaterOrEqual(t, share, want[c.Name][0], c.Name)
			require.LessOrEqual(t, share, want[c.Name][1], c.Name)
		}
	}
}

// TestLayouts: both layouts hold the same rows, and a second load reads what
// the first has written.
func TestLayouts(t *testing.T) {
	dir := t.TempDir()
	var all []Answer
	for _, l := range []Layout{Plain, Dict, Plain} {
		d, err := LoadData(l, 3_000, dir)
		require.NoError(t, err)
		all = append(all, newReference(d, &Case{Rules: []Rule{{}}})[Whole])
	}
	require.Equal(t, int64(3_000), all[0].Rows)
	require.Equal(t, all[0], all[1])
	require.Equal(t, all[0], all[2])
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2, "one file a layout and nothing half written")
}

// TestAnswer: an answer tells a row too many, a row too few and two rows
// exchanged for others apart.
func TestAnswer(t *testing.T) {
	d, err := LoadData(Plain, 100, t.TempDir())
	require.NoError(t, err)
	of := func(rows ...int) Answer {
		return maskAnswer(d.Batches[0], func(row int) bool { return slices.Contains(rows, row) })
	}
	require.NotEqual(t, of(1, 2, 3), of(1, 2))
	require.NotEqual(t, of(1, 4), of(2, 3), "the same number of rows and the same sum")
	require.Equal(t, Answer{}, of())
}

// TestZero: an answer nobody gave, and a cell nobody measured, do not count.
func TestZero(t *testing.T) {
	var none *Cell
	require.False(t, none.counts())
	require.False(t, (&Cell{}).counts())
	require.Equal(t, "–", none.String())
	require.Equal(t, "–", (&Cell{}).String())
}

// TestWrong: a wrong answer is marked, takes no part in the comparison and is
// told.
func TestWrong(t *testing.T) {
	key := Key{Plain, Mask, 1, "other", "F1"}
	res := &Result{
		Config: &Config{Rows: map[Layout]int{Plain: 1}, Kinds: []Kind{Mask}, Threads: []int{1}, Cases: Cases()[:1],
			Peers: []Peer{{Name: "own", Role: Own}, {Name: "other", Role: Other}}},
		Cells: map[Key]*Cell{
			key:                           {Rows: 1, Part: Whole, Times: []time.Duration{1}, Wrong: "got 1 row; want 2"},
			{Plain, Mask, 1, "own", "F1"}: {Rows: 1, Part: Whole, Times: []time.Duration{10}},
		},
	}
	report := Report(res, Machine{})
	require.Contains(t, report, "| other | 1.00 **WRONG** |")
	require.Contains(t, report, "| best peer | – |")
	require.Contains(t, report, "got 1 row; want 2 (NOT A KNOWN FAULT)")
	require.Len(t, res.UnknownWrong(), 1)
	require.True(t, strings.HasPrefix(res.UnknownWrong()[0], "other: mask plain"))
}

// BenchmarkPrincipal is For and Bind, once per principal.
func BenchmarkPrincipal(b *testing.B) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "region", Type: arrow.BinaryTypes.String}, {Name: "segment", Type: arrow.BinaryTypes.String},
		{Name: "customer", Type: arrow.BinaryTypes.String}, {Name: "tenant", Type: arrow.BinaryTypes.String},
		{Name: "product", Type: arrow.BinaryTypes.String},
	}, nil)
	for _, c := range Cases() {
		rules, err := readRules(c)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("filter="+c.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bindFor(rules, schema, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
