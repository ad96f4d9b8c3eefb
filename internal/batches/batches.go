// Package batches makes Arrow readers of functions.
package batches

import (
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// A Reader is an [array.RecordReader] made of a function that returns the next
// record, which the reader then owns, or nil after the last. It is not safe for
// concurrent use, but for Retain and Release. The zero Reader has no record.
type Reader struct {
	schema *arrow.Schema
	next   func() (arrow.Record, error)
	close  func()

	refs atomic.Int64
	rec  arrow.Record
	err  error
	done bool
}

var _ array.RecordReader = (*Reader)(nil)

// New returns a reader of what next returns. close, which may be nil, is
// called once, by the last Release.
func New(schema *arrow.Schema, next func() (arrow.Record, error), close func()) *Reader {
	b := &Reader{schema: schema, next: next, close: close}
	b.refs.Store(1)
	return b
}

// Schema returns the schema of all records.
func (b *Reader) Schema() *arrow.Schema { return b.schema }

// Record returns the current record, good until the next call of Next.
func (b *Reader) Record() arrow.Record { return b.rec }

// Err returns what ended the reader before its end.
func (b *Reader) Err() error { return b.err }

// Retain adds a reference.
func (b *Reader) Retain() { b.refs.Add(1) }

// Release drops a reference; the last closes the reader.
func (b *Reader) Release() {
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

func (b *Reader) drop() {
	if b.rec != nil {
		b.rec.Release()
		b.rec = nil
	}
}

// Next moves to the next record. The one before stays valid only for those
// who retained it.
func (b *Reader) Next() bool {
	b.drop()
	if b.done || b.next == nil {
		return false
	}
	if b.rec, b.err = b.next(); b.err != nil {
		b.drop()
	}
	b.done = b.rec == nil
	return !b.done
}
