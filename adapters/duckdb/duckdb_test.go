package duckdb_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/internal/testkit/escapes"
	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
)

type source []questions.Row

func (s source) Records(context.Context) (array.RecordReader, error) {
	rec := questions.Record(memory.NewGoAllocator(), s, true)
	defer rec.Release()
	return array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
}

var (
	anna     = spice.Session{Principal: namespace.Named("anna")}
	carl     = spice.Session{Principal: namespace.Named("carl")}
	visible  = predicate.In("tenant", "t1")
	hidden   = []string{"t2", "T1", "t1 "}
	rulesCSV = "UserName,tenant\nanna,t1\n"
)

// store returns a store with the datasets named, all under the same rules.
func store(t testing.TB, sets map[string]source) (*spice.Store, *audit.Memory) {
	t.Helper()
	records := new(audit.Memory)
	s, err := spice.Open(t.TempDir(), &spice.Options{Audit: records})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	rules, err := rls.ReadCSV(strings.NewReader(rulesCSV), nil)
	require.NoError(t, err)
	for name, rows := range sets {
		d, err := s.CreateDataset(t.Context(), spice.DatasetInput{ID: name, ImportMode: spice.SPICE})
		require.NoError(t, err)
		_, err = d.Refresh(t.Context(), rows, spice.RefreshFull)
		require.NoError(t, err)
		require.NoError(t, d.Attach(t.Context(), spice.Permissions{Settings: rls.PermissionDataSet{PermissionPolicy: rls.GrantAccess}, Rules: rules}))
	}
	return s, records
}

func tables(t testing.TB, s *spice.Store, who spice.Session) map[string]duckdb.Table {
	t.Helper()
	all := make(map[string]duckdb.Table)
	for d := range s.Datasets() {
		all[d.ID()] = duckdb.Of(d, who)
	}
	return all
}

func TestZero(t *testing.T) {
	_, err := duckdb.QuerySQL(t.Context(), nil, "SELECT * FROM sales", nil, nil)
	require.ErrorIs(t, err, duckdb.ErrTable)
	_, err = duckdb.QuerySQL(t.Context(), nil, "", nil, nil)
	require.ErrorIs(t, err, duckdb.ErrStatement)
	_, err = duckdb.Query(t.Context(), nil, query.Query{}, nil)
	require.ErrorIs(t, err, duckdb.ErrTable)
	_, err = duckdb.QuerySQL(t.Context(), nil, "SELECT 1", nil, &duckdb.Options{Threads: -1})
	require.ErrorIs(t, err, duckdb.ErrOptions)
	s, _ := store(t, map[string]source{"sales": questions.Rows(rand.New(rand.NewPCG(1, 1)), 50)})
	got, err := duckdb.QuerySQL(t.Context(), tables(t, s, carl), "SELECT count(*) FROM sales", nil, nil)
	require.NoError(t, err)
	require.Equal(t, [][]any{{int64(0)}}, got.Rows, "a viewer that no rule names counts no row")
	_, err = duckdb.QuerySQL(t.Context(), tables(t, s, spice.Session{}), "SELECT count(*) FROM sales", nil, nil)
	require.ErrorIs(t, err, duckdb.ErrTable, "the zero Session sees no column")
}

// TestQuery compares answers with those that are computed row by row. Without the
// rules, many are others.
func TestQuery(t *testing.T) {
	rnd := rand.New(rand.NewPCG(18, 3))
	rows := questions.Rows(rnd, 120)
	s, _ := store(t, map[string]source{"sales": rows})
	table := tables(t, s, anna)["sales"]
	wrong, asked := 0, 0
	for range 250 {
		q := questions.Random(rnd, questions.All())
		text, err := json.Marshal(q)
		require.NoError(t, err)
		got, err := duckdb.Query(t.Context(), table, q, &duckdb.Options{Threads: 1})
		if errors.Is(err, eval.ErrOverflow) {
			continue
		}
		require.NoError(t, err, "%s", text)
		want, totals := questions.Answer(q, rows, visible)
		require.Equal(t, want, questions.Read(got.Rows), "%s", text)
		if q.Totals {
			require.Equal(t, [][]string{totals}, questions.Read(got.Totals), "%s", text)
		}
		got.Release()
		asked++
		if all, _ := questions.Answer(q, rows, predicate.All()); fmt.Sprint(all) != fmt.Sprint(want) {
			wrong++
		}
	}
	require.Greater(t, asked, 200)
	require.Greater(t, wrong, 80, "dropped rules are found")
}

