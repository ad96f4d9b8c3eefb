package distinct

import (
	"iter"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate/batch"
)

// Rows returns the texts of each row of rec from row on, in the order of the
// projection's columns; "" stands for NULL. The slice is good until the next
// row. An error ends the rows: [batch.ErrSchema] for a record of another
// schema, [batch.ErrMalformed] for buffers that contradict each other.
func (p *Projection) Rows(rec arrow.Record, row int) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		if rec == nil || !p.fits(rec) {
			yield(nil, batch.ErrSchema)
			return
		}
		left := int(rec.NumRows()) - row
		if row < 0 || left <= 0 {
			return
		}
		if len(p.columns) == 0 {
			for range left {
				if !yield(nil, nil) {
					return
				}
			}
			return
		}
		texts, done := p.open(rec, row)
		defer done()
		cells := make([]string, len(p.columns))
		for texts.Next() {
			for i := range cells {
				cells[i], _ = texts.Text(i)
			}
			if texts.Err() != nil {
				break // found while reading: these cells are not what the data holds
			}
			left--
			if !yield(cells, nil) {
				return
			}
		}
		if err := texts.Err(); err != nil {
			yield(nil, err)
		} else if left != 0 {
			yield(nil, batch.ErrMalformed)
		}
	}
}

// open returns the text columns of a record, from a row on.
func (p *Projection) open(rec arrow.Record, row int) (rows *batch.Rows, done func()) {
	columns := make([]arrow.Array, len(p.columns))
	for i, c := range p.columns {
		columns[i] = rec.Column(c)
	}
	part := array.NewRecord(p.schema, columns, rec.NumRows())
	slice := part.NewSlice(int64(row), rec.NumRows())
	part.Release()
	reader, err := array.NewRecordReader(p.schema, []arrow.Record{slice})
	slice.Release()
	if err != nil {
		return batch.NewRows(nil), func() {} // it says that there is no reader
	}
	return batch.NewRows(reader), reader.Release
}
