package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
)

// A cell appends the text of one row of a column to b.
type cell func(b []byte, row int) ([]byte, error)

var (
	errUTF8  = errors.New("text is not valid UTF-8")
	errDepth = errors.New("this type cannot be written as text; try arrow")
)

// jsonCell returns how the values of a column are written as JSON. Numbers are
// numbers with all their digits, of decimals too; what JSON has no form for is
// text: dates and times as in RFC 3339, binary in base64, NaN and infinities.
func jsonCell(arr arrow.Array, field arrow.Field) (cell, error) {
	value, err := jsonValue(arr, field)
	if err != nil {
		return nil, err
	}
	if arr.NullN() == 0 && arr.DataType().ID() != arrow.NULL && arr.DataType().ID() != arrow.RUN_END_ENCODED {
		return value, nil
	}
	return func(b []byte, i int) ([]byte, error) {
		if arr.IsNull(i) {
			return append(b, "null"...), nil
		}
		return value(b, i)
	}, nil
}

func jsonValue(arr arrow.Array, field arrow.Field) (cell, error) {
	switch arr := arr.(type) {
	case *array.Null:
		return func(b []byte, _ int) ([]byte, error) { return append(b, "null"...), nil }, nil
	case *array.Boolean, *array.Int8, *array.Int16, *array.Int32, *array.Int64,
		*array.Uint8, *array.Uint16, *array.Uint32, *array.Uint64, *array.Decimal128, *array.Decimal256:
		return plainCell(arr)
	case *array.Float16, *array.Float32, *array.Float64:
		plain, err := plainCell(arr)
		return func(b []byte, i int) ([]byte, error) {
			start := len(b)
			b, err := plain(b, i)
			if c := b[len(b)-1]; c < '0' || c > '9' { // NaN, +Inf
				return appendJSONText(b[:start], string(b[start:])), err
			}
			return b, err
		}, err
	case *array.String:
		if input.IsJSON(field) {
			return func(b []byte, i int) ([]byte, error) { return appendRaw(b, arr.Value(i)) }, nil
		}
		return textCell(arr.Value), nil
	case *array.LargeString:
		return textCell(arr.Value), nil
	case *array.StringView:
		return textCell(arr.Value), nil
	case *array.Dictionary:
		values, err := jsonCell(arr.Dictionary(), field)
		return func(b []byte, i int) ([]byte, error) { return values(b, arr.GetValueIndex(i)) }, err
	case *array.RunEndEncoded:
		values, err := jsonCell(arr.Values(), field)
		return func(b []byte, i int) ([]byte, error) { return values(b, arr.GetPhysicalIndex(i)) }, err
	case array.ExtensionArray:
		return jsonCell(arr.Storage(), field)
	case *array.Map:
		return mapCell(arr)
	case *array.FixedSizeList:
		return listCell(arr)
	case array.ListLike:
		return listCell(arr)
	case *array.Struct:
		return structCell(arr)
	case *array.SparseUnion:
		return unionCell(arr, func(i int) int { return i })
	case *array.DenseUnion:
		return unionCell(arr, func(i int) int { return int(arr.ValueOffset(i)) })
	case *array.MonthInterval:
		return func(b []byte, i int) ([]byte, error) {
			return fmt.Appendf(b, `{"months":%d}`, arr.Value(i)), nil
		}, nil
	case *array.DayTimeInterval:
		return func(b []byte, i int) ([]byte, error) {
			v := arr.Value(i)
			return fmt.Appendf(b, `{"days":%d,"milliseconds":%d}`, v.Days, v.Milliseconds), nil
		}, nil
	case *array.MonthDayNanoInterval:
		return func(b []byte, i int) ([]byte, error) {
			v := arr.Value(i)
			return fmt.Appendf(b, `{"months":%d,"days":%d,"nanoseconds":%d}`, v.Months, v.Days, v.Nanoseconds), nil
		}, nil
	}
	plain, err := plainCell(arr) // dates, times, binary: text without a character to escape
	return func(b []byte, i int) ([]byte, error) {
		b, err := plain(append(b, '"'), i)
		return append(b, '"'), err
	}, err
}

func textCell(value func(int) string) cell {
	return func(b []byte, i int) ([]byte, error) {
		s := value(i)
		if !utf8.ValidString(s) {
			return b, errUTF8
		}
		return appendJSONText(b, s), nil
	}
}

// appendRaw appends JSON that was read from a line; of another source it may
// not be JSON at all, and is text then.
func appendRaw(b []byte, s string) ([]byte, error) {
	if !json.Valid([]byte(s)) {
		return textCell(func(int) string { return s })(b, 0)
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '\n' && s[i] != '\r' { // white space, and one line stays one line
			b = append(b, s[i])
		}
	}
	return b, nil
}

// appendJSONText appends s in quotes and escapes only what JSON demands.
func appendJSONText(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	return append(append(b, s[from:]...), '"')
}

func listCell(arr array.ListLike) (cell, error) {
	values, err := jsonCell(arr.ListValues(), arrow.Field{})
	return elements(arr, values), err
}

// elements writes a list whose elements one writes.
func elements(arr array.ListLike, one cell) cell {
	return func(b []byte, i int) (_ []byte, err error) {
		start, end := arr.ValueOffsets(i)
		b = append(b, '[')
		for k := start; k < end; k++ {
			if k > start {
				b = append(b, ',')
			}
			if b, err = one(b, int(k)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
}

// mapCell writes a list of pairs: keys need not be text, nor unique.
func mapCell(arr *array.Map) (cell, error) {
	keys, err := jsonCell(arr.Keys(), arrow.Field{})
	if err != nil {
		return nil, err
	}
	items, err := jsonCell(arr.Items(), arrow.Field{})
	return elements(arr, func(b []byte, k int) ([]byte, error) {
		b, err := keys(append(b, `{"key":`...), k)
		if err == nil {
			b, err = items(append(b, `,"value":`...), k)
		}
		return append(b, '}'), err
	}), err
}

func structCell(arr *array.Struct) (cell, error) {
	fields := arr.DataType().(*arrow.StructType).Fields()
	names, cells := make([]string, len(fields)), make([]cell, len(fields))
	for k, f := range fields {
		c, err := jsonCell(arr.Field(k), f)
		if err != nil {
			return nil, err
		}
		names[k], cells[k] = string(appendJSONText(nil, f.Name))+":", c
	}
	return func(b []byte, i int) (_ []byte, err error) {
		b = append(b, '{')
		for k := range cells {
			if k > 0 {
				b = append(b, ',')
			}
			if b, err = cells[k](append(b, names[k]...), i); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}, nil
}

func unionCell(arr array.Union, row func(int) int) (cell, error) {
	cells := make([]cell, arr.NumFields())
	for k := range cells {
		c, err := jsonCell(arr.Field(k), arrow.Field{})
		if err != nil {
			return nil, err
		}
		cells[k] = c
	}
	return func(b []byte, i int) ([]byte, error) { return cells[arr.ChildID(i)](b, row(i)) }, nil
}

// appendFloat appends the shortest text that reads back as the same float.
func appendFloat(b []byte, f float64, bits int) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return strconv.AppendFloat(b, f, 'g', -1, bits)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) { // as JavaScript does
		return strconv.AppendFloat(b, f, 'e', -1, bits)
	}
	return strconv.AppendFloat(b, f, 'f', -1, bits)
}
