package eval

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/query"
)

// A Result is the answer to a question. The zero Result has no rows.
type Result struct {
	// Rows has one row for each group, or the rows of a page, with the columns of
	// [query.Plan.Output].
	Rows arrow.Record
	// Totals has one row with the measures of all filtered rows; nil if the
	// question has no totals.
	Totals arrow.Record
}

// Release releases the records.
func (r *Result) Release() {
	if r == nil {
		return
	}
	for _, rec := range []arrow.Record{r.Rows, r.Totals} {
		if rec != nil {
			rec.Release()
		}
	}
	r.Rows, r.Totals = nil, nil
}

// Schema returns the Arrow schema of columns of an answer.
func Schema(columns []query.Column) *arrow.Schema {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.Name, Type: typeOf(c), Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

func typeOf(c query.Column) arrow.DataType {
	switch c.Kind {
	case query.Text:
		return arrow.BinaryTypes.String
	case query.Bool:
		return arrow.FixedWidthTypes.Boolean
	case query.Int:
		return arrow.PrimitiveTypes.Int64
	case query.Decimal:
		return &arrow.Decimal128Type{Precision: int32(c.Precision), Scale: int32(c.Scale)}
	case query.Float:
		return arrow.PrimitiveTypes.Float64
	case query.Date:
		return arrow.FixedWidthTypes.Date32
	case query.Time:
		if c.UTC {
			return arrow.FixedWidthTypes.Timestamp_us
		}
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	}
	return arrow.Null
}

func (e *evaluation) finish() (*Result, error) {
	if e.rows {
		return e.finishList()
	}
	groups, err := e.merged()
	if err != nil {
		return nil, err
	}
	if len(e.kinds) == 0 && len(groups) == 0 { // the one group of no row
		groups = append(groups, e.newGroup(nil))
	}
	q := e.plan.Query()
	out := e.plan.Output()
	var r Result
	if q.Totals {
		total := e.newGroup(nil)
		for _, g := range groups {
			total.merge(g)
		}
		if err := results([]*group{total}, 0); err != nil {
			return nil, err
		}
		if r.Totals, err = e.build([]*group{total}, out[len(e.kinds):]); err != nil {
			return nil, err
		}
	}
	if err := results(groups, len(e.kinds)); err != nil {
		r.Release()
		return nil, err
	}
	if r.Rows, err = e.build(page(groups, sortKeys(e.plan), q.Offset, q.Limit), out); err != nil {
		r.Release()
		return nil, err
	}
	return &r, nil
}

// build returns the record of groups.
func (e *evaluation) build(groups []*group, columns []query.Column) (arrow.Record, error) {
	b := array.NewRecordBuilder(e.mem, Schema(columns))
	defer b.Release()
	for _, g := range groups {
		for i, c := range g.out {
			if err := appendCell(b.Field(i), c, columns[i]); err != nil {
				return nil, fmt.Errorf("%q: %w", columns[i].Name, err)
			}
		}
	}
	return b.NewRecord(), nil
}

func appendCell(b array.Builder, c cell, t query.Column) error {
	if !c.ok {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(c.s)
	case *array.BooleanBuilder:
		b.Append(c.x.n == 1)
	case *array.Int64Builder:
		b.Append(c.x.n)
	case *array.Float64Builder:
		if math.IsNaN(c.f) {
			c.f = math.NaN() // without a payload
		}
		b.Append(c.f)
	case *array.Date32Builder:
		b.Append(arrow.Date32(c.x.n))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(c.x.n))
	case *array.Decimal128Builder:
		n, ok := c.x.decimal()
		if !ok || !n.FitsInPrecision(int32(t.Precision)) {
			return fmt.Errorf("%w: decimal(%d,%d)", ErrOverflow, t.Precision, t.Scale)
		}
		b.Append(n)
	default:
		b.AppendNull()
	}
	return nil
}
