package eval_test

import (
	"encoding/json"
	"errors"
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
	"github.com/rowsight/rowsight/query/eval"
)

// records yields rows in records of random sizes, some of them empty, with and
// without a dictionary, and with the columns in another order.
func records(rnd *rand.Rand, mem memory.Allocator, rows []questions.Row) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		for at := 0; at < len(rows); {
			n := min(rnd.IntN(40), len(rows)-at)
			rec := questions.Record(mem, rows[at:at+n], rnd.IntN(2) == 0)
			ok := yield(rec, nil)
			rec.Release()
			if !ok {
				return
			}
			at += n
		}
	}
}

// TestAnswer compares answers with those that are computed row by row.
func TestAnswer(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rnd := rand.New(rand.NewPCG(18, 1))
	groups, several := 0, 0
	overflows := 0
	for range 4000 {
		rows := questions.Rows(rnd, rnd.IntN(80))
		q := questions.Random(rnd, questions.All())
		plan, err := q.Check(questions.Columns())
		require.NoError(t, err)
		text, err := json.Marshal(q)
		require.NoError(t, err)
		want, totals := questions.Answer(q, rows, predicate.All())
		got, err := eval.Answer(t.Context(), plan, records(rnd, mem, rows), &eval.Options{Allocator: mem})
		if errors.Is(err, eval.ErrOverflow) {
			overflows++
			continue
		}
		require.NoError(t, err, "%s", text)
		require.Equal(t, want, questions.Read(got.Rows), "%s", text)
		require.Empty(t, batchtest.Leftovers(got.Rows))
		if q.Totals {
			require.Equal(t, [][]string{totals}, questions.Read(got.Totals), "%s", text)
		} else {
			require.Nil(t, got.Totals)
		}
		require.True(t, got.Rows.Schema().Equal(eval.Schema(plan.Output())))
		groups += len(want)
		if len(want) > 1 {
			several++
		}
		got.Release()
	}
	require.Greater(t, groups, 5000)
	require.Greater(t, several, 800)
	require.Less(t, overflows, 40)
}
