package arrow18_test

import (
	"strings"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	mem15 "github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// every has a row for each Arrow type v15 has, with a null where the type can
// hold one, and for the nestings in which bridges tend to lose something.
var every = []struct {
	name, reason string
	dt           v18.DataType
	json         string
}{
	{"null", "has no buffer at all", v18.Null, `[null, null, null, null]`},
	{"bool", "bits, so slices start inside a byte", v18.FixedWidthTypes.Boolean, `[true, null, false, true, true]`},
	{"int8", "fixed width 1", v18.PrimitiveTypes.Int8, `[1, null, -3, 4]`},
	{"int16", "fixed width 2", v18.PrimitiveTypes.Int16, `[1, null, -3, 4]`},
	{"int32", "fixed width 4", v18.PrimitiveTypes.Int32, `[1, null, -3, 4]`},
	{"int64", "fixed width 8", v18.PrimitiveTypes.Int64, `[1, null, -3, 4]`},
	{"uint8", "unsigned", v18.PrimitiveTypes.Uint8, `[1, null, 255, 4]`},
	{"uint16", "unsigned", v18.PrimitiveTypes.Uint16, `[1, null, 65535, 4]`},
	{"uint32", "unsigned", v18.PrimitiveTypes.Uint32, `[1, null, 4294967295, 4]`},
	{"uint64", "unsigned", v18.PrimitiveTypes.Uint64, `[1, null, 3, 4]`},
	{"float16", "a type of its own in both versions", v18.FixedWidthTypes.Float16, `[1.5, null, -3, 4]`},
	{"float32", "plain", v18.PrimitiveTypes.Float32, `[1.5, null, -3, 4]`},
	{"float64", "plain", v18.PrimitiveTypes.Float64, `[1.5, null, -3, 4]`},
	{"utf8", "what rules look at", v18.BinaryTypes.String, `["US", null, "", "a longer value"]`},
	{"large_utf8", "offsets of 8 bytes", v18.BinaryTypes.LargeString, `["US", null, "", "a longer value"]`},
	{"binary", "the plain form", v18.BinaryTypes.Binary, `["YQ==", null, "", "YWI="]`},
	{"large_binary", "the plain form", v18.BinaryTypes.LargeBinary, `["YQ==", null, "", "YWI="]`},
	{"string_view", "buffers beyond the first two", v18.BinaryTypes.StringView, `["US", null, "twelve bytes and more", "also more than twelve bytes"]`},
	{"binary_view", "buffers beyond the first two", v18.BinaryTypes.BinaryView, `["YQ==", null, "bW9yZSB0aGFuIHR3ZWx2ZSBieXRlcw==", ""]`},
	{"fixed_size_binary", "width in the type", &v18.FixedSizeBinaryType{ByteWidth: 2}, `["YWI=", null, "Y2Q=", "ZWY="]`},
	{"date32", "the plain form", v18.FixedWidthTypes.Date32, `["2020-01-01", null, "1969-12-31", "2000-02-29"]`},
	{"date64", "the plain form", v18.FixedWidthTypes.Date64, `["2020-01-01", null, "1969-12-31", "2000-02-29"]`},
	{"time32", "unit in the type", v18.FixedWidthTypes.Time32ms, `["10:00:00", null, "10:00:00.123", "00:00:00"]`},
	{"time64", "unit in the type", v18.FixedWidthTypes.Time64us, `["10:00:00", null, "10:00:00.123456", "00:00:00"]`},
	{"timestamp", "unit and zone in the type", &v18.TimestampType{Unit: v18.Nanosecond, TimeZone: "Europe/Paris"}, `["2020-01-01T10:00:00Z", null, "1969-12-31T00:00:00Z", "2000-02-29T00:00:00Z"]`},
	{"timestamp no zone", "no zone is not UTC", &v18.TimestampType{Unit: v18.Second}, `["2020-01-01T10:00:00", null, "1969-12-31", "2000-02-29"]`},
	{"duration", "the plain form", v18.FixedWidthTypes.Duration_us, `["1us", null, "-2s", "3h"]`},
	{"interval months", "the plain form", v18.FixedWidthTypes.MonthInterval, `[{"months":1}, null, {"months":-3}, {"months":4}]`},
	{"interval day time", "the plain form", v18.FixedWidthTypes.DayTimeInterval, `[{"days":1,"milliseconds":2}, null, {"days":-3,"milliseconds":2}, {"days":4,"milliseconds":2}]`},
	{"interval month day nano", "the plain form", v18.FixedWidthTypes.MonthDayNanoInterval, `[{"months":1,"days":1,"nanoseconds":2}, null, {"months":1,"days":-3,"nanoseconds":2}, {"months":1,"days":4,"nanoseconds":2}]`},
	{"decimal128", "precision and scale in the type", &v18.Decimal128Type{Precision: 20, Scale: 2}, `["1.25", null, "-3.00", "4.50"]`},
	{"decimal256", "precision and scale in the type", &v18.Decimal256Type{Precision: 50, Scale: 3}, `["1.250", null, "-3.000", "4.500"]`},
	{"list", "the plain form", v18.ListOf(v18.BinaryTypes.String), `[["a"], null, [], ["b", null]]`},
	{"list not null", "a child that cannot be null, with a name of its own", v18.ListOfField(v18.Field{Name: "element", Type: v18.PrimitiveTypes.Int32}), `[[1], null, [], [2, 3]]`},
	{"large_list", "the plain form", v18.LargeListOf(v18.PrimitiveTypes.Int32), `[[1], null, [], [2, null]]`},
	{"fixed_size_list", "child rows are a multiple", v18.FixedSizeListOf(2, v18.PrimitiveTypes.Int32), `[[1, 2], null, [3, 4], [5, null]]`},
	{"list_view", "sizes beside offsets", v18.ListViewOf(v18.PrimitiveTypes.Int32), `[[1], null, [], [2, null]]`},
	{"large_list_view", "sizes beside offsets", v18.LargeListViewOf(v18.BinaryTypes.String), `[["a"], null, [], ["b", null]]`},
	{"map", "a list of a struct that has a type of its own", v18.MapOf(v18.BinaryTypes.String, v18.PrimitiveTypes.Int32), `[[{"key":"a","value":1}], null, [], [{"key":"b","value":null}]]`},
	{"struct", "the plain form", v18.StructOf(v18.Field{Name: "a", Type: v18.PrimitiveTypes.Int32, Nullable: true}, v18.Field{Name: "b", Type: v18.BinaryTypes.String}), `[{"a":1,"b":"x"}, null, {"a":null,"b":"y"}, {"a":2,"b":"z"}]`},
	{"struct of lists of structs", "depth", v18.StructOf(v18.Field{Name: "l", Type: v18.ListOf(v18.StructOf(v18.Field{Name: "s", Type: v18.BinaryTypes.String, Nullable: true})), Nullable: true}), `[{"l":[{"s":"x"}]}, null, {"l":null}, {"l":[null, {"s":null}]}]`},
	{"dictionary int8", "the plain form", &v18.DictionaryType{IndexType: v18.PrimitiveTypes.Int8, ValueType: v18.BinaryTypes.String}, `["US", null, "EMEA", "US"]`},
	{"dictionary uint16", "unsigned indices", &v18.DictionaryType{IndexType: v18.PrimitiveTypes.Uint16, ValueType: v18.BinaryTypes.String}, `["US", null, "EMEA", "US"]`},
	{"dictionary int64", "the plain form", &v18.DictionaryType{IndexType: v18.PrimitiveTypes.Int64, ValueType: v18.PrimitiveTypes.Int32}, `[7, null, 9, 7]`},
	{"dictionary in struct", "a dictionary below the top", v18.StructOf(v18.Field{Name: "d", Type: &v18.DictionaryType{IndexType: v18.PrimitiveTypes.Int32, ValueType: v18.BinaryTypes.String}, Nullable: true}), `[{"d":"US"}, null, {"d":null}, {"d":"EMEA"}]`},
	{"dictionary in list", "a dictionary below the top", v18.ListOf(&v18.DictionaryType{IndexType: v18.PrimitiveTypes.Int32, ValueType: v18.BinaryTypes.String}), `[["US"], null, [], ["EMEA", "US"]]`},
	{"run_end_encoded", "length is not that of the children", v18.RunEndEncodedOf(v18.PrimitiveTypes.Int32, v18.BinaryTypes.String), `["US", "US", null, null, "EMEA"]`},
	{"run_end_encoded int16", "other run ends", v18.RunEndEncodedOf(v18.PrimitiveTypes.Int16, v18.PrimitiveTypes.Int64), `[1, 1, null, null, 2]`},
	{"sparse_union", "type codes that are not positions", v18.SparseUnionOf([]v18.Field{{Name: "i", Type: v18.PrimitiveTypes.Int32, Nullable: true}, {Name: "s", Type: v18.BinaryTypes.String, Nullable: true}}, []v18.UnionTypeCode{5, 10}), `[[5, 1], [10, "x"], [5, null], [10, "y"]]`},
	{"dense_union", "offsets of its own", v18.DenseUnionOf([]v18.Field{{Name: "i", Type: v18.PrimitiveTypes.Int32, Nullable: true}, {Name: "s", Type: v18.BinaryTypes.String, Nullable: true}}, []v18.UnionTypeCode{5, 10}), `[[5, 1], [10, "x"], [5, null], [10, "y"]]`},
}

// slices of n rows: the whole, without both ends, one row, and none.
func spans(n int) [][2]int64 {
	m := int64(n)
	return [][2]int64{{0, m}, {1, m - 1}, {m - 1, m}, {m, m}, {0, 0}}
}

func TestEveryTypeIsInTheTable(t *testing.T) {
	seen := make(map[v15.Type]bool)
	for _, tt := range every {
		dt, err := arrow18.DataType(tt.dt)
		require.NoError(t, err)
		seen[dt.ID()] = true
	}
	for id := v15.NULL; id <= v15.LARGE_LIST_VIEW; id++ {
		if id != v15.EXTENSION { // has tests of its own
			require.True(t, seen[id], id.String())
		}
	}
}

func TestEveryTypeThereAndBack(t *testing.T) {
	for _, tt := range every {
		t.Run(tt.name, func(t *testing.T) {
			mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			whole, _, err := array18.FromJSON(mem, tt.dt, strings.NewReader(tt.json))
			require.NoError(t, err)
			for _, span := range spans(whole.Len()) {
				src := array18.NewSlice(whole, span[0], span[1])
				there, err := arrow18.Array(src)
				require.NoError(t, err, "rows %v", span)
				sameBytes(t, src.Data(), there.Data())
				require.Equal(t, src.Len(), there.Len())
				require.Equal(t, src.NullN(), there.NullN(), "rows %v", span)
				require.Equal(t, src.Data().Offset(), there.Data().Offset())
				for i := range src.Len() {
					if tt.dt.ID() == v18.TIMESTAMP { // the versions print these in other ways
						break
					}
					require.Equal(t, src.ValueStr(i), there.ValueStr(i), "rows %v, row %d", span, i)
				}
				back, err := arrow18.FromArray(there)
				require.NoError(t, err)
				sameBytes(t, back.Data(), there.Data())
				require.True(t, array18.Equal(src, back), "rows %v: %v, want %v", span, back, src)

				// The last Release of the copy, not of the source, frees the source.
				src.Release()
				there.Release()
				require.Equal(t, span[1]-span[0], int64(back.Len()))
				back.Release()
			}
			whole.Release()
		})
	}
}

func TestEveryTypeFromV15(t *testing.T) {
	for _, tt := range every {
		t.Run(tt.name, func(t *testing.T) {
			mem := mem15.NewCheckedAllocator(mem15.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			dt, err := arrow18.DataType(tt.dt)
			require.NoError(t, err)
			again, err := arrow18.FromDataType(dt)
			require.NoError(t, err)
			require.True(t, v18.TypeEqual(tt.dt, again, v18.CheckMetadata()), "%v, want %v", again, tt.dt)
			whole, _, err := array15.FromJSON(mem, dt, strings.NewReader(tt.json))
			require.NoError(t, err)
			for _, span := range spans(whole.Len()) {
				src := array15.NewSlice(whole, span[0], span[1])
				there, err := arrow18.FromArray(src)
				require.NoError(t, err, "rows %v", span)
				sameBytes(t, there.Data(), src.Data())
				require.Equal(t, src.NullN(), there.NullN(), "rows %v", span)
				back, err := arrow18.Array(there)
				require.NoError(t, err)
				require.True(t, array15.Equal(src, back), "rows %v: %v, want %v", span, back, src)
				rec := array15.NewRecord(v15.NewSchema([]v15.Field{{Name: "c", Type: dt, Nullable: true}}, nil), []v15.Array{back}, -1)
				require.NoError(t, arrow18.Validate(rec))
				rec.Release()
				src.Release()
				there.Release()
				back.Release()
			}
			whole.Release()
		})
	}
}

// sameBytes fails unless every buffer of a is the memory of the same buffer of
// b, all the way down.
func sameBytes(t *testing.T, a v18.ArrayData, b v15.ArrayData) {
	t.Helper()
	require.Len(t, b.Buffers(), len(a.Buffers()))
	for i, buf := range a.Buffers() {
		if buf == nil {
			require.Nil(t, b.Buffers()[i])
			continue
		}
		x, y := buf.Bytes(), b.Buffers()[i].Bytes()
		require.Len(t, y, len(x))
		if len(x) > 0 {
			require.Same(t, &x[0], &y[0], "buffer %d was copied", i)
		}
	}
	require.Len(t, b.Children(), len(a.Children()))
	for i := range a.Children() {
		sameBytes(t, a.Children()[i], b.Children()[i])
	}
	if a.DataType().ID() == v18.DICTIONARY {
		sameBytes(t, a.Dictionary(), b.Dictionary())
	}
}

func TestDecimal32And64AreRefused(t *testing.T) {
	for _, dt := range []v18.DataType{
		&v18.Decimal32Type{Precision: 5, Scale: 1},
		&v18.Decimal64Type{Precision: 9, Scale: 1},
		v18.ListOf(&v18.Decimal32Type{Precision: 5, Scale: 1}),
	} {
		_, err := arrow18.DataType(dt)
		require.ErrorIs(t, err, arrow18.ErrType, dt.String())
		s := v18.NewSchema([]v18.Field{{Name: "ok", Type: v18.PrimitiveTypes.Int8}, {Name: "price", Type: dt}, {Name: "cost", Type: dt}}, nil)
		_, err = arrow18.Schema(s)
		require.ErrorIs(t, err, arrow18.ErrType)
		require.ErrorContains(t, err, `column "price": `+dt.String())
		require.ErrorContains(t, err, `column "cost": `+dt.String(), "every problem is reported")
		require.NotContains(t, err.Error(), `"ok"`)
	}
}
