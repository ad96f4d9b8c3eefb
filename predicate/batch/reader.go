package batch

import (
	"context"
	"iter"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Reader returns [Filter.Records] as a RecordReader with the schema of r. A
// record is valid until the next call of Next. Always release the Reader:
// Release stops the goroutines of the stream.
func (f *Filter) Reader(ctx context.Context, r array.RecordReader) array.RecordReader {
	next, stop := iter.Pull2(f.Records(ctx, r))
	v := &reader{next: next, stop: stop}
	v.refs.Store(1)
	if r != nil {
		r.Retain()
		v.from, v.schema = r, r.Schema()
	}
	return v
}

type reader struct {
	refs   atomic.Int64
	from   array.RecordReader
	schema *arrow.Schema
	next   func() (arrow.Record, error, bool)
	stop   func()
	rec    arrow.Record
	err    error
}

func (v *reader) Schema() *arrow.Schema { return v.schema }
func (v *reader) Record() arrow.Record  { return v.rec }
func (v *reader) Err() error            { return v.err }

func (v *reader) Next() bool {
	if v.err != nil {
		return false
	}
	rec, err, ok := v.next()
	if !ok || err != nil {
		v.rec, v.err = nil, err
		return false
	}
	v.rec = rec
	return true
}

func (v *reader) Retain() { v.refs.Add(1) }

func (v *reader) Release() {
	if v.refs.Add(-1) == 0 {
		v.rec = nil
		v.stop()
		if v.from != nil {
			v.from.Release()
		}
	}
}
