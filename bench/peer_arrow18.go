package main

import (
	"context"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/compute"
	"github.com/apache/arrow-go/v18/arrow/memory"

	v15 "github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// Arrow Go v18: one is_in for every list, joined by and and or. Each kernel
// runs over all batches at a time as a chunked array, because is_in builds its
// hash table anew at every call. Rows come from FilterRecordBatch.

func openArrow18(_ *Env, d *Data, threads int) (Session, error) {
	s := &arrow18Session{data: d, threads: threads}
	for part := range s.parts {
		batches, _ := d.Part(Part(part))
		for _, rec := range batches {
			rec, err := arrow18.FromRecord(rec)
			if err != nil {
				return nil, err
			}
			s.parts[part] = append(s.parts[part], rec)
		}
	}
	return s, nil
}

type arrow18Session struct {
	data    *Data
	threads int
	parts   [Whole + 1][]arrow.RecordBatch
}

func (s *arrow18Session) Version() string { return moduleVersion("github.com/apache/arrow-go/v18") }

func (s *arrow18Session) Close() {
	for _, batches := range s.parts {
		for _, b := range batches {
			b.Release()
		}
	}
}

// A list is a column and the values it may hold.
type arrow18List struct {
	column int
	values arrow.Array
}

func (s *arrow18Session) Prepare(c *Case) (Query, time.Duration, error) {
	q := &arrow18Query{arrow18Session: s}
	took, _ := timed(func() error {
		for _, rule := range c.Rules {
			lists := []arrow18List{}
			for _, name := range c.Columns() {
				if rule[name] == nil {
					continue
				}
				b := array.NewStringBuilder(memory.DefaultAllocator)
				b.AppendValues(rule[name], nil)
				lists = append(lists, arrow18List{s.data.Schema.FieldIndices(name)[0], b.NewArray()})
			}
			q.rules = append(q.rules, lists)
		}
		return nil
	})
	return q, took, nil
}

type arrow18Query struct {
	*arrow18Session
	rules [][]arrow18List
}

func (q *arrow18Query) Close() {}

func (q *arrow18Query) Run(k Kind, p Part, check *Answer) (time.Duration, error) {
	batches := q.parts[p]
	// Each goroutine gets a contiguous share.
	threads := min(q.threads, len(batches))
	shares := make([]v15.Record, threads) // eachBatch counts; the share is cut by number
	var sum answers
	took, err := timed(func() error {
		return eachBatch(shares, threads, func(_, i int, _ v15.Record) error {
			a, err := q.share(k, batches[i*len(batches)/threads:(i+1)*len(batches)/threads], check != nil)
			sum.add(a)
			return err
		})
	})
	if check != nil {
		*check = sum.sum
	}
	return took, err
}

// share evaluates some batches.
func (q *arrow18Query) share(k Kind, batches []arrow.RecordBatch, check bool) (sum Answer, err error) {
	ctx := context.Background()
	masks, err := q.masks(ctx, batches)
	if err != nil {
		return Answer{}, err
	}
	for i, rec := range batches {
		mask := masks[i]
		if k == Mask {
			if check {
				sum.add(mask18Answer(rec, mask))
			}
			continue
		}
		out, err := compute.FilterRecordBatch(ctx, rec, mask, compute.DefaultFilterOptions())
		if err != nil {
			return Answer{}, err
		}
		if check {
			a, err := rows18Answer(out)
			if err != nil {
				return Answer{}, err
			}
			sum.add(a)
		}
		out.Release()
	}
	return sum, nil
}

// masks returns a Boolean array for each batch.
func (q *arrow18Query) masks(ctx context.Context, batches []arrow.RecordBatch) ([]*array.Boolean, error) {
	var or compute.Datum
	for _, rule := range q.rules {
		var and compute.Datum
		for _, list := range rule {
			in, err := q.isIn(ctx, batches, list)
			if err != nil {
				return nil, err
			}
			if and, err = join(ctx, "and", and, in); err != nil {
				return nil, err
			}
		}
		if and == nil { // no list: every row
			return constants(batches, true), nil
		}
		var err error
		if or, err = join(ctx, "or", or, and); err != nil {
			return nil, err
		}
	}
	if or == nil {
		return constants(batches, false), nil
	}
	// The kernels may join chunks, but none ends inside a batch.
	var masks []*array.Boolean
	chunks, at := or.(*compute.ChunkedDatum).Chunks(), 0
	for _, rec := range batches {
		if at == chunks[0].Len() {
			chunks, at = chunks[1:], 0
		}
		end := at + int(rec.NumRows())
		masks = append(masks, array.NewSlice(chunks[0], int64(at), int64(end)).(*array.Boolean))
		at = end
	}
	return masks, nil
}

func (q *arrow18Query) isIn(ctx context.Context, batches []arrow.RecordBatch, list arrow18List) (compute.Datum, error) {
	chunks := make([]arrow.Array, len(batches))
	for i, b := range batches {
		chunks[i] = b.Column(list.column)
	}
	chunked := arrow.NewChunked(chunks[0].DataType(), chunks)
	defer chunked.Release()
	opts := compute.SetOptions{ValueSet: compute.NewDatumWithoutOwning(list.values), NullBehavior: compute.NullMatchingSkip}
	return compute.IsIn(ctx, opts, compute.NewDatumWithoutOwning(chunked))
}

// join combines two masks and releases them; the first may be nil.
func join(ctx context.Context, function string, a, b compute.Datum) (compute.Datum, error) {
	if a == nil {
		return b, nil
	}
	defer a.Release()
	defer b.Release()
	return compute.CallFunction(ctx, function, nil, a, b)
}

func constants(batches []arrow.RecordBatch, value bool) []*array.Boolean {
	masks := make([]*array.Boolean, len(batches))
	for i, rec := range batches {
		b := array.NewBooleanBuilder(memory.DefaultAllocator)
		b.Reserve(int(rec.NumRows()))
		for range rec.NumRows() {
			b.UnsafeAppend(value)
		}
		masks[i] = b.NewBooleanArray()
	}
	return masks
}

func mask18Answer(rec arrow.RecordBatch, mask *array.Boolean) (a Answer) {
	ts := rec.Column(rec.Schema().FieldIndices("ts")[0]).(*array.Int64)
	for row := range mask.Len() {
		if mask.IsValid(row) && mask.Value(row) {
			a.row(ts.Value(row))
		}
	}
	return a
}

// rows18Answer is rowsAnswer for Arrow v18.
func rows18Answer(rec arrow.RecordBatch) (Answer, error) {
	old, err := arrow18.Record(rec)
	if err != nil {
		return Answer{}, err
	}
	defer old.Release()
	return rowsAnswer(old), nil
}
