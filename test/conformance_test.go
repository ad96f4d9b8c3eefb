package test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/corpus"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// TestConformance runs every case of testdata/conformance: through rls or
// tagrules, through predicate.Match row by row, and through batch in every
// layout of text that Arrow has.
func TestConformance(t *testing.T) {
	cases, tables := corpus.Load(t), corpus.Tables(t)
	executed := 0
	for _, c := range cases {
		t.Run(c.File+"/"+c.ID, func(t *testing.T) {
			switch c.Kind {
			case "users", "tags", "predicates":
				p, err := c.Resolve(t)
				runRows(t, c, tables[c.Table], p, err)
			case "relations":
				runRelation(t, c)
			case "arns":
				runARN(t, c)
			default:
				require.FailNow(t, "unknown kind", c.Kind)
			}
			executed++
		})
	}
	if !t.Failed() && !filtered() {
		require.Equal(t, len(cases), executed, "every case ran to its end")
	}
}

// filtered reports whether -run selects some of the cases only.
func filtered() bool {
	return slices.ContainsFunc(os.Args, func(arg string) bool {
		return strings.HasPrefix(arg, "-test.run=") && strings.Contains(arg, "/") || strings.HasPrefix(arg, "-test.skip=")
	})
}

// TestConformanceDiscriminates: cases in which everybody sees all or nothing
// prove little, and a filter that always says so must fail most of them.
func TestConformanceDiscriminates(t *testing.T) {
	cases, tables := corpus.Load(t), corpus.Tables(t)
	for _, file := range []string{"users", "limits", "tags", "predicates"} {
		none, all, some, errors := 0, 0, 0, 0
		for _, c := range cases {
			if c.File != file {
				continue
			}
			tbl := tables[c.Table]
			require.NotNil(t, tbl, c.ID)
			if c.Error != "" {
				errors++
				continue
			}
			switch n := len(tbl.IDs(t, c.Visible)); {
			case n == 0:
				none++
			case n == len(tbl.Rows):
				all++
			default:
				some++
			}
			// The negative control: "no row" and "every row" answer only the
			// cases that ask for exactly this.
			want := tbl.IDs(t, c.Visible)
			require.Equal(t, len(want) == 0, slices.Equal(want, tbl.Matched(predicate.Predicate{})), c.ID)
			require.Equal(t, len(want) == len(tbl.Rows), slices.Equal(want, tbl.Matched(predicate.All())), c.ID)
		}
		t.Logf("%s: %d cases with some rows, %d with none, %d with all, %d errors", file, some, none, all, errors)
		require.Greater(t, some, none, file)
		require.Greater(t, some, all, file)
		require.Positive(t, errors, file)
	}
}

// TestConformanceCovers: every rule that says which rows are visible, or which
// input is refused, has a case.
func TestConformanceCovers(t *testing.T) {
	seen := make(map[string]int)
	for _, c := range corpus.Load(t) {
		for _, rule := range c.Rules {
			seen[rule]++
		}
	}
	want := []string{"N1", "S1", "S2", "S4"}
	for n := 1; n <= 20; n++ {
		want = append(want, fmt.Sprintf("U%d", n))
	}
	// T8 (secrets) is checked on every error, T9 is an API of this library.
	for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 10} {
		want = append(want, fmt.Sprintf("T%d", n))
	}
	for _, rule := range want {
		require.Positive(t, seen[rule], "no case shows rule %s", rule)
	}
}

