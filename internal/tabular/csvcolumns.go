package tabular

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/textpos"
)

// A csvColumn collects the values of one field.
type csvColumn struct {
	at   int // in the schema
	add  func(value []byte) error
	take func() arrow.Array
}

// bind decides the columns from the first record, which is the header unless
// there is none.
func (c *csvReader) bind(first [][]byte) error {
	want := c.opts.Schema
	if want == nil {
		fields := make([]arrow.Field, len(first))
		for i, name := range first {
			fields[i] = arrow.Field{Name: string(name), Type: arrow.BinaryTypes.String, Nullable: true}
			if c.opts.NoHeader {
				fields[i].Name = "ColumnId-" + strconv.Itoa(i+1)
			}
		}
		want = arrow.NewSchema(fields, nil)
	}
	c.schema = want
	order, err := c.order(first)
	if err != nil {
		return err
	}
	var errs []error
	c.fields = make([]int, want.NumFields())
	for i, at := range order {
		c.fields[at] = i
		column, err := newColumn(want.Field(at).Type)
		if err != nil {
			errs = append(errs, textpos.InFile(c.name, fmt.Errorf("column %q: %w", want.Field(at).Name, err)))
		}
		column.at = at
		c.columns = append(c.columns, column)
	}
	return errors.Join(errs...)
}

// order returns for each field of the file the column it belongs to.
func (c *csvReader) order(first [][]byte) (order []int, err error) {
	var errs []error
	n := c.schema.NumFields()
	found := make([]bool, n)
	if c.opts.Schema == nil || c.opts.NoHeader {
		if len(first) > 0 && len(first) != n {
			line, column := c.r.FieldPos(0)
			return nil, &Error{Pos: textpos.At(c.name, line, column), Err: fmt.Errorf("%w from those expected: got %d columns, want %d", ErrColumns, len(first), n)}
		}
		for i := range n {
			order = append(order, i)
		}
		return order, nil
	}
	for i, name := range first {
		line, column := c.r.FieldPos(i)
		where := &Error{Pos: textpos.At(c.name, line, column)}
		switch at := c.schema.FieldIndices(string(name)); {
		case len(at) == 0:
			where.Err = fmt.Errorf("%w from those expected: column %q is not expected", ErrColumns, name)
		case len(at) > 1 || found[at[0]]:
			where.Err = fmt.Errorf("%w from those expected: column %q is there twice", ErrColumns, name)
		default:
			order, found[at[0]] = append(order, at[0]), true
			continue
		}
		errs = append(errs, where)
	}
	for i := range n {
		if !found[i] {
			errs = append(errs, &Error{Pos: textpos.At(c.name, 1, 0), Err: fmt.Errorf("%w from those expected: column %q is missing", ErrColumns, c.schema.Field(i).Name)})
		}
	}
	return order, errors.Join(errs...)
}

// newColumn returns a column of a type: text, int64, float64, bool, date32,
// timestamp in any unit, or decimal128.
func newColumn(dt arrow.DataType) (csvColumn, error) {
	switch dt := dt.(type) {
	case *arrow.StringType:
		t := &texts{offsets: []int32{0}}
		return csvColumn{add: func(value []byte) error { t.add(value); return nil }, take: t.take}, nil
	case *arrow.Int64Type:
		b := array.NewInt64Builder(memory.DefaultAllocator)
		return typed(b, "an integer of 64 bits", b.Append, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }), nil
	case *arrow.Float64Type:
		b := array.NewFloat64Builder(memory.DefaultAllocator)
		return typed(b, "a number", b.Append, parseFloat), nil
	case *arrow.BooleanType:
		b := array.NewBooleanBuilder(memory.DefaultAllocator)
		return typed(b, "true or false", b.Append, parseBool), nil
	case *arrow.Date32Type:
		b := array.NewDate32Builder(memory.DefaultAllocator)
		return typed(b, "a date, 2006-01-02", b.Append, func(s string) (arrow.Date32, error) {
			day, err := time.Parse(time.DateOnly, s)
			return arrow.Date32FromTime(day), err
		}), nil
	case *arrow.TimestampType:
		b := array.NewTimestampBuilder(memory.DefaultAllocator, dt)
		return typed(b, "a time, 2006-01-02 15:04:05", b.Append, func(s string) (arrow.Timestamp, error) { return parseTime(s, dt) }), nil
	case *arrow.Decimal128Type:
		b := array.NewDecimal128Builder(memory.DefaultAllocator, dt)
		return typed(b, fmt.Sprintf("a number that fits %s", dt), b.Append, func(s string) (decimal128.Num, error) { return parseDecimal(s, dt) }), nil
	}
	return csvColumn{}, fmt.Errorf("%w from those expected: type %s cannot be read from text", ErrColumns, dt)
}

