package arrow18

import (
	"sync/atomic"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
)

// Reader returns a v15 reader of the batches of a v18 reader. It keeps a
// reference of src until its own last Release; the caller still owns theirs.
//
// A batch that cannot be converted, or whose schema is not that of src, ends
// the reader: Next returns false and Err says why. Retain and Release may be
// called from many goroutines, the rest from one at a time.
func Reader(src array18.RecordReader) (array15.RecordReader, error) {
	schema, err := Schema(src.Schema())
	if err != nil {
		return nil, err
	}
	src.Retain()
	r := &reader15{src: src, from: src.Schema(), schema: schema}
	r.refs.Store(1)
	return r, nil
}

// FromReader returns a v18 reader of the records of a v15 reader, with the
// same duties as [Reader].
func FromReader(src array15.RecordReader) (array18.RecordReader, error) {
	schema, err := FromSchema(src.Schema())
	if err != nil {
		return nil, err
	}
	src.Retain()
	r := &reader18{src: src, from: src.Schema(), schema: schema}
	r.refs.Store(1)
	return r, nil
}

// reader15 converts the schema once and each batch as it comes.
type reader15 struct {
	refs   atomic.Int64
	src    array18.RecordReader
	from   *v18.Schema
	schema *v15.Schema
	cur    v15.Record
	err    error
}

func (r *reader15) Schema() *v15.Schema { return r.schema }
func (r *reader15) Record() v15.Record  { return r.cur }
func (r *reader15) Err() error          { return r.err }
func (r *reader15) Retain()             { r.refs.Add(1) }

func (r *reader15) Release() {
	if r.refs.Add(-1) == 0 {
		r.drop()
		r.src.Release()
	}
}

func (r *reader15) Next() bool {
	r.drop()
	if r.err != nil {
		return false
	}
	if !r.src.Next() {
		r.err = r.src.Err()
		return false
	}
	rec := r.src.RecordBatch()
	if s := rec.Schema(); s != r.from && !s.Equal(r.from) {
		r.err = &Error{Err: malformed("a batch has another schema than its reader")}
		return false
	}
	r.cur, r.err = record(r.schema, rec)
	return r.err == nil
}

func (r *reader15) drop() {
	if r.cur != nil {
		r.cur.Release()
		r.cur = nil
	}
}

// reader18 is reader15 the other way round.
type reader18 struct {
	refs   atomic.Int64
	src    array15.RecordReader
	from   *v15.Schema
	schema *v18.Schema
	cur    v18.RecordBatch
	err    error
}

func (r *reader18) Schema() *v18.Schema          { return r.schema }
func (r *reader18) RecordBatch() v18.RecordBatch { return r.cur }
func (r *reader18) Record() v18.RecordBatch      { return r.cur } // the old name, which the interface still asks for
func (r *reader18) Err() error                   { return r.err }
func (r *reader18) Retain()                      { r.refs.Add(1) }

func (r *reader18) Release() {
	if r.refs.Add(-1) == 0 {
		r.drop()
		r.src.Release()
	}
}

func (r *reader18) Next() bool {
	r.drop()
	if r.err != nil {
		return false
	}
	if !r.src.Next() {
		r.err = r.src.Err()
		return false
	}
	rec := r.src.Record()
	if s := rec.Schema(); s != r.from && !s.Equal(r.from) {
		r.err = &Error{Err: malformed("a record has another schema than its reader")}
		return false
	}
	r.cur, r.err = fromRecord(r.schema, rec)
	return r.err == nil
}

func (r *reader18) drop() {
	if r.cur != nil {
		r.cur.Release()
		r.cur = nil
	}
}