// runRows compares what p selects of a table, in every way there is, with what
// the case expects. err is what made p, or kept it from being made.
func runRows(t *testing.T, c corpus.Case, tbl *corpus.Table, p predicate.Predicate, err error) {
	t.Helper()
	if err != nil {
		require.NotEmpty(t, c.Error, "unexpected: %v", err)
		corpus.RequireKind(t, c.Error, err)
		require.Empty(t, tbl.Matched(p), "an error comes with the predicate that selects no row")
		return
	}
	for _, l := range layoutsFor(p) {
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		whole, sliced := l.record(t, mem, tbl, false), l.record(t, mem, tbl, true)
		filter, err := batch.Bind(p, whole.Schema(), &batch.Options{Allocator: mem, Workers: 1})
		if c.Error != "" {
			corpus.RequireKind(t, c.Error, err)
			require.Nil(t, filter)
		} else {
			require.NoError(t, err)
			require.Equal(t, tbl.IDs(t, c.Visible), filterRows(t, filter, whole, tbl), l.name)
			require.Equal(t, tbl.IDs(t, c.Visible), filterRows(t, filter, sliced, tbl), "%s, sliced", l.name)
		}
		whole.Release()
		sliced.Release()
		mem.AssertSize(t, 0)
	}
	if c.Error == "" {
		require.Equal(t, tbl.IDs(t, c.Visible), tbl.Matched(p), "Match")
	}
}

// filterRows returns the ids of the rows that a filter lets pass. Mask, Count
// and Apply must agree, and the rows must be those of the table.
func filterRows(t *testing.T, filter *batch.Filter, rec arrow.Record, tbl *corpus.Table) []int64 {
	t.Helper()
	mask, err := filter.Mask(rec)
	require.NoError(t, err)
	defer mask.Release()
	require.Equal(t, int(rec.NumRows()), mask.Len())
	require.Zero(t, mask.NullN())
	var rows []int
	for row := range mask.Len() {
		if mask.Value(row) {
			rows = append(rows, row)
		}
	}
	n, err := filter.Count(rec)
	require.NoError(t, err)
	require.Len(t, rows, n, "Count and Mask agree")

	visible, err := filter.Apply(rec)
	require.NoError(t, err)
	defer visible.Release()
	require.True(t, visible.Schema().Equal(rec.Schema()))
	require.EqualValues(t, n, visible.NumRows(), "Apply and Mask agree")
	ids := []int64{}
	for i, row := range rows {
		requireRow(t, tbl, row, visible, i, "a visible row is a row of the table")
		ids = append(ids, visible.Column(0).(*array.Int64).Value(i))
	}
	return ids
}

func runRelation(t *testing.T, c corpus.Case) {
	p, q := corpus.Predicate(t, c.P), corpus.Predicate(t, c.Q)
	require.Equal(t, c.PImpliesQ, p.Implies(q), "%v implies %v", p, q)
	require.Equal(t, c.QImpliesP, q.Implies(p), "%v implies %v", q, p)
	if w, ok := p.Minus(q); ok {
		row := func(column string) (string, bool) { s, ok := w[column]; return s, ok }
		require.True(t, p.Match(row) && !q.Match(row), "a witness is in p and not in q: %v", w)
	}
}

func runARN(t *testing.T, c corpus.Case) {
	a, err := namespace.ParseARN(c.ARN)
	switch {
	case c.Error != "":
		require.Error(t, err)
		require.Zero(t, a)
	case c.Parts != nil:
		require.NoError(t, err)
		require.Equal(t, *c.Parts, corpus.Parts{Partition: a.Partition, Region: a.Region, Account: a.Account, Kind: string(a.Kind), Namespace: a.Namespace, Name: a.Name})
	default:
		require.NoError(t, err)
		b, err := namespace.ParseARN(c.Other)
		require.NoError(t, err)
		require.Equal(t, c.Same, a.Same(b))
		require.Equal(t, c.Same, b.Same(a))
	}
}

// TestSharedConformance runs a second corpus, written by others, where it is there.
func TestSharedConformance(t *testing.T) {
	for _, kind := range []string{"users", "tags"} {
		t.Run(kind, func(t *testing.T) {
			cases, tbl := corpus.LoadShared(t, kind)
			executed := 0
			for _, c := range cases {
				t.Run(c.ID, func(t *testing.T) {
					p, err := c.Resolve(t)
					runRows(t, c, tbl, p, err)
					executed++
				})
			}
			if !t.Failed() && !filtered() {
				require.Equal(t, len(cases), executed, "every case ran to its end")
			}
		})
	}
}
