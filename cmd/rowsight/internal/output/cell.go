package output

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// csvCell returns how the values of a column are written as text: what
// plainCell writes, and JSON for values that hold other values. NULL is the
// empty text.
func csvCell(arr arrow.Array, field arrow.Field) (cell, error) {
	value, err := csvValue(arr, field)
	if err != nil {
		return nil, err
	}
	return func(b []byte, i int) ([]byte, error) {
		if arr.IsNull(i) {
			return b, nil
		}
		return value(b, i)
	}, nil
}

func csvValue(arr arrow.Array, field arrow.Field) (cell, error) {
	switch arr := arr.(type) {
	case *array.Null:
		return func(b []byte, _ int) ([]byte, error) { return b, nil }, nil
	case *array.String:
		return asIs(arr.Value), nil
	case *array.LargeString:
		return asIs(arr.Value), nil
	case *array.StringView:
		return asIs(arr.Value), nil
	case *array.Dictionary:
		values, err := csvCell(arr.Dictionary(), field)
		return func(b []byte, i int) ([]byte, error) { return values(b, arr.GetValueIndex(i)) }, err
	case *array.RunEndEncoded:
		values, err := csvCell(arr.Values(), field)
		return func(b []byte, i int) ([]byte, error) { return values(b, arr.GetPhysicalIndex(i)) }, err
	case array.ExtensionArray:
		return csvCell(arr.Storage(), field)
	}
	if nested(arr.DataType()) {
		return jsonCell(arr, field)
	}
	return plainCell(arr)
}

func nested(dt arrow.DataType) bool {
	switch dt.ID() {
	case arrow.INTERVAL_MONTHS, arrow.INTERVAL_DAY_TIME, arrow.INTERVAL_MONTH_DAY_NANO:
		return true
	}
	return arrow.IsNested(dt.ID())
}

// asIs writes text unchanged. Who writes the file checks that it is UTF-8.
func asIs(value func(int) string) cell {
	return func(b []byte, i int) ([]byte, error) { return append(b, value(i)...), nil }
}

// plainCell returns how single values that are no text are written, exactly:
//
//	-12  true  0.1  1e-07  123.4500            numbers, with the scale of decimals
//	2024-02-29  23:59:59.000000001             dates, times with all digits of their unit
//	2024-02-29T23:59:59.999                    timestamps without a zone
//	2024-02-29T23:59:59.999Z                   timestamps with one, in UTC
//	1500ms                                     durations
//	3q2+7w==                                   binary, in base64
func plainCell(arr arrow.Array) (cell, error) {
	switch arr := arr.(type) {
	case *array.Boolean:
		return func(b []byte, i int) ([]byte, error) { return strconv.AppendBool(b, arr.Value(i)), nil }, nil
	case *array.Int8:
		return intCell(arr.Int8Values()), nil
	case *array.Int16:
		return intCell(arr.Int16Values()), nil
	case *array.Int32:
		return intCell(arr.Int32Values()), nil
	case *array.Int64:
		return intCell(arr.Int64Values()), nil
	case *array.Uint8:
		return uintCell(arr.Uint8Values()), nil
	case *array.Uint16:
		return uintCell(arr.Uint16Values()), nil
	case *array.Uint32:
		return uintCell(arr.Uint32Values()), nil
	case *array.Uint64:
		return uintCell(arr.Uint64Values()), nil
	case *array.Float16:
		// Every float16 is a float32; the shortest text that reads back as that
		// is longer than need be, and exact.
		return func(b []byte, i int) ([]byte, error) {
			return appendFloat(b, float64(arr.Value(i).Float32()), 32), nil
		}, nil
	case *array.Float32:
		return func(b []byte, i int) ([]byte, error) { return appendFloat(b, float64(arr.Value(i)), 32), nil }, nil
	case *array.Float64:
		return func(b []byte, i int) ([]byte, error) { return appendFloat(b, arr.Value(i), 64), nil }, nil
	case *array.Decimal128:
		scale := arr.DataType().(*arrow.Decimal128Type).Scale
		return func(b []byte, i int) ([]byte, error) {
			return appendDecimal(b, arr.Value(i).BigInt().String(), scale), nil
		}, nil
	case *array.Decimal256:
		scale := arr.DataType().(*arrow.Decimal256Type).Scale
		return func(b []byte, i int) ([]byte, error) {
			return appendDecimal(b, arr.Value(i).BigInt().String(), scale), nil
		}, nil
	case *array.Date32:
		return func(b []byte, i int) ([]byte, error) {
			return appendTime(b, time.Unix(int64(arr.Value(i))*86400, 0), time.DateOnly)
		}, nil
	case *array.Date64:
		return func(b []byte, i int) ([]byte, error) {
			ms := int64(arr.Value(i))
			if ms%86_400_000 != 0 { // no whole day, against the format: keep what it says
				return appendTime(b, time.UnixMilli(ms), layoutMilli)
			}
			return appendTime(b, time.UnixMilli(ms), time.DateOnly)
		}, nil
	case *array.Time32:
		unit := arr.DataType().(*arrow.Time32Type).Unit
		return func(b []byte, i int) ([]byte, error) { return appendClock(b, int64(arr.Value(i)), unit) }, nil
	case *array.Time64:
		unit := arr.DataType().(*arrow.Time64Type).Unit
		return func(b []byte, i int) ([]byte, error) { return appendClock(b, int64(arr.Value(i)), unit) }, nil
	case *array.Timestamp:
		dt := arr.DataType().(*arrow.TimestampType)
		layout := "2006-01-02T15:04:05" + fraction(dt.Unit)
		if dt.TimeZone != "" {
			layout += "Z"
		}
		return func(b []byte, i int) ([]byte, error) {
			t, err := instant(int64(arr.Value(i)), dt.Unit)
			if err != nil {
				return b, err
			}
			return appendTime(b, t, layout)
		}, nil
	case *array.Duration:
		unit := arr.DataType().(*arrow.DurationType).Unit
		return func(b []byte, i int) ([]byte, error) {
			return append(strconv.AppendInt(b, int64(arr.Value(i)), 10), unit.String()...), nil
		}, nil
	case interface{ Value(int) []byte }:
		return func(b []byte, i int) ([]byte, error) { return base64.StdEncoding.AppendEncode(b, arr.Value(i)), nil }, nil
	}
	return nil, fmt.Errorf("%s: %w", arr.DataType(), errDepth)
}

