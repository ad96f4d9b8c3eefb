package batch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// hostile are texts that have been mistaken for one another in one system or
// other.
var hostile = []string{
	"EMEA", "emea", " EMEA", "EMEA ", "EME", "EMEA\x00", "\x00", " ", ",", ",,,", "AWS,INC", "AWS", "INC", `"`, `a"b`, "'", `\`, "%", "_", "NULL", "null",
	"Z\u00dcRICH", "ZU\u0308RICH", "\u200b", "\u200bEMEA", "\U0001F600", "\u202eEMEA", "a", "ab", "abcdefg", "abcdefgh", "abcdefghi", "abcdefghijklmno",
	"abcdefghijklmnop", "abcdefghijklmnopq", "abcdefghijklmnopqrstuvwxyz0123456", "abcdefghijklmnopqrstuvwxyz0123457", "xbcdefghijklmnopqrstuvwxyz0123456",
	strings.Repeat("long", 100), strings.Repeat("long", 99) + "lonk", strings.Repeat("é", 2047), strings.Repeat("é", 2048),
}

// textLayouts are the types a restricted column may have.
func textLayouts() []arrow.DataType {
	types := []arrow.DataType{arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.StringView}
	for _, index := range []arrow.DataType{
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
	} {
		types = append(types, &arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.String})
	}
	types = append(types, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.LargeString})
	for _, ends := range []arrow.DataType{arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64} {
		types = append(types, arrow.RunEndEncodedOf(ends, arrow.BinaryTypes.String))
	}
	return append(types, arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.LargeString))
}

// A cell is what a text column holds in a row.
type cell struct {
	text string
	ok   bool
}

// randomCells returns n cells out of a few texts, so that rules have a chance.
func randomCells(rng *rand.Rand, n int, pool []string) []cell {
	cells := make([]cell, n)
	for i := range cells {
		switch rng.IntN(12) {
		case 0:
		case 1:
			cells[i].ok = true
		default:
			cells[i] = cell{pool[rng.IntN(len(pool))], true}
		}
		if i > 0 && rng.IntN(3) == 0 {
			cells[i] = cells[i-1] // runs
		}
	}
	return cells
}

// textArray puts cells into an array of a text type, between rows that are then
// sliced away.
func textArray(mem memory.Allocator, dt arrow.DataType, cells []cell, before, after int) arrow.Array {
	padded := make([]cell, 0, before+len(cells)+after)
	for range before {
		padded = append(padded, cell{"outside", true})
	}
	padded = append(padded, cells...)
	for range after {
		padded = append(padded, cell{"outside", true})
	}
	whole := wholeArray(mem, dt, padded)
	defer whole.Release()
	return array.NewSlice(whole, int64(before), int64(before+len(cells)))
}

func wholeArray(mem memory.Allocator, dt arrow.DataType, cells []cell) arrow.Array {
	if dt, ok := dt.(*arrow.RunEndEncodedType); ok {
		b := array.NewRunEndEncodedBuilder(mem, dt.RunEnds(), dt.Encoded())
		defer b.Release()
		for i, c := range cells {
			switch {
			case i > 0 && c == cells[i-1]:
				b.ContinueRun(1)
			case c.ok:
				b.Append(1)
				appendText(b.ValueBuilder(), c)
			default:
				b.Append(1)
				b.ValueBuilder().AppendNull()
			}
		}
		return b.NewArray()
	}
	if dt, ok := dt.(*arrow.DictionaryType); ok {
		return dictArray(mem, dt, cells)
	}
	b := array.NewBuilder(mem, dt)
	defer b.Release()
	for _, c := range cells {
		appendText(b, c)
	}
	return b.NewArray()
}

// dictArray makes dictionaries no builder makes: sliced, with a NULL, an empty
// and an unused value, and values that stand there twice. Nulls come both ways,
// as no index and as the index of a NULL.
func dictArray(mem memory.Allocator, dt *arrow.DictionaryType, cells []cell) arrow.Array {
	entries := []cell{{"sliced away", true}, {}, {"", true}, {"unused", true}}
	at := map[cell][]int{{}: {1}, {"", true}: {2}}
	for _, c := range cells {
		if len(at[c]) == 0 || len(entries) < 60 && len(at[c]) < 2 {
			at[c] = append(at[c], len(entries))
			entries = append(entries, c)
		}
	}
	whole := wholeArray(mem, dt.ValueType, entries)
	defer whole.Release()
	values := array.NewSlice(whole, 1, int64(len(entries)))
	defer values.Release()
	b := array.NewBuilder(mem, dt.IndexType)
	defer b.Release()
	for i, c := range cells {
		if !c.ok && i%2 == 0 {
			b.AppendNull()
			continue
		}
		k := at[c][i%len(at[c])] - 1
		if err := b.AppendValueFromString(fmt.Sprint(k)); err != nil {
			panic(err)
		}
	}
	indices := b.NewArray()
	defer indices.Release()
	return array.NewDictionaryArray(dt, indices, values)
}

func appendText(b array.Builder, c cell) {
	if !c.ok {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(c.text)
	case *array.LargeStringBuilder:
		b.Append(c.text)
	case *array.StringViewBuilder:
		b.Append(c.text)
	case *array.BinaryDictionaryBuilder:
		if err := b.AppendString(c.text); err != nil {
			panic(err)
		}
	default:
		panic(fmt.Sprintf("no text builder: %T", b))
	}
}

// randomPredicate returns a union of boxes over columns, or a deeper tree.
func randomPredicate(rng *rand.Rand, columns []string, pool []string, depth int) predicate.Predicate {
	if depth == 0 {
		column := columns[rng.IntN(len(columns))]
		if rng.IntN(8) == 0 {
			return predicate.HasValue(column)
		}
		values := make([]string, 1+rng.IntN(4))
		for i := range values {
			values[i] = pool[rng.IntN(len(pool))]
		}
		return predicate.In(column, values...)
	}
	args := make([]predicate.Predicate, 1+rng.IntN(4))
	for i := range args {
		args[i] = randomPredicate(rng, columns, pool, depth-1)
	}
	if depth%2 == 1 {
		return predicate.And(args[0], args[1:]...)
	}
	return predicate.Or(args...)
}

// otherTypes are types of columns that no rule may name, at least one of every
// layout of Arrow.
func otherTypes() []arrow.DataType {
	str := arrow.BinaryTypes.String
	fields := []arrow.Field{{Name: "i", Type: arrow.PrimitiveTypes.Int32, Nullable: true}, {Name: "s", Type: str, Nullable: true}}
	dictionary := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: str}
	types := []arrow.DataType{
		arrow.Null, arrow.FixedWidthTypes.Boolean,
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Uint16,
		arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64,
		arrow.FixedWidthTypes.Float16, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
		arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64, arrow.FixedWidthTypes.Time32s, arrow.FixedWidthTypes.Time64ns,
		arrow.FixedWidthTypes.Timestamp_us, arrow.FixedWidthTypes.Duration_ms,
		arrow.FixedWidthTypes.MonthInterval, arrow.FixedWidthTypes.DayTimeInterval, arrow.FixedWidthTypes.MonthDayNanoInterval,
		&arrow.Decimal128Type{Precision: 30, Scale: 3}, &arrow.Decimal256Type{Precision: 50, Scale: 3},
		&arrow.FixedSizeBinaryType{ByteWidth: 5}, &arrow.FixedSizeBinaryType{ByteWidth: 16},
		str, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary,
		arrow.BinaryTypes.StringView, arrow.BinaryTypes.BinaryView,
		arrow.ListOf(arrow.PrimitiveTypes.Int16), arrow.ListOf(str), arrow.LargeListOf(str), arrow.ListOf(arrow.ListOf(arrow.FixedWidthTypes.Boolean)),
		arrow.ListViewOf(str), arrow.LargeListViewOf(arrow.PrimitiveTypes.Int64),
		arrow.FixedSizeListOf(3, str), arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int8),
		arrow.MapOf(str, arrow.PrimitiveTypes.Int32),
		arrow.StructOf(fields...), arrow.ListOf(arrow.StructOf(fields...)), arrow.StructOf(arrow.Field{Name: "l", Type: arrow.ListOf(str), Nullable: true}),
		arrow.SparseUnionOf(fields, []arrow.UnionTypeCode{3, 7}), arrow.DenseUnionOf(fields, []arrow.UnionTypeCode{7, 3}),
		dictionary, arrow.StructOf(arrow.Field{Name: "d", Type: dictionary, Nullable: true}), arrow.ListOf(dictionary),
		arrow.StructOf(arrow.Field{Name: "u", Type: arrow.DenseUnionOf(fields, []arrow.UnionTypeCode{0, 1})}),
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: arrow.PrimitiveTypes.Int64},
		arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Float64),
	}
	return types
}

// randomArray returns an array of n rows of any type, sliced out of a longer
// one.
func randomArray(t *testing.T, mem memory.Allocator, rng *rand.Rand, dt arrow.DataType, n, before, after int) arrow.Array {
	t.Helper()
	if dt, ok := dt.(arrow.ExtensionType); ok {
		storage := randomArray(t, mem, rng, dt.StorageType(), n, before, after)
		defer storage.Release()
		return array.NewExtensionArrayWithStorage(dt, storage)
	}
	if IsText(dt) {
		return textArray(mem, dt, randomCells(rng, n, hostile[:12]), before, after)
	}
	whole := randomWhole(t, mem, rng, dt, before+n+after)
	defer whole.Release()
	return array.NewSlice(whole, int64(before), int64(before+n))
}

func randomWhole(t *testing.T, mem memory.Allocator, rng *rand.Rand, dt arrow.DataType, n int) arrow.Array {
	if dt, ok := dt.(*arrow.DictionaryType); ok {
		values := randomWhole(t, mem, rng, dt.ValueType, 30)
		defer values.Release()
		indices := fixedArray(mem, rng, dt.IndexType.(arrow.FixedWidthDataType), n)
		defer indices.Release()
		for i, b := range indices.Data().Buffers()[1].Bytes() {
			indices.Data().Buffers()[1].Bytes()[i] = b % 30
		}
		return array.NewDictionaryArray(dt, indices, values)
	}
	if dt, ok := dt.(arrow.FixedWidthDataType); ok && dt.Layout().Buffers[len(dt.Layout().Buffers)-1].Kind == arrow.KindFixedWidth && len(dt.Layout().Buffers) == 2 {
		return fixedArray(mem, rng, dt, n)
	}
	b := array.NewBuilder(mem, dt)
	defer b.Release()
	for range n {
		appendRandom(t, rng, b)
	}
	return b.NewArray()
}

// fixedArray makes an array of small numbers, whatever they mean to the type.
// Nulls cover numbers too.
func fixedArray(mem memory.Allocator, rng *rand.Rand, dt arrow.FixedWidthDataType, n int) arrow.Array {
	valid, values := memory.NewResizableBuffer(mem), memory.NewResizableBuffer(mem)
	defer valid.Release()
	defer values.Release()
	valid.Resize((n + 7) / 8)
	values.Resize(n * dt.Bytes())
	clear(values.Bytes())
	for i := range valid.Bytes() {
		valid.Bytes()[i] = byte(rng.Uint32() | rng.Uint32())
	}
	for i := range n {
		values.Bytes()[i*dt.Bytes()] = byte(rng.IntN(100))
	}
	data := array.NewData(dt, n, []*memory.Buffer{valid, values}, nil, array.UnknownNullCount, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// appendRandom appends a random value to any builder.
func appendRandom(t *testing.T, rng *rand.Rand, b array.Builder) {
	t.Helper()
	null := rng.IntN(6) == 0
	switch b := b.(type) {
	case *array.SparseUnionBuilder:
		k := rng.IntN(b.NumChildren())
		b.Append(b.Type().(*arrow.SparseUnionType).TypeCodes()[k])
		for i := range b.NumChildren() {
			if i == k {
				appendRandom(t, rng, b.Child(i))
			} else {
				b.Child(i).AppendEmptyValue()
			}
		}
		return
	case *array.DenseUnionBuilder:
		k := rng.IntN(b.NumChildren())
		b.Append(b.Type().(*arrow.DenseUnionType).TypeCodes()[k])
		appendRandom(t, rng, b.Child(k))
		return
	case *array.RunEndEncodedBuilder:
		b.Append(uint64(1 + rng.IntN(3)))
		appendRandom(t, rng, b.ValueBuilder())
		return
	}
	if null {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StructBuilder:
		b.Append(true)
		for i := range b.NumField() {
			appendRandom(t, rng, b.FieldBuilder(i))
		}
	case *array.MapBuilder:
		b.Append(true)
		for i := range rng.IntN(4) {
			b.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint(i))
			appendRandom(t, rng, b.ItemBuilder())
		}
	case *array.FixedSizeListBuilder:
		b.Append(true)
		for range b.Type().(*arrow.FixedSizeListType).Len() {
			appendRandom(t, rng, b.ValueBuilder())
		}
	case array.VarLenListLikeBuilder:
		n := rng.IntN(4)
		b.AppendWithSize(true, n)
		for range n {
			appendRandom(t, rng, b.ValueBuilder())
		}
	case *array.NullBuilder:
		b.AppendNull()
	case *array.BooleanBuilder:
		b.Append(rng.IntN(2) == 0)
	case *array.BinaryBuilder:
		b.Append(randomBytes(rng))
	case *array.StringBuilder:
		b.Append(fmt.Sprintf("%x", randomBytes(rng)))
	case *array.LargeStringBuilder:
		b.Append(fmt.Sprintf("%x", randomBytes(rng)))
	case *array.StringViewBuilder:
		b.Append(fmt.Sprintf("%x", randomBytes(rng)))
	case *array.BinaryViewBuilder:
		b.Append(randomBytes(rng))
	case *array.BinaryDictionaryBuilder:
		require.NoError(t, b.AppendString(fmt.Sprintf("entry-%d", rng.IntN(20))))
	default:
		require.NoError(t, b.AppendValueFromString(fmt.Sprint(rng.IntN(100))), "%T", b)
	}
}

func randomBytes(rng *rand.Rand) []byte {
	b := make([]byte, rng.IntN(20))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// rowJSON shows one row of an array as JSON: how two rows are compared without
// any code of this package.
func rowJSON(t *testing.T, a arrow.Array, row int) string {
	t.Helper()
	if u, ok := a.(*array.SparseUnion); ok {
		return unionJSON(t, u, row, row)
	}
	if u, ok := a.(*array.DenseUnion); ok {
		return unionJSON(t, u, row, int(u.ValueOffset(row)))
	}
	if s, ok := a.(*array.Struct); ok { // holds unions, perhaps
		if s.IsNull(row) {
			return "null"
		}
		var parts []string
		for i := range s.NumField() {
			parts = append(parts, rowJSON(t, s.Field(i), row))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	v := a.GetOneForMarshal(row)
	if b, ok := v.([]byte); ok && b == nil {
		v = []byte{} // empty, but shown as null where the array has no bytes at all
	}
	var b bytes.Buffer
	require.NoError(t, json.NewEncoder(&b).Encode(v), "%s", a.DataType())
	return strings.TrimSpace(b.String())
}

func unionJSON(t *testing.T, u array.Union, row, item int) string {
	return fmt.Sprintf("[%d,%s]", u.TypeCode(row), rowJSON(t, u.Field(u.ChildID(row)), item))
}

// repeats returns n, a third of it under -short: fewer of each kind.
func repeats(n int) int {
	if testing.Short() {
		return n / 3
	}
	return n
}
