package eval

import (
	"fmt"
	"math/big"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/query"
)

// Columns returns the columns of an Arrow schema for questions. A column of an
// unsupported type is [query.Other].
func Columns(schema *arrow.Schema) []query.Column {
	if schema == nil {
		return nil
	}
	columns := make([]query.Column, schema.NumFields())
	for i, f := range schema.Fields() {
		columns[i] = columnOf(f.Type)
		columns[i].Name = f.Name
	}
	return columns
}

func columnOf(t arrow.DataType) query.Column {
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType:
		return query.Column{Kind: query.Text}
	case *arrow.DictionaryType:
		if c := columnOf(t.ValueType); c.Kind == query.Text && t.ValueType.ID() != arrow.DICTIONARY {
			return c
		}
	case *arrow.BooleanType:
		return query.Column{Kind: query.Bool}
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Int64Type, *arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type:
		return query.Column{Kind: query.Int}
	case *arrow.Uint64Type:
		return query.Column{Kind: query.Decimal, Precision: 20}
	case *arrow.Float32Type, *arrow.Float64Type:
		return query.Column{Kind: query.Float}
	case *arrow.Decimal128Type:
		if t.Precision >= 1 && t.Precision <= query.MaxPrecision && t.Scale >= 0 && t.Scale <= t.Precision {
			return query.Column{Kind: query.Decimal, Precision: int(t.Precision), Scale: int(t.Scale)}
		}
	case *arrow.Date32Type, *arrow.Date64Type:
		return query.Column{Kind: query.Date}
	case *arrow.TimestampType:
		return query.Column{Kind: query.Time, UTC: t.TimeZone != ""}
	}
	return query.Column{}
}

// A reader reads the cells of a column of one record.
type reader func(row int) (cell, error)

// readerOf returns the reader of an array. Arrays of types that questions cannot
// use can only be counted: their cells hold no value.
func readerOf(arr arrow.Array) reader {
	read := func(value func(row int) cell) reader {
		return func(row int) (cell, error) {
			if arr.IsNull(row) {
				return cell{}, nil
			}
			return value(row), nil
		}
	}
	switch a := arr.(type) {
	case *array.Dictionary:
		values := readerOf(a.Dictionary())
		return func(row int) (cell, error) {
			if a.IsNull(row) {
				return cell{}, nil
			}
			return values(a.GetValueIndex(row))
		}
	case *array.String:
		return func(row int) (cell, error) {
			if a.IsNull(row) {
				return cell{}, nil
			}
			return cell{ok: true, s: a.Value(row)}, nil
		}
	case *array.LargeString:
		return read(func(row int) cell { return cell{ok: true, s: a.Value(row)} })
	case *array.StringView:
		return read(func(row int) cell { return cell{ok: true, s: a.Value(row)} })
	case *array.Boolean:
		return read(func(row int) cell { return cell{ok: true, x: whole(truth(a.Value(row)))} })
	case *array.Int8:
		return numbers(a, a.Int8Values())
	case *array.Int16:
		return numbers(a, a.Int16Values())
	case *array.Int32:
		return numbers(a, a.Int32Values())
	case *array.Int64:
		return numbers(a, a.Int64Values())
	case *array.Uint8:
		return numbers(a, a.Uint8Values())
	case *array.Uint16:
		return numbers(a, a.Uint16Values())
	case *array.Uint32:
		return numbers(a, a.Uint32Values())
	case *array.Uint64:
		return read(func(row int) cell { return cell{ok: true, x: wholeBig(new(big.Int).SetUint64(a.Value(row)))} })
	case *array.Float32:
		return read(func(row int) cell { return cell{ok: true, f: float64(a.Value(row))} })
	case *array.Float64:
		return read(func(row int) cell { return cell{ok: true, f: a.Value(row)} })
	case *array.Decimal128:
		return func(row int) (cell, error) {
			if a.IsNull(row) {
				return cell{}, nil
			}
			n := a.Value(row)
			if low := int64(n.LowBits()); n.HighBits() == low>>63 {
				return cell{ok: true, x: whole(low)}, nil
			}
			return cell{ok: true, x: wholeBig(n.BigInt())}, nil
		}
	case *array.Date32:
		return numbers(a, a.Date32Values())
	case *array.Date64:
		return exactly(arr, 1, msPerDay, func(row int) int64 { return int64(a.Value(row)) })
	case *array.Timestamp:
		value := func(row int) int64 { return int64(a.Value(row)) }
		switch a.DataType().(*arrow.TimestampType).Unit {
		case arrow.Second:
			return exactly(arr, 1_000_000, 1, value)
		case arrow.Millisecond:
			return exactly(arr, 1000, 1, value)
		case arrow.Nanosecond:
			return exactly(arr, 1, 1000, value)
		}
		return numbers(a, a.TimestampValues())
	}
	return read(func(int) cell { return cell{ok: true} })
}

// numbers reads the values of an array of numbers that fit into 64 bits.
func numbers[A arrow.Array, N ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](arr A, values []N) reader {
	return func(row int) (cell, error) {
		if arr.IsNull(row) {
			return cell{}, nil
		}
		return cell{ok: true, x: whole(int64(values[row]))}, nil
	}
}

const msPerDay = 24 * 60 * 60 * 1000

// exactly reads numbers in another unit, times mul or divided by div. A number that
// is not a whole one then is an error.
func exactly(arr arrow.Array, mul, div int64, value func(row int) int64) reader {
	return func(row int) (cell, error) {
		if arr.IsNull(row) {
			return cell{}, nil
		}
		n := value(row)
		if n%div != 0 || n/div*mul/mul != n/div {
			return cell{}, fmt.Errorf("%w: a %s that is not a whole number of microseconds or days", ErrOverflow, arr.DataType())
		}
		return cell{ok: true, x: whole(n / div * mul)}, nil
	}
}
