package duckdb_test

import (
	"context"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
)

var byRegion = query.Query{
	Dimensions: []query.Dimension{{Column: "Region"}},
	Measures:   []query.Measure{{Func: query.Count, As: "n"}, {Func: query.Sum, Of: query.Col("qty"), As: "qty"}},
}

// TestKeptAnswers: answers of DuckDB are kept beside those of the store, for the same
// sessions and as long.
func TestKeptAnswers(t *testing.T) {
	local, err := keys.OpenLocal(t.TempDir(), nil)
	require.NoError(t, err)
	key, err := local.CreateKey(t.Context(), "000000000000", "us-east-1")
	require.NoError(t, err)
	records := new(audit.Memory)
	s, err := spice.Open(t.TempDir(), &spice.Options{Audit: records, AnswerCache: 1 << 20, Keys: local, Key: key})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	rows := source(questions.Rows(rand.New(rand.NewPCG(18, 40)), 200))
	d, err := s.CreateDataset(t.Context(), spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE})
	require.NoError(t, err)
	refresh := func(rows source) {
		_, err := d.Refresh(t.Context(), rows, spice.RefreshFull)
		require.NoError(t, err)
	}
	attach := func(text string) {
		rules, err := rls.ReadCSV(strings.NewReader(text), nil)
		require.NoError(t, err)
		require.NoError(t, d.Attach(t.Context(), spice.Permissions{Settings: rls.PermissionDataSet{PermissionPolicy: rls.GrantAccess}, Rules: rules}))
	}
	refresh(rows)
	attach("UserName,tenant\nanna,t1\nabby,t1\nben,t2\n")
	step := func(name, tenant string, cached bool, reason string) {
		t.Helper()
		got, err := duckdb.Query(t.Context(), duckdb.Of(d, spice.Session{Principal: namespace.Named(name)}), byRegion, &duckdb.Options{Threads: 1})
		require.NoError(t, err, reason)
		defer got.Release()
		want, _ := questions.Answer(byRegion, rows, predicate.In("tenant", tenant))
		require.Equal(t, want, questions.Read(got.Rows), reason)
		all := records.Records()
		last := all[len(all)-1].ServiceEventDetails
		require.Equal(t, cached, last.EventRequestDetails.Cached, reason)
		require.Equal(t, byRegion.Shape(), last.EventRequestDetails.Question, "the hash of the question is on record")
		require.Equal(t, []string{"Region", "qty"}, last.EventRequestDetails.Columns)
		require.EqualValues(t, got.Rows.NumRows(), *last.EventResponseDetails.Rows)
	}
	step("anna", "t1", false, "the first question")
	step("anna", "t1", true, "the same again")
	step("abby", "t1", true, "another session that sees the same rows")
	step("ben", "t2", false, "a session that sees other rows")
	answer, err := d.Ask(t.Context(), spice.Session{Principal: namespace.Named("ben")}, byRegion, nil)
	require.NoError(t, err)
	require.True(t, records.Records()[len(records.Records())-1].ServiceEventDetails.EventRequestDetails.Cached, "one home for answers of all engines")
	answer.Release()
	attach("UserName,tenant\nanna,t2\n")
	step("anna", "t2", true, "new rules hold at once; these rows were asked of before")
	step("abby", "nobody", false, "and take rows away")
	rows = rows[:90]
	refresh(rows)
	step("anna", "t2", false, "new rows")
	require.NoError(t, local.Disable(t.Context(), key))
	_, err = duckdb.Query(t.Context(), duckdb.Of(d, spice.Session{Principal: namespace.Named("anna")}), byRegion, nil)
	require.ErrorIs(t, err, spice.ErrKey, "a disabled key ends kept answers")
	require.NoError(t, local.Enable(t.Context(), key))
	step("anna", "t2", true, "enabled again")
}

// TestEngineSchema: answers of DuckDB have the types of answers of package eval, because
// a session may get either.
func TestEngineSchema(t *testing.T) {
	rnd := rand.New(rand.NewPCG(18, 41))
	s, _ := store(t, map[string]source{"sales": questions.Rows(rnd, 60)})
	d, err := s.Dataset("sales")
	require.NoError(t, err)
	compared := 0
	for range 60 {
		q := questions.Random(rnd, questions.All())
		want, err := d.Ask(t.Context(), anna, q, nil)
		if err != nil {
			continue
		}
		got, err := d.Ask(t.Context(), anna, q, &spice.AskOptions{Engine: duckdb.Engine(&duckdb.Options{Threads: 1})})
		require.NoError(t, err)
		require.True(t, want.Rows.Schema().Equal(got.Rows.Schema()), "%s\n%s", want.Rows.Schema(), got.Rows.Schema())
		compared++
		want.Release()
		got.Release()
	}
	require.Greater(t, compared, 40)
}

// TestEngineRefuses: an engine refuses what it cannot do before it reads a row.
func TestEngineRefuses(t *testing.T) {
	_, err := duckdb.Engine(nil)(t.Context(), query.Plan{}, nil, nil)
	require.ErrorIs(t, err, eval.ErrPlan)
	_, err = duckdb.Engine(&duckdb.Options{Memory: -1})(t.Context(), query.Plan{}, nil, nil)
	require.ErrorIs(t, err, duckdb.ErrOptions)
	plan, err := query.Query{Dimensions: []query.Dimension{{Column: "Region"}, {Column: "region"}}}.Check(
		[]query.Column{{Name: "Region", Kind: query.Text}, {Name: "region", Kind: query.Text}})
	require.NoError(t, err)
	var rows iter.Seq2[arrow.Record, error] = func(func(arrow.Record, error) bool) { t.Error("rows were read") }
	_, err = duckdb.Engine(nil)(context.Background(), plan, rows, nil)
	require.ErrorIs(t, err, query.ErrDialect)
}
