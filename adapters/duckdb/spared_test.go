package duckdb_test

import (
	"context"
	"encoding/json"
	"iter"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// TestSpare: sessions that share a Spare get the answers that they get without it, and
// nothing of each other. Calls that fail leave no database behind.
func TestSpare(t *testing.T) {
	rnd := rand.New(rand.NewPCG(18, 70))
	rows := questions.Rows(rnd, 120)
	s, _ := store(t, map[string]source{"sales": rows})
	seen, unseen := tables(t, s, anna), tables(t, s, carl)
	before := runtime.NumGoroutine()
	spare := new(duckdb.Spare)
	opts := &duckdb.Options{Threads: 1, Spare: spare}
	const count = "SELECT count(*) FROM sales"
	some, err := duckdb.QuerySQL(t.Context(), seen, count, nil, nil)
	require.NoError(t, err)
	require.NotEqual(t, [][]any{{int64(0)}}, some.Rows)
	for range 15 {
		q := questions.Random(rnd, questions.All())
		text, err := json.Marshal(q)
		require.NoError(t, err)
		want, err := duckdb.Query(t.Context(), seen["sales"], q, &duckdb.Options{Threads: 1})
		if err != nil {
			continue
		}
		got, err := duckdb.Query(t.Context(), seen["sales"], q, opts)
		require.NoError(t, err, "%s", text)
		require.Equal(t, questions.Read(want.Rows), questions.Read(got.Rows), "%s", text)
		want.Release()
		got.Release()
		none, err := duckdb.QuerySQL(t.Context(), unseen, count, nil, opts)
		require.NoError(t, err)
		require.Equal(t, [][]any{{int64(0)}}, none.Rows, "a session without rows, after one that has some")
		again, err := duckdb.QuerySQL(t.Context(), seen, count, nil, opts)
		require.NoError(t, err)
		require.Equal(t, some.Rows, again.Rows)
		_, err = duckdb.QuerySQL(t.Context(), nil, count, nil, opts)
		require.ErrorIs(t, err, duckdb.ErrTable)
		_, err = duckdb.QuerySQL(t.Context(), seen, "SELECT CAST('x' AS INTEGER)", nil, opts)
		require.Error(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = duckdb.QuerySQL(ctx, seen, count, nil, opts)
		require.ErrorIs(t, err, context.Canceled)
	}
	require.NoError(t, spare.Close())
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		require.True(t, time.Now().Before(end), "%d goroutines run, %d ran before", runtime.NumGoroutine(), before)
	}
	again, err := duckdb.QuerySQL(t.Context(), seen, count, nil, opts)
	require.NoError(t, err)
	require.Equal(t, some.Rows, again.Rows, "after Close")
}

// BenchmarkDashboard asks three questions over 10,000 rows, one after the other, with
// and without a Spare.
func BenchmarkDashboard(b *testing.B) {
	rows := source(questions.Rows(rand.New(rand.NewPCG(18, 71)), 10_000))
	rec := questions.Record(memory.NewGoAllocator(), rows, true)
	defer rec.Release()
	sum := []query.Measure{{Func: query.Sum, Of: query.Col("qty"), As: "qty"}}
	var plans []query.Plan
	for _, q := range []query.Query{{Measures: sum}, {Dimensions: []query.Dimension{{Column: "Region"}}, Measures: sum}, {Dimensions: []query.Dimension{{Column: "tenant"}}, Measures: sum}} {
		plan, err := q.Check(eval.Columns(rec.Schema()))
		require.NoError(b, err)
		plans = append(plans, plan)
	}
	read := func(plan query.Plan) iter.Seq2[arrow.Record, error] {
		return inMemory{rec}.Read(b.Context(), &spice.ReadOptions{Columns: plan.Needs()})
	}
	dashboard := func(b *testing.B, engine spice.Engine) {
		for _, plan := range plans {
			answer, err := engine(b.Context(), plan, read(plan), nil)
			if err != nil {
				b.Error(err)
				return
			}
			answer.Release()
		}
	}
	for _, spare := range []*duckdb.Spare{nil, new(duckdb.Spare)} {
		engine := duckdb.Engine(&duckdb.Options{Threads: 2, Spare: spare})
		name := "spare=no"
		if spare != nil {
			name = "spare=yes"
		}
		b.Run(name+"/viewers=1", func(b *testing.B) {
			for b.Loop() {
				dashboard(b, engine)
			}
		})
		b.Run(name+"/viewers=8", func(b *testing.B) {
			for b.Loop() {
				var viewers sync.WaitGroup
				for range 8 {
					viewers.Go(func() { dashboard(b, engine) })
				}
				viewers.Wait()
			}
		})
		require.NoError(b, spare.Close())
	}
}
