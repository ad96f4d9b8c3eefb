package distinct

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/recovered"
	"github.com/rowsight/rowsight/predicate/batch"
)

// ErrNoReader says that there is nothing to read: the reader is nil.
var ErrNoReader = errors.New("no records: the reader is nil")

// Read counts the combinations in columns of all of r, which it neither retains
// nor releases. An error of [Project], of reading, or of r comes with no Table.
func Read(r array.RecordReader, columns []string) (*Table, error) {
	if r == nil {
		return nil, ErrNoReader
	}
	project, err := Project(r.Schema(), columns)
	if err != nil {
		return nil, err
	}
	b := NewBuilder(columns)
	for r.Next() {
		if err := b.record(project, r); err != nil {
			return nil, err
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return b.Table(), nil
}

// record adds the rows of the current record of r.
func (b *Builder) record(p *Projection, r array.RecordReader) (err error) {
	defer func() {
		if p := recover(); p != nil { // buffers that contradict each other
			err = fmt.Errorf("%w: %w", batch.ErrMalformed, recovered.Error(p, nil))
		}
	}()
	rec := r.Record()
	if rec == nil || !p.fits(rec) {
		return batch.ErrSchema
	}
	n := int(rec.NumRows())
	ids := make([]func(row int) uint32, len(p.columns))
	for i, column := range p.columns {
		a := rec.Column(column)
		if a.Len() != n {
			return batch.ErrMalformed
		}
		ids[i] = b.t.values[i].reader(a)
	}
	for row := range n {
		b.add(func(i int) uint32 { return ids[i](row) })
	}
	return nil
}

// reader returns a function that returns the id of the value of a row. A value
// of a dictionary has an id once a row holds it.
func (v *values) reader(a arrow.Array) func(row int) uint32 {
	switch a := a.(type) {
	case *array.Dictionary:
		of := v.once(a.Dictionary())
		return func(row int) uint32 {
			if a.IsNull(row) {
				return 0
			}
			return of(a.GetValueIndex(row))
		}
	case *array.RunEndEncoded:
		of := v.once(a.Values())
		return func(row int) uint32 { return of(a.GetPhysicalIndex(row)) }
	case interface {
		IsNull(int) bool
		Value(int) string
	}:
		last := uint32(0)
		return func(row int) uint32 {
			if a.IsNull(row) {
				return 0
			}
			if text := a.Value(row); text != v.texts[last] { // rows are often sorted
				last = v.id(text)
			}
			return last
		}
	default:
		return func(int) uint32 { return 0 } // no text, which Project refuses
	}
}

// once is the reader of an array whose rows are asked for many times.
func (v *values) once(a arrow.Array) func(row int) uint32 {
	read, known := v.reader(a), make([]uint32, a.Len()) // id + 1
	return func(row int) uint32 {
		if known[row] == 0 {
			known[row] = read(row) + 1
		}
		return known[row] - 1
	}
}
