package spice

import (
	"context"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// dataReader is data as a RecordReader, for what the store itself reads: rules,
// and the rows that a SPICE child is made of.
type dataReader struct {
	t       *data
	ctx     context.Context
	columns []int
	schema  *arrow.Schema
	owned   bool // closes t with the last reference
	rec     arrow.Record
	err     error
	refs    atomic.Int64
}

// reader returns all records as they are delivered. It does not close t.
func (t *data) reader(ctx context.Context) array.RecordReader {
	r := &dataReader{t: t, ctx: ctx, schema: t.root}
	for i := range t.root.NumFields() {
		r.columns = append(r.columns, i)
	}
	r.refs.Store(1)
	return r
}

// renamed returns all records with the columns of a child. It closes t.
func (t *data) renamed(ctx context.Context, columns []levelColumn) array.RecordReader {
	r := &dataReader{t: t, ctx: ctx, owned: true}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		r.columns = append(r.columns, c.root)
		fields[i] = t.root.Field(c.root)
		fields[i].Name = c.name
	}
	r.schema = arrow.NewSchema(fields, nil)
	r.refs.Store(1)
	return r
}

// Retain adds a reference.
func (r *dataReader) Retain() { r.refs.Add(1) }

// Release removes a reference.
func (r *dataReader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	r.drop()
	if r.owned {
		r.t.close()
	}
}

func (r *dataReader) drop() {
	if r.rec != nil {
		r.rec.Release()
		r.rec = nil
	}
}

// Schema returns the schema of the records.
func (r *dataReader) Schema() *arrow.Schema { return r.schema }

// Record returns the current record.
func (r *dataReader) Record() arrow.Record { return r.rec }

// Err returns the error that ended the records early.
func (r *dataReader) Err() error { return r.err }

// Next reads the next record.
func (r *dataReader) Next() bool {
	r.drop()
	if r.err != nil {
		return false
	}
	rec, err := r.t.next(r.ctx)
	if rec == nil {
		r.err = err
		return false
	}
	defer rec.Release()
	if r.t.direct == nil {
		r.rec = spicefile.Deliver(rec, r.columns, r.schema, r.t.store.mem)
		return true
	}
	names := make([]string, len(r.columns))
	for i, at := range r.columns {
		names[i] = r.t.root.Field(at).Name
	}
	part, err := project(rec, names)
	if err != nil {
		r.err = err
		return false
	}
	defer part.Release()
	r.rec = array.NewRecord(r.schema, part.Columns(), part.NumRows())
	return true
}