// typed is a column of values that parse reads. Messages never hold the value.
func typed[T any](b array.Builder, want string, appendTo func(T), parse func(string) (T, error)) csvColumn {
	return csvColumn{
		add: func(value []byte) error {
			if len(value) == 0 {
				b.AppendNull()
				return nil
			}
			v, err := parse(unsafe.String(&value[0], len(value))) // not kept
			if err != nil {
				b.AppendNull()
				return fmt.Errorf("got other text, want %s", want)
			}
			appendTo(v)
			return nil
		},
		take: b.NewArray,
	}
}

var errValue = errors.New("not of this type")

func parseBool(s string) (bool, error) {
	switch s {
	case "true", "TRUE", "True":
		return true, nil
	case "false", "FALSE", "False":
		return false, nil
	}
	return false, errValue
}

// parseFloat reads digits, a point and an exponent: not Inf, NaN, hexadecimal
// digits or underscores, which strconv takes too.
func parseFloat(s string) (float64, error) {
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, errValue
		}
	}
	return strconv.ParseFloat(s, 64)
}

// parseTime reads a time without a zone, or, into a column with a zone, one
// with its offset. What the unit of the column cannot hold is refused.
func parseTime(s string, dt *arrow.TimestampType) (arrow.Timestamp, error) {
	layouts := []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", time.DateOnly} // fractions of seconds included
	if dt.TimeZone != "" {
		layouts = []string{time.RFC3339, "2006-01-02 15:04:05Z07:00"}
	}
	for _, layout := range layouts {
		at, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		v, err := arrow.TimestampFromTime(at, dt.Unit)
		if err != nil || !v.ToTime(dt.Unit).Equal(at) {
			return 0, errValue
		}
		return v, nil
	}
	return 0, errValue
}

// parseDecimal reads a number that the type holds exactly.
func parseDecimal(s string, dt *arrow.Decimal128Type) (decimal128.Num, error) {
	digits, sign, points, scale := make([]byte, 0, len(s)), "", 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case i == 0 && (c == '-' || c == '+'):
			sign = string(c)
		case c == '.' && points == 0:
			points++
		case '0' <= c && c <= '9':
			digits = append(digits, c)
			scale += points
		default:
			return decimal128.Num{}, errValue
		}
	}
	for ; scale > int(dt.Scale) && len(digits) > 0 && digits[len(digits)-1] == '0'; scale-- {
		digits = digits[:len(digits)-1]
	}
	if len(digits) == 0 || scale > int(dt.Scale) {
		return decimal128.Num{}, errValue
	}
	for ; scale < int(dt.Scale) && len(digits) <= 80; scale++ {
		digits = append(digits, '0')
	}
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	if len(digits) > int(dt.Precision) {
		return decimal128.Num{}, errValue
	}
	n, ok := new(big.Int).SetString(sign+string(digits), 10)
	if !ok {
		return decimal128.Num{}, errValue
	}
	return decimal128.FromBigInt(n), nil
}
