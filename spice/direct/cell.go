package direct

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
)

// An appender appends what a driver delivered, which is never nil, and reports
// how many bytes it took. What is not exactly of the type is [ErrCell].
type appender func(v any) (int, error)

func supported(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.STRING, arrow.LARGE_STRING, arrow.BINARY, arrow.BOOL, arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT64,
		arrow.FLOAT32, arrow.FLOAT64, arrow.DATE32, arrow.DECIMAL128:
		return true
	case arrow.TIMESTAMP:
		return t.(*arrow.TimestampType).Unit == arrow.Microsecond
	}
	return false
}

// newAppender returns the appender for a builder of a type that is supported.
func newAppender(b array.Builder) appender {
	switch b := b.(type) {
	case array.StringLikeBuilder:
		return func(v any) (int, error) {
			s, ok := textOf(v)
			if !ok || !utf8.ValidString(s) {
				return 0, wrong(v, "text in UTF-8")
			}
			b.Append(s)
			return len(s) + 4, nil
		}
	case *array.BinaryBuilder:
		return func(v any) (int, error) {
			s, ok := textOf(v)
			if !ok {
				return 0, wrong(v, "bytes")
			}
			b.AppendString(s)
			return len(s) + 4, nil
		}
	case *array.BooleanBuilder:
		return func(v any) (int, error) {
			x, ok := boolOf(v)
			if !ok {
				return 0, wrong(v, "true or false")
			}
			b.Append(x)
			return 1, nil
		}
	case *array.Int8Builder:
		return integer(8, func(n int64) { b.Append(int8(n)) })
	case *array.Int16Builder:
		return integer(16, func(n int64) { b.Append(int16(n)) })
	case *array.Int32Builder:
		return integer(32, func(n int64) { b.Append(int32(n)) })
	case *array.Int64Builder:
		return integer(64, b.Append)
	case *array.Uint64Builder:
		return func(v any) (int, error) {
			n, ok := uintOf(v)
			if !ok {
				return 0, wrong(v, "a whole number from 0")
			}
			b.Append(n)
			return 8, nil
		}
	case *array.Float32Builder:
		return func(v any) (int, error) {
			f, ok := floatOf(v)
			if !ok || float64(float32(f)) != f && !math.IsNaN(f) {
				return 0, wrong(v, "a number of 32 bits")
			}
			b.Append(float32(f))
			return 4, nil
		}
	case *array.Float64Builder:
		return func(v any) (int, error) {
			f, ok := floatOf(v)
			if !ok {
				return 0, wrong(v, "a number")
			}
			b.Append(f)
			return 8, nil
		}
	case *array.Date32Builder:
		return func(v any) (int, error) {
			t, ok := timeOf(v)
			if !ok || t.Hour()|t.Minute()|t.Second()|t.Nanosecond() != 0 {
				return 0, wrong(v, "a date")
			}
			// The day as it is written, whatever the time zone that the driver gave it.
			b.Append(arrow.Date32(wall(t).Unix() / (24 * 60 * 60)))
			return 4, nil
		}
	case *array.TimestampBuilder:
		zone := b.Type().(*arrow.TimestampType).TimeZone
		return func(v any) (int, error) {
			t, ok := timeOf(v)
			if !ok || t.Nanosecond()%1000 != 0 {
				return 0, wrong(v, "a time of whole microseconds")
			}
			if zone == "" {
				t = wall(t)
			}
			b.Append(arrow.Timestamp(t.UnixMicro()))
			return 8, nil
		}
	case *array.Decimal128Builder:
		d := b.Type().(*arrow.Decimal128Type)
		return func(v any) (int, error) {
			n, ok := decimalOf(v, d)
			if !ok {
				return 0, wrong(v, "a number with %d digits, %d of them after the point", d.Precision, d.Scale)
			}
			b.Append(n)
			return 16, nil
		}
	}
	return func(v any) (int, error) { return 0, ErrType }
}

// wrong says what was wanted, and of what Go type the value is; never what it is.
func wrong(v any, want string, args ...any) error {
	return fmt.Errorf("%w: got %T, want %s", ErrCell, v, fmt.Sprintf(want, args...))
}

func integer(bits int, add func(int64)) appender {
	return func(v any) (int, error) {
		n, ok := intOf(v)
		if !ok || n != n<<(64-bits)>>(64-bits) {
			return 0, wrong(v, "a whole number of %d bits", bits)
		}
		add(n)
		return bits / 8, nil
	}
}

// textOf returns the text of what is text to a driver.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}

func intOf(v any) (int64, bool) {
	if s, ok := textOf(v); ok {
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	}
	switch x := reflect.ValueOf(v); {
	case x.CanInt():
		return x.Int(), true
	case x.CanUint():
		return int64(x.Uint()), x.Uint() <= math.MaxInt64
	}
	return 0, false
}

func uintOf(v any) (uint64, bool) {
	if s, ok := textOf(v); ok {
		n, err := strconv.ParseUint(s, 10, 64)
		return n, err == nil
	}
	switch x := reflect.ValueOf(v); {
	case x.CanUint():
		return x.Uint(), true
	case x.CanInt():
		return uint64(x.Int()), x.Int() >= 0
	}
	return 0, false
}

func floatOf(v any) (float64, bool) {
	if s, ok := textOf(v); ok {
		f, err := strconv.ParseFloat(s, 64)
		return f, err == nil
	}
	if x := reflect.ValueOf(v); x.CanFloat() {
		return x.Float(), true
	}
	// A column of SQLite holds 1.0 as 1.
	if n, ok := intOf(v); ok {
		return float64(n), int64(float64(n)) == n && n != math.MaxInt64
	}
	return 0, false
}

func boolOf(v any) (b, ok bool) {
	if b, ok := v.(bool); ok {
		return b, true
	}
	if s, ok := textOf(v); ok {
		switch strings.ToLower(s) {
		case "t", "true", "1":
			return true, true
		case "f", "false", "0":
			return false, true
		}
		return false, false
	}
	n, ok := intOf(v)
	return n == 1, ok && (n == 0 || n == 1)
}

// layouts are how engines write a time as text.
var layouts = []string{"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999-07", "2006-01-02"}

func timeOf(v any) (time.Time, bool) {
	if t, ok := v.(time.Time); ok {
		return t, true
	}
	s, ok := textOf(v)
	if !ok {
		return time.Time{}, false
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// wall returns what a clock on the wall shows, as if it were in UTC.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// decimalOf returns a number in the units of a decimal type, without rounding.
func decimalOf(v any, t *arrow.Decimal128Type) (n decimal128.Num, ok bool) {
	s, ok := textOf(v)
	if !ok {
		if str, isStringer := v.(fmt.Stringer); isStringer {
			s = str.String()
		} else if i, isInt := intOf(v); isInt {
			s = strconv.FormatInt(i, 10)
		} else if f, isFloat := v.(float64); isFloat {
			s = strconv.FormatFloat(f, 'f', -1, 64)
		} else {
			return n, false
		}
	}
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > int(t.Scale) || strings.ContainsAny(fraction, "+-") {
		return n, false
	}
	x, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", int(t.Scale)-len(fraction)), 10)
	if !ok || len(new(big.Int).Abs(x).String()) > int(t.Precision) {
		return n, false
	}
	return decimal128.FromBigInt(x), true
}