// TestQuerySQL runs SQL over several datasets, each under its rules, and compares
// with what the rules admit.
func TestQuerySQL(t *testing.T) {
	rnd := rand.New(rand.NewPCG(18, 4))
	sets := map[string]source{"sales": questions.Rows(rnd, 90), "Other": questions.Rows(rnd, 40)}
	s, records := store(t, sets)
	all := tables(t, s, anna)
	count := func(name string, keep func(questions.Row) bool) (n int64) {
		for _, row := range sets[name] {
			if row[0] == "t1" && keep(row) {
				n++
			}
		}
		return n
	}
	every := func(questions.Row) bool { return true }
	sales, other := count("sales", every), count("Other", every)
	emea := count("sales", func(r questions.Row) bool { return r[1] == "EMEA" })
	require.Positive(t, emea)
	for _, tt := range []struct {
		reason, sql string
		args        []any
		want        int64
	}{
		{"all visible rows", `SELECT count(*) FROM sales`, nil, sales},
		{"names without case", `select COUNT(*) from SALES`, nil, sales},
		{"one value: a stream of Arrow would return every row", `SELECT count(*) FROM sales WHERE "Region" = 'EMEA'`, nil, emea},
		{"an argument", `SELECT count(*) FROM sales WHERE "Region" = $1`, []any{"EMEA"}, emea},
		{"hidden values", `SELECT count(*) FROM sales WHERE tenant <> 't1' OR tenant IS NULL`, nil, 0},
		{"a condition that is always true", `SELECT count(*) FROM sales WHERE tenant = 't2' OR 1 = 1`, nil, sales},
		{"a table twice", `SELECT count(*) FROM sales a, sales b`, nil, sales * sales},
		{"two tables, each under its rules", `SELECT count(*) FROM sales, "Other"`, nil, sales * other},
		{"a name that shadows a table", `WITH sales AS (SELECT 1 AS x) SELECT count(*) FROM sales`, nil, 1},
		{"a name of the query", `WITH w AS (SELECT * FROM sales) SELECT count(*) FROM w`, nil, sales},
		{"a whole row", `SELECT count(DISTINCT s) FROM (SELECT s FROM sales s) LIMIT 1`, nil, -1},
		{"numbers", `SELECT count(*) FROM range(7)`, nil, 7},
		{"union", `SELECT count(*) FROM (SELECT tenant FROM sales UNION ALL SELECT tenant FROM "Other")`, nil, sales + other},
		{"natural join needs all columns", `SELECT count(*) FROM sales a NATURAL JOIN (SELECT 't1' AS tenant) b`, nil, sales},
	} {
		got, err := duckdb.QuerySQL(t.Context(), all, tt.sql, tt.args, nil)
		require.NoError(t, err, tt.reason)
		require.Len(t, got.Rows, 1, tt.reason)
		if tt.want >= 0 {
			require.Equal(t, tt.want, got.Rows[0][0], tt.reason)
		}
	}
	before := len(records.Records())
	_, err := duckdb.QuerySQL(t.Context(), all, `SELECT sum(qty) FROM sales`, nil, nil)
	require.NoError(t, err)
	var reads []audit.Record
	for _, r := range records.Records()[before:] {
		if r.EventName == audit.ReadDataSet {
			reads = append(reads, r)
		}
	}
	require.NotEmpty(t, reads)
	last := reads[len(reads)-1]
	require.Equal(t, []string{"qty"}, last.ServiceEventDetails.EventRequestDetails.Columns, "the read is on record, with the columns that the SQL needs")
	require.Equal(t, sales, *last.ServiceEventDetails.EventResponseDetails.Rows)
}

// TestNoWayRound: whatever a viewer writes is refused or blind.
func TestNoWayRound(t *testing.T) {
	s, _ := store(t, map[string]source{"sales": questions.Rows(rand.New(rand.NewPCG(5, 5)), 60), "secret": questions.Rows(rand.New(rand.NewPCG(6, 6)), 60)})
	all := tables(t, s, anna)
	delete(all, "secret") // a dataset that the session may not open
	for _, text := range escapes.Refused() {
		got, err := duckdb.QuerySQL(t.Context(), all, text, nil, nil)
		require.Error(t, err, text)
		require.Nil(t, got, text)
		require.NotContains(t, err.Error(), "root:", text)
		require.True(t, errors.Is(err, duckdb.ErrStatement) || errors.Is(err, duckdb.ErrTable) || errors.Is(err, duckdb.ErrFunction), "%s: %v", text, err)
	}
	shown := func(text string) string {
		got, err := duckdb.QuerySQL(t.Context(), all, text, nil, nil)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(got.Rows)
	}
	for _, text := range escapes.Blind() {
		out := shown(text)
		for _, value := range hidden[:2] {
			if !strings.Contains(text, value) {
				require.NotContains(t, out, value, text)
				continue
			}
			nowhere := strings.Repeat("_", len(value)) // errors point at a place in the statement
			require.Equal(t, shown(strings.ReplaceAll(text, value, nowhere)), strings.ReplaceAll(out, value, nowhere), "a hidden value is like one that is nowhere: %s", text)
		}
	}
}

// TestLimits: a call ends in time, and with at most so many rows.
func TestLimits(t *testing.T) {
	_, err := duckdb.QuerySQL(t.Context(), nil, `SELECT * FROM range(1000)`, nil, &duckdb.Options{MaxRows: 999})
	require.ErrorIs(t, err, duckdb.ErrRows)
	got, err := duckdb.QuerySQL(t.Context(), nil, `SELECT * FROM range(1000)`, nil, &duckdb.Options{MaxRows: 1000})
	require.NoError(t, err)
	require.Len(t, got.Rows, 1000)
	endless := `SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3`
	_, err = duckdb.QuerySQL(t.Context(), nil, endless, nil, &duckdb.Options{Timeout: 300 * time.Millisecond})
	require.Error(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	_, err = duckdb.QuerySQL(ctx, nil, endless, nil, nil)
	require.Error(t, err)
	_, err = duckdb.QuerySQL(t.Context(), nil, `SELECT list(range) FROM range(100000000)`, nil, &duckdb.Options{Memory: 50 << 20, Threads: 1})
	require.ErrorContains(t, err, "memory")
}
