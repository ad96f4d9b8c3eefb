package batch

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Records returns the visible rows of the records of r, in order. Records
// without visible rows are left out.
//
// A record is valid until the next iteration; Retain it to keep it longer. The
// first error is the last element: an error of r, of [Filter.Apply], or of ctx.
// The sequence retains r until it ends and can be read once. It uses r from one
// goroutine at a time, but not always the same one. At most Options.Workers
// records are filtered concurrently and as many wait, so memory does not grow
// with the stream. Leaving the loop early stops all goroutines and waits for
// them.
func (f *Filter) Records(ctx context.Context, r array.RecordReader) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		if r == nil {
			yield(nil, errNoReader)
			return
		}
		r.Retain()
		defer r.Release()
		for rec, err := range f.filtered(ctx, r) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yieldOwned(rec, yield) {
				return
			}
		}
	}
}

// yieldOwned yields a record that has rows, and releases it even if the body of the
// loop panics.
func yieldOwned(rec arrow.Record, yield func(arrow.Record, error) bool) bool {
	defer rec.Release()
	return rec.NumRows() == 0 || yield(rec, nil)
}

var errNoReader = errors.New("no record reader")

// filtered yields every filtered record to a loop that releases it.
func (f *Filter) filtered(ctx context.Context, r array.RecordReader) iter.Seq2[arrow.Record, error] {
	if f == nil || f.opts.Workers <= 1 {
		return f.inline(ctx, r)
	}
	return f.parallel(ctx, r)
}

func (f *Filter) inline(ctx context.Context, r array.RecordReader) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		for {
			rec, err := next(ctx, r)
			if rec != nil {
				var visible arrow.Record
				visible, err = f.Apply(rec)
				rec.Release()
				rec = visible
			}
			if rec == nil && err == nil {
				return
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// next returns the next record of r, retained; nil at the end.
func next(ctx context.Context, r array.RecordReader) (rec arrow.Record, err error) {
	defer guard(&err)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !r.Next() {
		return nil, r.Err()
	}
	rec = r.Record()
	rec.Retain()
	return rec, nil
}

// job is a record on its way through a worker. done gets one result.
type job struct {
	rec  arrow.Record
	done chan result
}

type result struct {
	rec arrow.Record
	err error
}

// parallel reads in one goroutine, filters in several, and yields in the order
// of reading: jobs go to whichever worker is free, and in line as well.
//
//	           ┌─► worker ─┐
//	read ─jobs─┼─► worker ─┼─► done of each job
//	  └────────── line ───────► yield waits for the first
func (f *Filter) parallel(ctx context.Context, r array.RecordReader) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		var wg sync.WaitGroup
		ctx, cancel := context.WithCancel(ctx)
		jobs := make(chan job)
		line := make(chan job, f.opts.Workers)
		defer func() { // also when the body of the loop panics
			cancel()
			for j := range line {
				if res := <-j.done; res.rec != nil {
					res.rec.Release()
				}
			}
			wg.Wait()
		}()
		wg.Add(1 + f.opts.Workers)
		go func() {
			defer wg.Done()
			defer close(line)
			defer close(jobs)
			for {
				rec, err := next(ctx, r)
				if rec == nil && err == nil {
					return
				}
				j := job{rec, make(chan result, 1)}
				if err != nil {
					j.done <- result{nil, err}
				}
				// The line is drained to its end in any case, so this does not
				// block for good.
				line <- j
				if err != nil {
					return
				}
				jobs <- j
			}
		}()
		for range f.opts.Workers {
			go func() {
				defer wg.Done()
				for j := range jobs {
					res := result{err: ctx.Err()}
					if res.err == nil {
						res.rec, res.err = f.Apply(j.rec)
					}
					j.rec.Release()
					j.done <- res
				}
			}()
		}
		for j := range line {
			if res := <-j.done; !yield(res.rec, res.err) || res.err != nil {
				return
			}
		}
	}
}
