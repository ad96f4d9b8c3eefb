package test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// TestConformance runs every case of testdata/conformance: through rls or
// tagrules, through predicate.Match row by row, and through batch in every
// layout of text that Arrow has.
func TestConformance(t *testing.T) {
	cases, tables := loadCases(t), loadTables(t)
	executed := 0
	for _, c := range cases {
		t.Run(c.file+"/"+c.ID, func(t *testing.T) {
			switch c.kind {
			case "users", "tags", "predicates":
				p, err := c.resolve(t)
				runRows(t, c, tables[c.Table], p, err)
			case "relations":
				runRelation(t, c)
			case "arns":
				runARN(t, c)
			default:
				require.FailNow(t, "unknown kind", c.kind)
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
	cases, tables := loadCases(t), loadTables(t)
	for _, file := range []string{"users", "limits", "tags", "predicates"} {
		none, all, some, errors := 0, 0, 0, 0
		for _, c := range cases {
			if c.file != file {
				continue
			}
			tbl := tables[c.Table]
			require.NotNil(t, tbl, c.ID)
			if c.Error != "" {
				errors++
				continue
			}
			switch n := len(tbl.ids(t, c.Visible)); {
			case n == 0:
				none++
			case n == len(tbl.rows):
				all++
			default:
				some++
			}
			// The negative control: "no row" and "every row" answer only the
			// cases that ask for exactly this.
			want := tbl.ids(t, c.Visible)
			require.Equal(t, len(want) == 0, slices.Equal(want, matched(tbl, predicate.Predicate{})), c.ID)
			require.Equal(t, len(want) == len(tbl.rows), slices.Equal(want, matched(tbl, predicate.All())), c.ID)
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
	for _, c := range loadCases(t) {
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

// resolve turns what a case gives into the predicate of its viewer.
func (c *conformanceCase) resolve(t *testing.T) (predicate.Predicate, error) {
	switch c.kind {
	case "users":
		p, err := c.resolveUser(t)
		c.requirePosition(t, err)
		return p, err
	case "tags":
		return c.resolveTags(t)
	default:
		p := readPredicate(t, c.Predicate)
		if c.Text != "" {
			require.Equal(t, c.Text, p.String())
		}
		back, err := predicate.Parse(p.String())
		require.NoError(t, err)
		require.True(t, p.Equal(back), "String reads back")
		return p, nil
	}
}

func (c *conformanceCase) resolveUser(t *testing.T) (predicate.Predicate, error) {
	opts := &rls.Options{
		File:          "rules.csv",
		User:          c.Options.User,
		Group:         c.Options.Group,
		AllowNoFields: c.Options.AllowNoFields,
		HideNulls:     c.Options.HideNulls,
		MaxValues:     c.Options.MaxValues,
		NullWords:     c.Options.NoValue,
		Dual: map[string]rls.Dual{
			"": rls.Either, "either": rls.Either, "user_first": rls.UserFirst, "reject": rls.Reject,
		}[c.Options.Dual],
	}
	if c.Settings != (caseSettings{}) {
		opts.Settings = c.Settings.object()
	}
	rules, err := rls.ReadCSV(strings.NewReader(readText(t, c.CSV)), opts)
	if err != nil {
		require.Zero(t, rules, "an error comes with no rules")
		return predicate.Predicate{}, err
	}
	return rules.For(c.Viewer.principal(t))
}

// object fills in what the API requires.
func (s caseSettings) object() *rls.PermissionDataSet {
	d := &rls.PermissionDataSet{
		Arn:              "arn:aws:quicksight:us-east-1:111122223333:dataset/rules",
		PermissionPolicy: rls.GrantAccess,
		FormatVersion:    rls.FormatVersion(s.FormatVersion),
		Status:           rls.Status(s.Status),
	}
	if s.Arn != "" {
		d.Arn = s.Arn
	}
	if s.PermissionPolicy != "" {
		d.PermissionPolicy = s.PermissionPolicy
	}
	if s.Namespace != "" {
		d.Namespace = &s.Namespace
	}
	return d
}

func (v caseViewer) principal(t *testing.T) namespace.Principal {
	if v.UserARN != "" || len(v.GroupARNs) > 0 {
		var groups []namespace.ARN
		for _, g := range v.GroupARNs {
			groups = append(groups, namespace.MustParseARN(g))
		}
		return namespace.ForARN(namespace.MustParseARN(v.UserARN), groups...)
	}
	p := namespace.Named(v.User, v.Groups...)
	p.User.Namespace = v.Namespace
	for i := range p.Groups {
		p.Groups[i].Namespace = v.Namespace
	}
	return p
}

// requirePosition checks the line that an error names.
func (c *conformanceCase) requirePosition(t *testing.T, err error) {
	if c.At.Line > 0 {
		var e *rls.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.At.Line, e.Pos.Line, "%v", err)
		require.ErrorContains(t, err, fmt.Sprintf("rules.csv:%d:", c.At.Line))
	}
}

func (c *conformanceCase) resolveTags(t *testing.T) (predicate.Predicate, error) {
	document := string(c.Config)
	if c.Document != nil {
		document = readText(t, c.Document)
	}
	var tags []tagrules.Tag
	if c.Tags != nil {
		readList(t, c.Tags, nil, func(raw json.RawMessage, counters []int) {
			var tag struct{ Key, Value json.RawMessage }
			require.NoError(t, strictJSON(raw, &tag))
			tags = append(tags, tagrules.Tag{Key: readText(t, tag.Key, counters...), Value: readText(t, tag.Value, counters...)})
		})
	}
	p, err := c.forTags(document, tags)
	if err != nil {
		for _, tag := range tags {
			if len(tag.Value) > 2 {
				require.NotContains(t, err.Error(), tag.Value, "tag values are secrets (T8)")
			}
		}
	}
	return p, err
}

func (c *conformanceCase) forTags(document string, tags []tagrules.Tag) (predicate.Predicate, error) {
	config, err := tagrules.Parse(strings.NewReader(document), &tagrules.Options{
		LiteralSpaces:  c.Options.LiteralSpaces,
		MatchAllInList: c.Options.MatchAllInList,
	})
	if err != nil {
		return predicate.Predicate{}, err
	}
	return config.For(tags...)
}

// runRows compares what p selects of a table, in every way there is, with what
// the case expects. err is what made p, or kept it from being made.
func runRows(t *testing.T, c conformanceCase, tbl *table, p predicate.Predicate, err error) {
	t.Helper()
	if err != nil {
		require.NotEmpty(t, c.Error, "unexpected: %v", err)
		requireKind(t, c.Error, err)
		require.Empty(t, matched(tbl, p), "an error comes with the predicate that selects no row")
		return
	}
	for _, l := range layoutsFor(p) {
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		whole, sliced := l.record(t, mem, tbl, false), l.record(t, mem, tbl, true)
		filter, err := batch.Bind(p, whole.Schema(), &batch.Options{Allocator: mem, Workers: 1})
		if c.Error != "" {
			requireKind(t, c.Error, err)
			require.Nil(t, filter)
		} else {
			require.NoError(t, err)
			require.Equal(t, tbl.ids(t, c.Visible), filterRows(t, filter, whole, tbl), l.name)
			require.Equal(t, tbl.ids(t, c.Visible), filterRows(t, filter, sliced, tbl), "%s, sliced", l.name)
		}
		whole.Release()
		sliced.Release()
		mem.AssertSize(t, 0)
	}
	if c.Error == "" {
		require.Equal(t, tbl.ids(t, c.Visible), matched(tbl, p), "Match")
	}
}

// matched returns the ids of the rows that p matches.
func matched(tbl *table, p predicate.Predicate) []int64 {
	ids := []int64{}
	for row := range tbl.rows {
		if p.Match(tbl.value(row)) {
			ids = append(ids, tbl.id(row))
		}
	}
	return ids
}

// filterRows returns the ids of the rows that a filter lets pass. Mask, Count
// and Apply must agree, and the rows must be those of the table.
func filterRows(t *testing.T, filter *batch.Filter, rec arrow.Record, tbl *table) []int64 {
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

func runRelation(t *testing.T, c conformanceCase) {
	p, q := readPredicate(t, c.P), readPredicate(t, c.Q)
	require.Equal(t, c.PImpliesQ, p.Implies(q), "%v implies %v", p, q)
	require.Equal(t, c.QImpliesP, q.Implies(p), "%v implies %v", q, p)
	if w, ok := p.Minus(q); ok {
		row := func(column string) (string, bool) { s, ok := w[column]; return s, ok }
		require.True(t, p.Match(row) && !q.Match(row), "a witness is in p and not in q: %v", w)
	}
}

func runARN(t *testing.T, c conformanceCase) {
	a, err := namespace.ParseARN(c.ARN)
	switch {
	case c.Error != "":
		require.Error(t, err)
		require.Zero(t, a)
	case c.Parts != nil:
		require.NoError(t, err)
		require.Equal(t, *c.Parts, caseParts{a.Partition, a.Region, a.Account, string(a.Kind), a.Namespace, a.Name})
	default:
		require.NoError(t, err)
		b, err := namespace.ParseARN(c.Other)
		require.NoError(t, err)
		require.Equal(t, c.Same, a.Same(b))
		require.Equal(t, c.Same, b.Same(a))
	}
}

// TestSharedConformance runs a second corpus, written by others, where it is
// there. Its form is simpler; its errors are the same words.
func TestSharedConformance(t *testing.T) {
	for _, kind := range []string{"users", "tags"} {
		t.Run(kind, func(t *testing.T) {
			data, err := os.ReadFile(realdata.Path(t, "conformance", kind+".json"))
			require.NoError(t, err)
			var f struct {
				Data []struct {
					ID              int64
					Region, Segment *string
				}
				Cases []struct {
					Name, CSV, User string
					Groups, Rules   []string
					Config, Tags    json.RawMessage
					Options         caseOptions
					Visible         json.RawMessage
					Error           string
				}
			}
			require.NoError(t, strictJSON(data, &f))
			tbl := &table{columns: []tableColumn{{"id", "int64"}, {"Region", "text"}, {"Segment", "text"}}}
			for _, row := range f.Data {
				tbl.rows = append(tbl.rows, []any{row.ID, textOrNull(row.Region), textOrNull(row.Segment)})
			}
			executed := 0
			for _, in := range f.Cases {
				csv, err := json.Marshal(in.CSV)
				require.NoError(t, err)
				c := conformanceCase{
					ID: in.Name, kind: kind, CSV: csv, Options: in.Options, Viewer: caseViewer{User: in.User, Groups: in.Groups},
					Config: in.Config, Tags: in.Tags, Visible: in.Visible, Error: in.Error,
				}
				t.Run(in.Name, func(t *testing.T) {
					p, err := c.resolve(t)
					runRows(t, c, tbl, p, err)
					executed++
				})
			}
			if !t.Failed() && !filtered() {
				require.Equal(t, strings.Count(string(data), `"name": "`), executed, "every case ran to its end")
			}
		})
	}
}

func textOrNull(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}
