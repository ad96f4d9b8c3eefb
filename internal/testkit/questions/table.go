// Package questions makes random tables, random questions about them, and the
// answers: computed row by row, with fractions of whole numbers, and without any
// code of the engines that it is compared with. Its floating-point numbers are
// multiples of 1/4, so that their sums are exact in every order.
package questions

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/query"
)

// Columns are the columns of every table.
func Columns() []query.Column {
	return []query.Column{
		{Name: "tenant", Kind: query.Text},
		{Name: "Region", Kind: query.Text},
		{Name: "name'\"; --", Kind: query.Text},
		{Name: "qty", Kind: query.Int},
		{Name: "big", Kind: query.Int},
		{Name: "price", Kind: query.Decimal, Precision: 12, Scale: 2},
		{Name: "rate", Kind: query.Float},
		{Name: "day", Kind: query.Date},
		{Name: "at", Kind: query.Time, UTC: true},
		{Name: "flag", Kind: query.Bool},
	}
}

// A Row holds a value for each column: nil for NULL, a string, an int64 (numbers,
// days, microseconds, and hundredths of price), a float64 or a bool.
type Row []any

// Texts are values of text columns: twins in case, accents and spaces, and texts
// that SQL reads.
var Texts = []string{"EMEA", "emea", "US", "US ", "", "é", "e\u0301", "a'b", `a"b`, `a\b`, "%", "_", "${x}", "日本", "\U0001F600", "NULL", "0", "-1", "true"}

// Rows returns random rows.
func Rows(rnd *rand.Rand, n int) []Row {
	pick := func(values ...any) any { return values[rnd.IntN(len(values))] }
	rows := make([]Row, n)
	for i := range rows {
		text := func(most int) any { return Texts[rnd.IntN(min(most, len(Texts)))] }
		row := Row{
			pick("t1", "t2", "T1", "t1 "), text(6), text(len(Texts)),
			int64(rnd.IntN(7) - 3), pick(int64(1)<<62, int64(-1)<<62, int64(math.MaxInt64), int64(7), int64(rnd.IntN(1000))),
			int64(rnd.IntN(2001) - 1000), float64(rnd.IntN(41)-20) / 4,
			int64(19_000 + rnd.IntN(800)), (int64(19_000*86400) + rnd.Int64N(800*86400)) * 1_000_000,
			rnd.IntN(2) == 0,
		}
		for k := 1; k < len(row); k++ {
			if rnd.IntN(6) == 0 {
				row[k] = nil
			}
		}
		rows[i] = row
	}
	return rows
}

// Record returns rows as an Arrow record, which the caller releases. With dict, the
// second column is a dictionary.
func Record(mem memory.Allocator, rows []Row, dict bool) arrow.Record {
	var fields []arrow.Field
	for _, c := range Columns() {
		fields = append(fields, arrow.Field{Name: c.Name, Type: Type(c), Nullable: true})
	}
	if dict {
		fields[1].Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	}
	b := array.NewRecordBuilder(mem, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			add(b.Field(i), v)
		}
	}
	return b.NewRecord()
}

// Type returns the Arrow type of a column.
func Type(c query.Column) arrow.DataType {
	switch c.Kind {
	case query.Int:
		return arrow.PrimitiveTypes.Int64
	case query.Decimal:
		return &arrow.Decimal128Type{Precision: int32(c.Precision), Scale: int32(c.Scale)}
	case query.Float:
		return arrow.PrimitiveTypes.Float64
	case query.Date:
		return arrow.FixedWidthTypes.Date32
	case query.Time:
		return arrow.FixedWidthTypes.Timestamp_us
	case query.Bool:
		return arrow.FixedWidthTypes.Boolean
	}
	return arrow.BinaryTypes.String
}

func add(b array.Builder, v any) {
	if v == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(v.(string))
	case *array.BinaryDictionaryBuilder:
		_ = b.AppendString(v.(string))
	case *array.Int64Builder:
		b.Append(v.(int64))
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(v.(int64)))
	case *array.Float64Builder:
		b.Append(v.(float64))
	case *array.Date32Builder:
		b.Append(arrow.Date32(v.(int64)))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v.(int64)))
	case *array.BooleanBuilder:
		b.Append(v.(bool))
	}
}

// Read returns the rows of an answer as texts, NULL as "NULL" without quotes.
func Read(rec arrow.Record) [][]string {
	rows := make([][]string, rec.NumRows())
	for i := range rows {
		for _, c := range rec.Columns() {
			rows[i] = append(rows[i], cellText(c, i))
		}
	}
	return rows
}

func cellText(arr arrow.Array, i int) string {
	if arr.IsNull(i) {
		return "NULL"
	}
	switch a := arr.(type) {
	case *array.String:
		return fmt.Sprintf("%q", a.Value(i))
	case *array.Decimal128:
		scale := int(a.DataType().(*arrow.Decimal128Type).Scale)
		return new(big.Rat).SetFrac(a.Value(i).BigInt(), pow10(scale)).FloatString(scale)
	case *array.Float64:
		return floatText(a.Value(i))
	case *array.Date32:
		return dayText(int64(a.Value(i)))
	case *array.Timestamp:
		return timeText(int64(a.Value(i)))
	}
	return arr.ValueStr(i)
}

func floatText(f float64) string { return fmt.Sprintf("%g", f+0) }
func dayText(days int64) string  { return time.Unix(days*86400, 0).UTC().Format(time.DateOnly) }
func timeText(us int64) string   { return time.UnixMicro(us).UTC().Format("2006-01-02T15:04:05.000000") }
func pow10(n int) *big.Int       { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func place(column string) int {
	return slices.IndexFunc(Columns(), func(c query.Column) bool { return c.Name == column })
}
