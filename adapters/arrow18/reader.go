package arrow18

import (
	"sync/atomic"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
)

// Reader returns a v15 reader of the batches of a v18 reader. It retains src
// until its own last Release; the caller still releases src.
//
// A batch that cannot be converted, or that has another schema than src, ends
// the reader: Next returns false and Err returns the error. Only Retain and
// Release are safe for concurrent use.
func Reader(src array18.RecordReader) (array15.RecordReader, error) {
	schema, err := Schema(src.Schema())
	if err != nil {
		return nil, err
	}
	src.Retain()
	r := &reader15{reader: reader[v15.Record]{src: src}, schema: schema}
	from := src.Schema()
	r.convert = func() (v15.Record, error) {
		rec := src.RecordBatch()
		if s := rec.Schema(); s != from && !s.Equal(from) {
			return nil, errSchema
		}
		return record(schema, rec)
	}
	r.refs.Store(1)
	return r, nil
}

// FromReader returns a v18 reader of the records of a v15 reader, with the
// rules of [Reader].
func FromReader(src array15.RecordReader) (array18.RecordReader, error) {
	schema, err := FromSchema(src.Schema())
	if err != nil {
		return nil, err
	}
	src.Retain()
	r := &reader18{reader: reader[v18.RecordBatch]{src: src}, schema: schema}
	from := src.Schema()
	r.convert = func() (v18.RecordBatch, error) {
		rec := src.Record()
		if s := rec.Schema(); s != from && !s.Equal(from) {
			return nil, errSchema
		}
		return fromRecord(schema, rec)
	}
	r.refs.Store(1)
	return r, nil
}

var errSchema = &Error{Err: malformed("a batch has another schema than its reader")}

// A reader converts each batch of src as it comes.
type reader[R interface{ Release() }] struct {
	refs atomic.Int64
	src  interface {
		Next() bool
		Err() error
		Release()
	}
	convert func() (R, error) // the current batch of src
	cur     R
	has     bool // cur is there
	err     error
}

func (r *reader[R]) Err() error { return r.err }
func (r *reader[R]) Retain()    { r.refs.Add(1) }

func (r *reader[R]) Release() {
	if r.refs.Add(-1) == 0 {
		r.drop()
		r.src.Release()
	}
}

func (r *reader[R]) Next() bool {
	r.drop()
	if r.err != nil {
		return false
	}
	if !r.src.Next() {
		r.err = r.src.Err()
		return false
	}
	cur, err := r.convert()
	if err != nil {
		r.err = err
		return false
	}
	r.cur, r.has = cur, true
	return true
}

func (r *reader[R]) drop() {
	if r.has {
		r.cur.Release()
		var none R
		r.cur, r.has = none, false
	}
}

type reader15 struct {
	reader[v15.Record]
	schema *v15.Schema
}

func (r *reader15) Schema() *v15.Schema { return r.schema }
func (r *reader15) Record() v15.Record  { return r.cur }

type reader18 struct {
	reader[v18.RecordBatch]
	schema *v18.Schema
}

func (r *reader18) Schema() *v18.Schema          { return r.schema }
func (r *reader18) RecordBatch() v18.RecordBatch { return r.cur }
func (r *reader18) Record() v18.RecordBatch      { return r.cur } // the old name, which the interface still asks for
