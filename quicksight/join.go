package quicksight

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/source"
)

// maxRight is how many rows the right table of a join has at most: they are in
// memory while the left one is read.
const maxRight = 5_000_000

// joinRows is how many rows a record of a join has.
const joinRows = 16_384

var errRight = fmt.Errorf("the right table of a join has more than %d rows", maxRight)

// joined are the rows of two tables, as SQL joins them: NULL and "" equal nothing,
// and text is compared by code point.
type joined struct {
	left, right spice.Source
	how         *planJoin
}

// Records implements [spice.Source].
func (j joined) Records(ctx context.Context) (array.RecordReader, error) {
	right, err := j.right.Records(ctx)
	if err != nil {
		return nil, err
	}
	out := &joinedReader{how: j.how, places: make(map[string][]place)}
	err = out.keep(ctx, right)
	right.Release()
	if err == nil {
		var left array.RecordReader
		if left, err = j.left.Records(ctx); err == nil {
			out.left = left
			err = out.open(right.Schema())
		}
	}
	if err != nil {
		out.close()
		return nil, err
	}
	return batches.New(out.builder.Schema(), out.next, out.close), nil
}

// A place is a row of the right table.
type place struct{ record, row int }

type joinedReader struct {
	how     *planJoin
	left    array.RecordReader
	leftOn  []int
	kept    []arrow.Record
	places  map[string][]place
	builder *array.RecordBuilder
	take    []appender

	row     int      // of the record of the left table that is next
	matches []place  // of that row that were not written yet
	found   [][]bool // rows of the right table that matched, if those without a match stay
	rest    place    // the row of the right table that is next, once the left one has ended
	ended   bool     // the left table has ended
}