func intCell[T int8 | int16 | int32 | int64](values []T) cell {
	return func(b []byte, i int) ([]byte, error) { return strconv.AppendInt(b, int64(values[i]), 10), nil }
}

func uintCell[T uint8 | uint16 | uint32 | uint64](values []T) cell {
	return func(b []byte, i int) ([]byte, error) { return strconv.AppendUint(b, uint64(values[i]), 10), nil }
}

// appendDecimal appends the integer digits with the point that scale says.
func appendDecimal(b []byte, digits string, scale int32) []byte {
	if digits[0] == '-' {
		b, digits = append(b, '-'), digits[1:]
	}
	if scale <= 0 {
		b = append(b, digits...)
		for ; scale < 0 && digits != "0"; scale++ {
			b = append(b, '0')
		}
		return b
	}
	for len(digits) <= int(scale) {
		digits = "0" + digits
	}
	point := len(digits) - int(scale)
	b = append(b, digits[:point]...)
	return append(append(b, '.'), digits[point:]...)
}

const layoutMilli = "2006-01-02T15:04:05.000"

// fraction is the part of a layout that shows every digit of unit.
func fraction(unit arrow.TimeUnit) string {
	return [...]string{arrow.Second: "", arrow.Millisecond: ".000", arrow.Microsecond: ".000000", arrow.Nanosecond: ".000000000"}[unit]
}

// instant returns the time n units after 1970. Far from now a time.Time wraps
// around without a word, so that is an error.
func instant(n int64, unit arrow.TimeUnit) (time.Time, error) {
	switch unit {
	case arrow.Second:
		if n < -1<<40 || n > 1<<40 {
			return time.Time{}, errYear
		}
		return time.Unix(n, 0), nil
	case arrow.Millisecond:
		return time.UnixMilli(n), nil
	case arrow.Microsecond:
		return time.UnixMicro(n), nil
	default:
		return time.Unix(0, n), nil
	}
}

var errYear = fmt.Errorf("a date outside the years 0000 to 9999 cannot be written as text; try arrow")

func appendTime(b []byte, t time.Time, layout string) ([]byte, error) {
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return b, errYear
	}
	return t.AppendFormat(b, layout), nil
}

// appendClock appends a time of day, n units after midnight.
func appendClock(b []byte, n int64, unit arrow.TimeUnit) ([]byte, error) {
	day := int64(24 * time.Hour / unit.Multiplier())
	if n < 0 || n >= day {
		return b, fmt.Errorf("a time of day outside 00:00 to 24:00 cannot be written as text; try arrow")
	}
	return time.Unix(0, n*int64(unit.Multiplier())).UTC().AppendFormat(b, "15:04:05"+fraction(unit)), nil
}
