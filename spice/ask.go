package spice

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice/audit"
)

// AskOptions limit an answer. A nil *AskOptions is the default.
type AskOptions struct {
	// MaxBytes is the approximate memory limit of the computation; see
	// [eval.Options].
	MaxBytes int64
	// Engine computes the answer where no data source does. Nil is [eval.Answer].
	Engine Engine
}

// An Engine computes the answer of a plan from the visible rows, which it may read
// once. The answer must be that of [eval.Answer], because the store keeps it for
// questions of all engines ([Options.AnswerCache]). After an error of the rows there is
// no answer. If an Engine returns [query.ErrDialect], the dataset computes the answer
// with [eval.Answer].
type Engine func(ctx context.Context, plan query.Plan, rows iter.Seq2[arrow.Record, error], opts *eval.Options) (*eval.Result, error)

// Answerer is a [Direct] that answers questions in the data source. If it
// returns [query.ErrDialect], the dataset reads the rows and computes the
// answer itself. An answer cannot be filtered again: the dataset trusts an
// Answerer to use no row that rows does not match.
type Answerer interface {
	// Answer answers a plan from the rows that match a predicate. column
	// returns the name that a column of the plan has in the data source.
	Answer(ctx context.Context, rows predicate.Predicate, plan query.Plan, column func(name string) string) (*eval.Result, error)
}

// Ask answers a question about the rows that s sees. The caller releases the
// result.
//
// The question may name only columns that s sees. A hidden column gives the
// same error as a column that does not exist (V6). The rules apply before the
// filters of the question, so neither the answer nor an error depends on a
// hidden row (S7, V8).
//
// The answer is computed in this process. If the dataset is queried directly
// and its data source is an [Answerer], the data source computes it. The audit
// record contains the columns, the [query.Query.Shape] of the question and the
// number of rows of the answer. It contains no value.
func (d *Dataset) Ask(ctx context.Context, s Session, q query.Query, opts *AskOptions) (*eval.Result, error) {
	answer, err := d.ask(ctx, s, q, opts)
	if err != nil {
		return nil, d.fail("ask", err)
	}
	return answer, nil
}

func (d *Dataset) ask(ctx context.Context, s Session, q query.Query, opts *AskOptions) (*eval.Result, error) {
	r, err := d.begin(ctx, s, ActionQuery, audit.ReadDataSet, request{question: &q, limit: math.MaxInt64, named: true})
	if err != nil {
		return nil, err
	}
	answer, err := r.answer(r.within, opts)
	if errors.Is(err, query.ErrDialect) && opts != nil && opts.Engine != nil { // it has read rows before it refused
		r.failed(err)
		return d.again(ctx, s, q, opts, r.end(ctx))
	}
	if err != nil {
		r.failed(err)
	} else {
		r.count = answer.Rows.NumRows()
	}
	if endErr := r.end(ctx); err == nil {
		err = endErr
	}
	if err != nil {
		answer.Release()
		return nil, err
	}
	return answer, nil
}

// again asks once more, without the engine of opts: in a read of its own, because the
// rows of the first one are spent.
func (d *Dataset) again(ctx context.Context, s Session, q query.Query, opts *AskOptions, err error) (*eval.Result, error) {
	if err != nil {
		return nil, err
	}
	return d.ask(ctx, s, q, &AskOptions{MaxBytes: opts.MaxBytes})
}

// planned checks a question against the columns that are visible, and makes a request
// of it.
func (v *view) planned(q request) (request, error) {
	plan, err := q.question.Check(eval.Columns(v.out))
	if err != nil {
		return q, fmt.Errorf("%w: %w", ErrInput, err)
	}
	v.plan = plan
	q.columns, q.where = append([]string{}, plan.Needs()...), predicate.All()
	for _, f := range plan.Query().Filters {
		if w, ok := f.(query.Where); ok {
			q.where = predicate.And(q.where, w.Predicate)
		}
	}
	return q, nil
}

// answer computes the answer of the plan.
func (r *read) answer(ctx context.Context, opts *AskOptions) (*eval.Result, error) {
	if source, ok := r.data.source.(Answerer); ok {
		answer, err := source.Answer(ctx, r.rows, r.plan, func(name string) string {
			return r.root.Field(r.columns[r.visible(name)].root).Name
		})
		if err = given(answer, err); err == nil {
			err = r.lives(ctx)
		}
		if !errors.Is(err, query.ErrDialect) {
			return answer, err
		}
		if err := r.data.read(ctx, r.data.source, r.wanted, r.names); err != nil {
			return nil, err
		}
	}
	key, rows, known := r.answerKey()
	if known {
		if answer, ok := r.d.store.answers.get(key, rows); ok {
			if err := r.lives(ctx); err != nil {
				answer.Release()
				return nil, err
			}
			r.use.Cached = true
			return answer, nil
		}
	}
	answer, err := r.compute(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := r.lives(ctx); err != nil {
		answer.Release()
		return nil, err
	}
	if known {
		r.d.store.answers.put(key, rows, answer)
	}
	return answer, nil
}

// compute computes the answer from the visible rows.
func (r *read) compute(ctx context.Context, opts *AskOptions) (*eval.Result, error) {
	o := &eval.Options{Allocator: r.d.store.mem}
	rows := r.named(ctx)
	if opts == nil {
		return eval.Answer(ctx, r.plan, rows, o)
	}
	o.MaxBytes = opts.MaxBytes
	if opts.Engine == nil {
		return eval.Answer(ctx, r.plan, rows, o)
	}
	var failed error
	spent := false
	answer, err := opts.Engine(ctx, r.plan, func(yield func(arrow.Record, error) bool) {
		if spent {
			failed = errSpent
			yield(nil, failed)
			return
		}
		spent = true
		rows(func(rec arrow.Record, err error) bool {
			if err != nil {
				failed = err
			}
			return yield(rec, err)
		})
	}, o)
	if err == nil {
		err = failed // the engine took a part of the rows for all of them
	}
	if err = given(answer, err); err == nil {
		return answer, nil
	}
	answer.Release()
	if errors.Is(err, query.ErrDialect) && !spent {
		return eval.Answer(ctx, r.plan, rows, o)
	}
	return nil, err
}

// given returns err, or an error if neither an answer nor an error was returned.
func given(answer *eval.Result, err error) error {
	if err == nil && (answer == nil || answer.Rows == nil) {
		return errNoAnswer
	}
	return err
}

// Errors of engines and data sources that do not keep to their contract.
var (
	errSpent    = errors.New("an engine reads the rows once")
	errNoAnswer = errors.New("the engine or data source returned no answer")
)

// named yields the visible rows with the names that the session sees.
func (r *read) named(ctx context.Context) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		at := make([]int, len(r.picked))
		for i, c := range r.picked {
			at[i] = slices.Index(r.names, r.root.Field(c.root).Name)
		}
		emit := func(rec arrow.Record) error {
			if !yield(rec, nil) {
				return errStop
			}
			return nil
		}
		all, err := r.eachKept(ctx, emit)
		if !all && err == nil {
			err = r.each(ctx, func(rec arrow.Record) error { return emitRows(r.deliver(rec, at), emit) })
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}