// keep reads the right table.
func (r *joinedReader) keep(ctx context.Context, right array.RecordReader) error {
	on, err := r.columns(right.Schema(), func(p planPair) string { return p.Right })
	if err != nil {
		return err
	}
	rows := int64(0)
	var key []byte
	for right.Next() {
		rec := right.Record()
		if rows += rec.NumRows(); rows > maxRight {
			return errRight
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rec.Retain()
		r.kept = append(r.kept, rec)
		if r.how.OuterRight {
			r.found = append(r.found, make([]bool, rec.NumRows()))
		}
		for row := range int(rec.NumRows()) {
			var ok bool
			if key, ok = keyOf(key[:0], rec, on, row); ok {
				r.places[string(key)] = append(r.places[string(key)], place{len(r.kept) - 1, row})
			}
		}
	}
	return right.Err()
}

func (r *joinedReader) columns(schema *arrow.Schema, name func(planPair) string) (at []int, err error) {
	for _, pair := range r.how.On {
		found := schema.FieldIndices(name(pair))
		if len(found) != 1 {
			return nil, source.ErrColumns
		}
		at = append(at, found[0])
	}
	return at, nil
}

func (r *joinedReader) open(right *arrow.Schema) (err error) {
	if r.leftOn, err = r.columns(r.left.Schema(), func(p planPair) string { return p.Left }); err != nil {
		return err
	}
	var fields []arrow.Field
	for _, schema := range []*arrow.Schema{r.left.Schema(), right} {
		for _, f := range schema.Fields() {
			f.Nullable = true
			take, ok := appending(f.Type)
			if !ok {
				return fmt.Errorf("%w: a column of type %s cannot be joined", source.ErrColumns, f.Type)
			}
			fields, r.take = append(fields, f), append(r.take, take)
		}
	}
	r.builder = array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	r.row = -1
	return nil
}

// keyOf appends what rows must have in common to match. ok is false if a part is
// NULL or "", which match nothing, as in rules (S2).
func keyOf(b []byte, rec arrow.Record, on []int, row int) (key []byte, ok bool) {
	for _, at := range on {
		column := rec.Column(at)
		if column.IsNull(row) {
			return b, false
		}
		switch c := column.(type) {
		case *array.String:
			if c.ValueLen(row) == 0 {
				return b, false
			}
			b = binary.AppendUvarint(b, uint64(len(c.Value(row))))
			b = append(b, c.Value(row)...)
		case *array.Int64:
			b = binary.BigEndian.AppendUint64(b, uint64(c.Value(row)))
		case *array.Int16:
			b = binary.BigEndian.AppendUint64(b, uint64(int64(c.Value(row))))
		default:
			return b, false // open refuses such a column
		}
	}
	return b, true
}

// An appender appends a value of a column, or NULL.
type appender func(b array.Builder, a arrow.Array, row int)

// appending returns how to append the values of a type.
func appending(t arrow.DataType) (_ appender, ok bool) {
	switch t.ID() {
	case arrow.STRING:
		return appends[*array.StringBuilder, *array.String](), true
	case arrow.INT64:
		return appends[*array.Int64Builder, *array.Int64](), true
	case arrow.INT16:
		return appends[*array.Int16Builder, *array.Int16](), true
	case arrow.FLOAT64:
		return appends[*array.Float64Builder, *array.Float64](), true
	case arrow.DECIMAL128:
		return appends[*array.Decimal128Builder, *array.Decimal128](), true
	case arrow.DATE32:
		return appends[*array.Date32Builder, *array.Date32](), true
	case arrow.TIMESTAMP:
		return appends[*array.TimestampBuilder, *array.Timestamp](), true
	}
	return nil, false
}

func appends[B interface {
	array.Builder
	Append(v V)
}, A interface{ Value(row int) V }, V any]() appender {
	return func(b array.Builder, a arrow.Array, row int) {
		if a.IsNull(row) {
			b.AppendNull()
			return
		}
		b.(B).Append(a.(A).Value(row))
	}
}

// append writes one row of both tables; a side is nil for a row without a match
// there.
func (r *joinedReader) append(left arrow.Record, row int, right arrow.Record, at int) {
	columns := r.left.Schema().NumFields()
	for i := range r.take {
		switch {
		case i < columns && left != nil:
			r.take[i](r.builder.Field(i), left.Column(i), row)
		case i >= columns && right != nil:
			r.take[i](r.builder.Field(i), right.Column(i-columns), at)
		default:
			r.builder.Field(i).AppendNull()
		}
	}
}

// next builds the next record.
func (r *joinedReader) next() (arrow.Record, error) {
	rows := 0
	var key []byte
	for rows < joinRows && !r.ended {
		if len(r.matches) > 0 {
			m := r.matches[0]
			r.matches = r.matches[1:]
			r.append(r.left.Record(), r.row-1, r.kept[m.record], m.row)
			rows++
			continue
		}
		if r.row < 0 || int64(r.row) == r.left.Record().NumRows() {
			if r.row >= 0 && rows > 0 {
				break // the record of the left table is good until the next call
			}
			if !r.left.Next() {
				if err := r.left.Err(); err != nil {
					return nil, err
				}
				r.ended = true
				break
			}
			r.row = 0
			continue
		}
		rec := r.left.Record()
		var ok bool
		if key, ok = keyOf(key[:0], rec, r.leftOn, r.row); ok {
			r.matches = r.places[string(key)]
			if r.how.OuterRight {
				for _, m := range r.matches {
					r.found[m.record][m.row] = true
				}
			}
		}
		if len(r.matches) == 0 && r.how.Outer {
			r.append(rec, r.row, nil, 0)
			rows++
		}
		r.row++
	}
	if r.ended {
		rows = r.unmatched(rows)
	}
	if rows == 0 {
		return nil, nil
	}
	return r.builder.NewRecord(), nil
}

// unmatched appends rows of the right table that matched nothing, until the record
// is full, and returns how many rows it has then.
func (r *joinedReader) unmatched(rows int) int {
	for r.how.OuterRight && r.rest.record < len(r.kept) && rows < joinRows {
		at := r.rest
		if r.rest.row++; int64(r.rest.row) >= r.kept[at.record].NumRows() {
			r.rest = place{at.record + 1, 0}
		}
		if at.row < len(r.found[at.record]) && !r.found[at.record][at.row] {
			r.append(nil, 0, r.kept[at.record], at.row)
			rows++
		}
	}
	return rows
}

// close drops both tables.
func (r *joinedReader) close() {
	for _, rec := range r.kept {
		rec.Release()
	}
	r.kept, r.places, r.matches, r.found = nil, nil, nil, nil
	if r.builder != nil {
		r.builder.Release()
	}
	if r.left != nil {
		r.left.Release()
	}
}
