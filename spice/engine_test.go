package spice

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice/audit"
)

// TestEngine: an engine gets the visible rows and no others. What it cannot answer is
// answered without it, whether it has read rows or not.
func TestEngine(t *testing.T) {
	w, d, rows := newAnswersWorld(t, 0)
	want, _ := questions.Answer(visitsByRegion, rows, questionRules["anna"])
	all, _ := questions.Answer(visitsByRegion, rows, predicate.All())
	require.NotEqual(t, all, want, "dropped rules are found")
	read := func(rows iter.Seq2[arrow.Record, error]) (n int64) {
		for rec, err := range rows {
			require.NoError(t, err)
			n += rec.NumRows()
		}
		return n
	}
	reads := func() (n int) {
		for _, r := range w.audit.Records() {
			if r.EventName == audit.ReadDataSet {
				n++
			}
		}
		return n
	}
	var seen int64
	for _, row := range rows {
		if row[0] == "t1" {
			seen++
		}
	}
	for _, tt := range []struct {
		reason string
		engine Engine
		reads  int // audit records
	}{
		{"the evaluator", eval.Answer, 1},
		{"an engine that refuses before it reads", func(context.Context, query.Plan, iter.Seq2[arrow.Record, error], *eval.Options) (*eval.Result, error) {
			return nil, query.ErrDialect
		}, 1},
		{"an engine that refuses when it has read", func(_ context.Context, _ query.Plan, rows iter.Seq2[arrow.Record, error], _ *eval.Options) (*eval.Result, error) {
			require.Equal(t, seen, read(rows))
			return nil, query.ErrDialect
		}, 2},
	} {
		before := reads()
		got, err := d.Ask(t.Context(), user("anna"), visitsByRegion, &AskOptions{Engine: tt.engine})
		require.NoError(t, err, tt.reason)
		require.Equal(t, want, questions.Read(got.Rows), tt.reason)
		got.Release()
		require.Equal(t, before+tt.reads, reads(), tt.reason)
	}
	_, err := d.Ask(t.Context(), user("anna"), visitsByRegion, &AskOptions{Engine: func(ctx context.Context, plan query.Plan, rows iter.Seq2[arrow.Record, error], _ *eval.Options) (*eval.Result, error) {
		read(rows)
		return eval.Answer(ctx, plan, rows, nil)
	}})
	require.ErrorIs(t, err, errSpent, "an empty answer would be wrong")
	_, err = d.Ask(t.Context(), user("anna"), visitsByRegion, &AskOptions{Engine: func(ctx context.Context, plan query.Plan, rows iter.Seq2[arrow.Record, error], _ *eval.Options) (*eval.Result, error) {
		answer, err := eval.Answer(ctx, plan, rows, nil)
		for range rows { // and leaves the error out
		}
		return answer, err
	}})
	require.ErrorIs(t, err, errSpent, "an answer from a part of the rows would be wrong")
	for _, none := range []*eval.Result{nil, {}} {
		_, err = d.Ask(t.Context(), user("anna"), visitsByRegion, &AskOptions{Engine: func(context.Context, query.Plan, iter.Seq2[arrow.Record, error], *eval.Options) (*eval.Result, error) {
			return none, nil
		}})
		require.ErrorIs(t, err, errNoAnswer)
	}
}

// TestEngineAnswersAndFails: an answer that comes with an error is released.
func TestEngineAnswersAndFails(t *testing.T) {
	_, d, _ := newAnswersWorld(t, 0)
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for _, fails := range []error{errors.New("late"), query.ErrDialect} {
		got, err := d.Ask(t.Context(), user("anna"), visitsByRegion, &AskOptions{Engine: func(ctx context.Context, plan query.Plan, _ iter.Seq2[arrow.Record, error], _ *eval.Options) (*eval.Result, error) {
			answer, err := eval.Answer(ctx, plan, func(func(arrow.Record, error) bool) {}, &eval.Options{Allocator: mem})
			require.NoError(t, err)
			return answer, fails
		}})
		if errors.Is(fails, query.ErrDialect) {
			require.NoError(t, err)
			got.Release()
			continue
		}
		require.ErrorIs(t, err, fails)
	}
}
