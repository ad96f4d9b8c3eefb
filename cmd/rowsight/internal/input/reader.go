package input

import (
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// batches makes an [array.RecordReader] of a function that returns the next
// record, which the caller owns, or nil after the last.
type batches struct {
	schema *arrow.Schema
	next   func() (arrow.Record, error)
	close  func()

	refs atomic.Int64
	rec  arrow.Record
	err  error
	done bool
}

var _ array.RecordReader = (*batches)(nil)

func newBatches(schema *arrow.Schema, next func() (arrow.Record, error), close func()) *batches {
	b := &batches{schema: schema, next: next, close: close}
	b.refs.Store(1)
	return b
}

func (b *batches) Schema() *arrow.Schema { return b.schema }
func (b *batches) Record() arrow.Record  { return b.rec }
func (b *batches) Err() error            { return b.err }
func (b *batches) Retain()               { b.refs.Add(1) }

func (b *batches) Release() {
	if b.refs.Add(-1) > 0 {
		return
	}
	b.drop()
	b.done = true
	if b.close != nil {
		b.close()
		b.close = nil
	}
}

func (b *batches) drop() {
	if b.rec != nil {
		b.rec.Release()
		b.rec = nil
	}
}

// Next moves to the next record. The one before stays valid only for those
// who retained it.
func (b *batches) Next() bool {
	b.drop()
	if b.done {
		return false
	}
	if b.rec, b.err = b.next(); b.err != nil {
		b.drop()
	}
	b.done = b.rec == nil
	return !b.done
}
