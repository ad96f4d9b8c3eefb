package quicksight

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/source"
)

// errNaN ends an ingestion, or a read of a database, whose filter meets a number that compares with none.
var errNaN = errors.New("a column with a filter has a value that is not a number")

// bounded are the rows of a source that filters of numbers and dates keep.
type bounded struct {
	rows    spice.Source
	filters []planFilter
}

// boundedSource returns rows with filters, and the rows themselves without any.
func boundedSource(rows spice.Source, filters []planFilter) spice.Source {
	if len(filters) == 0 {
		return rows
	}
	return bounded{rows, filters}
}

// Records implements [spice.Source].
func (b bounded) Records(ctx context.Context) (array.RecordReader, error) {
	r, err := b.rows.Records(ctx)
	if err != nil {
		return nil, err
	}
	out := &boundedReader{rows: r}
	if err := out.open(b.filters); err != nil {
		r.Release()
		return nil, err
	}
	return batches.New(r.Schema(), out.next, r.Release), nil
}

// A test reports whether a value that is not NULL is within bounds.
type test func(a arrow.Array, row int) (bool, error)

type boundedReader struct {
	rows  array.RecordReader
	at    []int
	tests []test
	take  []appender
}

func (r *boundedReader) open(filters []planFilter) error {
	schema := r.rows.Schema()
	for _, f := range filters {
		found := schema.FieldIndices(f.From)
		if len(found) != 1 || !fits(schema.Field(found[0]).Type, f.Bounds.Type) {
			return fmt.Errorf("%w: a column with a filter is not in the source as %s", source.ErrColumns, f.Bounds.Type)
		}
		one, ok := f.Bounds.test(schema.Field(found[0]).Type)
		if !ok {
			return fmt.Errorf("%w: a filter cannot compare a column of type %s", source.ErrColumns, schema.Field(found[0]).Type)
		}
		r.at, r.tests = append(r.at, found[0]), append(r.tests, one)
	}
	for _, f := range schema.Fields() {
		take, ok := appending(f.Type)
		if !ok {
			return fmt.Errorf("%w: a column of type %s cannot be filtered", source.ErrColumns, f.Type)
		}
		r.take = append(r.take, take)
	}
	return nil
}

// test returns how to compare the values of a type: exactly, as whole numbers of
// its smallest unit, or as floating-point numbers.
func (b *planBounds) test(t arrow.DataType) (test, bool) {
	unit := big.NewInt(1)
	switch t := t.(type) {
	case *arrow.Float64Type:
		return b.floats()
	case *arrow.Decimal128Type:
		unit.Exp(big.NewInt(10), big.NewInt(int64(t.Scale)), nil)
		low, high, ok := b.whole(unit)
		return func(a arrow.Array, row int) (bool, error) {
			v := a.(*array.Decimal128).Value(row).BigInt()
			return ((low == nil || v.Cmp(low) >= 0) && (high == nil || v.Cmp(high) <= 0)) != b.Not, nil
		}, ok && t.Scale >= 0
	case *arrow.TimestampType:
		unit.SetInt64(int64(t.Unit.Multiplier()))
		unit.Div(big.NewInt(1e9), unit)
		return b.integers(unit, func(a arrow.Array, row int) int64 { return int64(a.(*array.Timestamp).Value(row)) })
	case *arrow.Date32Type:
		const day = 86_400
		return b.integers(unit, func(a arrow.Array, row int) int64 { return int64(a.(*array.Date32).Value(row)) * day })
	case *arrow.Int64Type:
		return b.integers(unit, func(a arrow.Array, row int) int64 { return a.(*array.Int64).Value(row) })
	case *arrow.Int16Type:
		return b.integers(unit, func(a arrow.Array, row int) int64 { return int64(a.(*array.Int16).Value(row)) })
	}
	return nil, false
}

func (b *planBounds) integers(unit *big.Int, value func(a arrow.Array, row int) int64) (test, bool) {
	low, high, ok := b.whole(unit)
	least, most, none := int64(math.MinInt64), int64(math.MaxInt64), false
	if low != nil {
		switch {
		case low.IsInt64():
			least = low.Int64()
		case low.Sign() > 0:
			none = true
		}
	}
	if high != nil {
		switch {
		case high.IsInt64():
			most = high.Int64()
		case high.Sign() < 0:
			none = true
		}
	}
	return func(a arrow.Array, row int) (bool, error) {
		v := value(a, row)
		return (!none && v >= least && v <= most) != b.Not, nil
	}, ok
}

func (b *planBounds) floats() (test, bool) {
	least, most, ok := math.Inf(-1), math.Inf(1), true
	bound := func(of *planBound, to *float64) bool {
		if of == nil {
			return true
		}
		f, err := strconv.ParseFloat(of.Value, 64)
		ok, *to = ok && err == nil, f
		return of.Inclusive
	}
	withLeast, withMost := bound(b.Min, &least), bound(b.Max, &most)
	return func(a arrow.Array, row int) (bool, error) {
		v := a.(*array.Float64).Value(row)
		if math.IsNaN(v) {
			return false, errNaN
		}
		in := (v > least || withLeast && v == least) && (v < most || withMost && v == most)
		return in != b.Not, nil
	}, ok
}

// next returns the next record with a row that is kept.
func (r *boundedReader) next() (arrow.Record, error) {
	for r.rows.Next() {
		rec := r.rows.Record()
		var rows []int
		for row := range int(rec.NumRows()) {
			kept, err := r.keeps(rec, row)
			if err != nil {
				return nil, err
			}
			if kept {
				rows = append(rows, row)
			}
		}
		switch len(rows) {
		case 0:
			continue
		case int(rec.NumRows()):
			rec.Retain()
			return rec, nil
		}
		return r.pick(rec, rows), nil
	}
	return nil, r.rows.Err()
}

// keeps reports whether all filters keep a row. NULL is kept by none.
func (r *boundedReader) keeps(rec arrow.Record, row int) (bool, error) {
	for i, at := range r.at {
		column := rec.Column(at)
		if column.IsNull(row) {
			return false, nil
		}
		if ok, err := r.tests[i](column, row); !ok {
			return false, err
		}
	}
	return true, nil
}

func (r *boundedReader) pick(rec arrow.Record, rows []int) arrow.Record {
	builder := array.NewRecordBuilder(memory.DefaultAllocator, rec.Schema())
	defer builder.Release()
	for i, column := range rec.Columns() {
		for _, row := range rows {
			r.take[i](builder.Field(i), column, row)
		}
	}
	return builder.NewRecord()
}
