package rlstest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// large is a suite of many cases on many rows. Every viewer has rules of their
// own, so that no two cases share a predicate unless viewers is smaller.
func large(tb testing.TB, cases, viewers, rows int) *Suite {
	tb.Helper()
	var rules, data, text strings.Builder
	rules.WriteString("UserName,Region,Product\n")
	for i := range viewers {
		fmt.Fprintf(&rules, "u%d,\"r%d,r%d\",\"p%d,p%d,p%d\"\nu%d,r%d,\n", i, i%50, i/50%50, i%997, i*7%997, i*13%997, i, i*31%50)
	}
	data.WriteString("id,Region,Product\n")
	for i := range rows {
		fmt.Fprintf(&data, "%d,r%d,p%d\n", i, i%50, i%997)
	}
	text.WriteString("rules: r.csv\ndata: d.csv\nid: id\ncases:\n")
	for i := range cases {
		fmt.Fprintf(&text, "- name: case %d\n  who: u%d\n  only: {Region: [r%d, r%d, r%d]}\n  rows: [%d]\n", i, i%viewers,
			i%viewers%50, i%viewers/50%50, i%viewers*31%50, i%viewers*31%50)
	}
	s, err := Load(files("c.rlstest.yaml", text.String(), "r.csv", rules.String(), "d.csv", data.String()), "c.rlstest.yaml")
	require.NoError(tb, err)
	return s
}

// TestFast holds the promise: 10,000 cases on 100,000 rows in seconds.
func TestFast(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	start := time.Now()
	s := large(t, 10_000, 10_000, 100_000)
	loaded := time.Since(start)
	r := runSuite(t, s, nil)
	t.Logf("loaded in %v, ran in %v, %d masks", loaded, r.Duration, r.Masks)
	require.True(t, r.OK(), "%v", r.Problems)
	require.Greater(t, r.Masks, 9_900, "each viewer has other rows")
	require.Less(t, r.Duration, time.Minute, "seconds, on a slow machine too")
}

func BenchmarkRun(b *testing.B) {
	for _, n := range []struct{ cases, viewers, rows int }{
		{100, 100, 1_000}, {10_000, 100, 100_000}, {10_000, 10_000, 100_000},
	} {
		b.Run(fmt.Sprintf("cases=%d/viewers=%d/rows=%d", n.cases, n.viewers, n.rows), func(b *testing.B) {
			s := large(b, n.cases, n.viewers, n.rows)
			for b.Loop() {
				_, err := s.Run(b.Context(), nil)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(n.cases)*float64(b.N)/b.Elapsed().Seconds(), "cases/s")
		})
	}
}

func BenchmarkMutate(b *testing.B) {
	for _, n := range []struct{ cases, viewers, rows int }{{500, 500, 1_000}, {10_000, 10_000, 100_000}} {
		b.Run(fmt.Sprintf("cases=%d/viewers=%d/rows=%d", n.cases, n.viewers, n.rows), func(b *testing.B) {
			s := large(b, n.cases, n.viewers, n.rows)
			for b.Loop() {
				m, err := s.Mutate(b.Context(), nil)
				require.NoError(b, err)
				b.ReportMetric(float64(m.Tried)/m.Duration.Seconds(), "mutants/s")
			}
		})
	}
}
