// Package broken makes Arrow arrays that are malformed, each in one way, and
// puts them inside others, for tests of what must refuse them.
package broken

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Rows is how many rows every array has.
const Rows = 4

// An Array is malformed: row 1 or 2 is among the rows that the fault is of.
type Array struct {
	Name, Reason string
	Data         arrow.ArrayData
}

// Arrays returns the arrays, one for each way to be malformed.
func Arrays() []Array {
	var all []Array
	for _, part := range [][]Array{offsets(), views(), runs(), unions(), lists(), dictionaries(), maps(), sizes()} {
		all = append(all, part...)
	}
	return all
}

func i8(v ...int8) *memory.Buffer   { return memory.NewBufferBytes(arrow.Int8Traits.CastToBytes(v)) }
func i16(v ...int16) *memory.Buffer { return memory.NewBufferBytes(arrow.Int16Traits.CastToBytes(v)) }
func i32(v ...int32) *memory.Buffer { return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(v)) }
func i64(v ...int64) *memory.Buffer { return memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(v)) }

func text(s string) *memory.Buffer { return memory.NewBufferBytes([]byte(s)) }

func buffers(b ...*memory.Buffer) []*memory.Buffer { return b }

// data is an array of Rows rows without nulls.
func data(dt arrow.DataType, bufs []*memory.Buffer, children ...arrow.ArrayData) arrow.ArrayData {
	return array.NewData(dt, Rows, bufs, children, 0, 0)
}

// numbers returns an int32 array.
func numbers(v ...int32) arrow.ArrayData {
	return array.NewData(arrow.PrimitiveTypes.Int32, len(v), buffers(nil, i32(v...)), nil, 0, 0)
}

// texts returns an array of the texts "a", "b", … of a length.
func texts(n int) arrow.ArrayData {
	ends, bytes := make([]int32, n+1), make([]byte, n)
	for i := range n {
		ends[i+1], bytes[i] = int32(i+1), byte('a'+i)
	}
	return array.NewData(arrow.BinaryTypes.String, n, buffers(nil, i32(ends...), memory.NewBufferBytes(bytes)), nil, 0, 0)
}

func offsets() (all []Array) {
	for _, f := range []struct {
		name, reason string
		ends         [Rows + 1]int32
	}{
		{"back", "an offset is less than the one before", [...]int32{0, 3, 1, 4, 6}},
		{"negative", "an offset is below zero", [...]int32{0, -2, 2, 4, 6}},
		{"beyond", "an offset is beyond the values", [...]int32{0, 1, 99, 99, 99}},
		{"beyond and back", "the last offset is fine", [...]int32{0, 1, 99, 4, 6}},
	} {
		narrow := i32(f.ends[:]...)
		wide := make([]int64, len(f.ends))
		for i, end := range f.ends {
			wide[i] = int64(end)
		}
		for _, dt := range []arrow.DataType{arrow.BinaryTypes.String, arrow.BinaryTypes.Binary} {
			all = append(all, Array{dt.Name() + " offsets " + f.name, f.reason, data(dt, buffers(nil, narrow, text("abcdef")))})
		}
		for _, dt := range []arrow.DataType{arrow.BinaryTypes.LargeString, arrow.BinaryTypes.LargeBinary} {
			all = append(all, Array{dt.Name() + " offsets " + f.name, f.reason, data(dt, buffers(nil, i64(wide...), text("abcdef")))})
		}
		str := arrow.BinaryTypes.String
		all = append(all,
			Array{"list offsets " + f.name, f.reason, data(arrow.ListOf(str), buffers(nil, narrow), texts(6))},
			Array{"large_list offsets " + f.name, f.reason, data(arrow.LargeListOf(str), buffers(nil, i64(wide...)), texts(6))})
	}
	return all
}

// view returns the 16 bytes of a view.
func view(size int32, rest string) string {
	return string(append(arrow.Int32Traits.CastToBytes([]int32{size}), rest...))
}

// far returns a view that refers to a buffer.
func far(size int32, prefix string, buffer, offset int32) string {
	return view(size, prefix+string(arrow.Int32Traits.CastToBytes([]int32{buffer, offset})))
}

func views() (all []Array) {
	const value = "a text of more than twelve bytes"
	size := int32(len(value))
	short := view(1, "x\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	for _, f := range []struct{ name, reason, view string }{
		{"negative size", "a view's size is below zero", view(-1, "x\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")},
		{"padding", "a short view is not padded with zeros", view(1, "x\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00s")},
		{"padding of none", "nor is an empty one", view(0, "\x00\x00\x00\x00s\x00\x00\x00\x00\x00\x00\x00")},
		{"buffer", "a view is in no buffer", far(size, "a te", 1, 0)},
		{"negative buffer", "a view is in a buffer below zero", far(size, "a te", -1, 0)},
		{"offset", "a view begins beyond its buffer", far(size, "a te", 0, 99)},
		{"negative offset", "a view begins before its buffer", far(size, "a te", 0, -1)},
		{"end", "a view ends beyond its buffer", far(size, "ext ", 0, 3)},
		{"prefix", "a view has the prefix of another text", far(size, "b te", 0, 0)},
	} {
		for _, dt := range []arrow.DataType{arrow.BinaryTypes.StringView, arrow.BinaryTypes.BinaryView} {
			all = append(all, Array{dt.Name() + " " + f.name, f.reason,
				data(dt, buffers(nil, text(short+f.view+far(size, "a te", 0, 0)+short), text(value)))})
		}
	}
	return all
}

func runs() (all []Array) {
	str := arrow.BinaryTypes.String
	for _, f := range []struct {
		name, reason string
		ends         []int32
	}{
		{"negative", "run ends do not increase", []int32{1, -1, 1, 4}},
		{"back", "run ends do not increase", []int32{2, 1, 4}},
		{"equal", "a run has no row", []int32{1, 1, 4}},
		{"zero", "the first run has no row", []int32{0, 4}},
		{"below zero", "the first run ends before it begins", []int32{-3, 4}},
		{"short", "no run has the last rows", []int32{1, 2}},
		{"none", "no run has any row", nil},
		{"back and forth", "the last run end is fine", []int32{1, 9, 4}},
	} {
		small, wide := make([]int16, len(f.ends)), make([]int64, len(f.ends))
		for i, end := range f.ends {
			small[i], wide[i] = int16(end), int64(end)
		}
		for dt, ends := range map[arrow.DataType]*memory.Buffer{arrow.PrimitiveTypes.Int16: i16(small...), arrow.PrimitiveTypes.Int32: i32(f.ends...), arrow.PrimitiveTypes.Int64: i64(wide...)} {
			child := array.NewData(dt, len(f.ends), buffers(nil, ends), nil, 0, 0)
			all = append(all, Array{"run ends " + dt.Name() + " " + f.name, f.reason, data(arrow.RunEndEncodedOf(dt, str), buffers(nil), child, texts(len(f.ends)))})
		}
	}
	null := array.NewData(arrow.PrimitiveTypes.Int32, 2, buffers(i8(0b10), i32(1, 4)), nil, 1, 0)
	ree := arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, str)
	return append(all,
		Array{"run ends null", "a run end is null", data(ree, buffers(nil), null, texts(2))},
		Array{"run ends without value", "a run has no value", data(ree, buffers(nil), numbers(1, 2, 4), texts(2))})
}

func unions() (all []Array) {
	fields := []arrow.Field{{Name: "i", Type: arrow.PrimitiveTypes.Int32}, {Name: "s", Type: arrow.BinaryTypes.String}}
	codes := []arrow.UnionTypeCode{7, 3}
	sparse, dense := arrow.SparseUnionOf(fields, codes), arrow.DenseUnionOf(fields, codes)
	for _, f := range []struct {
		name, reason string
		codes        []int8
		offsets      []int32
	}{
		{"unknown code", "a type code has no child", []int8{7, 4, 3, 7}, []int32{0, 0, 0, 1}},
		{"negative code", "a type code is below zero", []int8{7, -1, 3, 7}, []int32{0, 0, 0, 1}},
		{"negative offset", "an element is before its child", []int8{7, 3, 3, 7}, []int32{0, -1, 0, 1}},
		{"offset beyond", "an element is beyond its child", []int8{7, 3, 3, 7}, []int32{0, 9, 9, 1}},
		{"offset back", "elements are not in the order of the rows", []int8{7, 3, 3, 7}, []int32{0, 1, 0, 1}},
	} {
		all = append(all, Array{"dense_union " + f.name, f.reason, data(dense, buffers(nil, i8(f.codes...), i32(f.offsets...)), numbers(1, 2, 3, 4), texts(4))})
		if f.offsets[1] == 0 {
			all = append(all, Array{"sparse_union " + f.name, f.reason, data(sparse, buffers(nil, i8(f.codes...)), numbers(1, 2, 3, 4), texts(4))})
		}
	}
	return append(all,
		Array{"sparse_union child", "a child is too short", data(sparse, buffers(nil, i8(7, 3, 3, 7)), numbers(1, 2, 3, 4), texts(2))},
		Array{"sparse_union bitmap", "a union has nulls of its own", array.NewData(sparse, Rows, buffers(i8(0b0101), i8(7, 3, 3, 7)), []arrow.ArrayData{numbers(1, 2, 3, 4), texts(4)}, 2, 0)})
}

func lists() (all []Array) {
	str := arrow.BinaryTypes.String
	for _, f := range []struct {
		name, reason   string
		offsets, sizes []int32
	}{
		{"negative offset", "a list begins before its values", []int32{0, -1, 1, 1}, []int32{1, 1, 1, 1}},
		{"negative size", "a list has less than no element", []int32{0, 1, 1, 1}, []int32{1, -1, 1, 1}},
		{"beyond", "a list begins beyond its values", []int32{0, 9, 9, 1}, []int32{1, 1, 1, 1}},
		{"end", "a list ends beyond its values", []int32{0, 1, 1, 1}, []int32{1, 9, 9, 1}},
		{"overflow", "the end of a list overflows", []int32{0, 1<<31 - 1, 1, 1}, []int32{1, 1<<31 - 1, 1, 1}},
	} {
		wide := func(v []int32) []int64 {
			out := make([]int64, len(v))
			for i := range v {
				if out[i] = int64(v[i]); v[i] == 1<<31-1 {
					out[i] = 1<<63 - 1
				}
			}
			return out
		}
		all = append(all,
			Array{"list_view " + f.name, f.reason, data(arrow.ListViewOf(str), buffers(nil, i32(f.offsets...), i32(f.sizes...)), texts(3))},
			Array{"large_list_view " + f.name, f.reason, data(arrow.LargeListViewOf(str), buffers(nil, i64(wide(f.offsets)...), i64(wide(f.sizes)...)), texts(3))})
	}
	return append(all, Array{"fixed_size_list child", "a child is too short", data(arrow.FixedSizeListOf(2, str), buffers(nil), texts(5))},
		Array{"struct child", "a child is too short", data(arrow.StructOf(arrow.Field{Name: "s", Type: str}), buffers(nil), texts(2))})
}

func dictionaries() (all []Array) {
	for _, f := range []struct {
		name, reason string
		dt           arrow.DataType
		indices      *memory.Buffer
	}{
		{"int8", "an index is beyond the dictionary", arrow.PrimitiveTypes.Int8, i8(0, 3, 2, 1)},
		{"int8 negative", "an index is below zero", arrow.PrimitiveTypes.Int8, i8(0, -1, 2, 1)},
		{"uint8", "an index is beyond the dictionary", arrow.PrimitiveTypes.Uint8, i8(0, -1, 2, 1)},
		{"int16", "an index is beyond the dictionary", arrow.PrimitiveTypes.Int16, i16(0, 3, 2, 1)},
		{"uint16", "an index is beyond the dictionary", arrow.PrimitiveTypes.Uint16, i16(0, -1, 2, 1)},
		{"int32", "an index is beyond the dictionary", arrow.PrimitiveTypes.Int32, i32(0, 3, 2, 1)},
		{"int32 negative", "an index is below zero", arrow.PrimitiveTypes.Int32, i32(0, -1, 2, 1)},
		{"uint32", "an index is beyond the dictionary", arrow.PrimitiveTypes.Uint32, i32(0, -1, 2, 1)},
		{"int64", "an index is beyond the dictionary", arrow.PrimitiveTypes.Int64, i64(0, 3, 2, 1)},
		{"uint64", "an index is beyond the dictionary", arrow.PrimitiveTypes.Uint64, i64(0, -1, 2, 1)},
	} {
		dt := &arrow.DictionaryType{IndexType: f.dt, ValueType: arrow.BinaryTypes.String}
		all = append(all, Array{"dictionary " + f.name, f.reason, array.NewDataWithDictionary(dt, Rows, buffers(nil, f.indices), 0, 0, texts(3).(*array.Data))})
	}
	return all
}

func maps() []Array {
	dt := arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32)
	entries := func(keys arrow.ArrayData, valid *memory.Buffer, nulls int) arrow.ArrayData {
		return array.NewData(dt.Elem(), Rows, buffers(valid), []arrow.ArrayData{keys, numbers(1, 2, 3, 4)}, nulls, 0)
	}
	keys := texts(4)
	null := array.NewData(keys.DataType(), Rows, buffers(i8(0b1101), keys.Buffers()[1], keys.Buffers()[2]), nil, 1, 0)
	ends := buffers(nil, i32(0, 1, 2, 3, 4))
	return []Array{
		{"map key", "a key is null", data(dt, ends, entries(null, nil, 0))},
		{"map entry", "an entry is null", data(dt, ends, entries(keys, i8(0b1101), 1))},
		{"map offsets", "an offset goes back", data(dt, buffers(nil, i32(0, 2, 1, 3, 4)), entries(keys, nil, 0))},
	}
}

func sizes() []Array {
	nulls := func(count int, valid *memory.Buffer) arrow.ArrayData {
		return array.NewData(arrow.PrimitiveTypes.Int32, Rows, buffers(valid, i32(1, 2, 3, 4)), nil, count, 0)
	}
	return []Array{
		{"null count", "less nulls than the bitmap has", nulls(1, i8(0b1001))},
		{"no null count", "no nulls, but the bitmap has some", nulls(0, i8(0b1001))},
		{"null count without bitmap", "nulls that no bitmap has", nulls(1, nil)},
		{"negative null count", "less than no nulls", nulls(-7, i8(0b1111))},
		{"values", "a buffer of values is too short", data(arrow.PrimitiveTypes.Int32, buffers(nil, i32(1, 2)))},
		{"codes", "a buffer of bits is missing", data(arrow.FixedWidthTypes.Boolean, buffers(nil, nil))},
		{"widths", "values of 5 bytes are too short", data(&arrow.FixedSizeBinaryType{ByteWidth: 5}, buffers(nil, text("abcdefghi")))},
		{"offsets", "a buffer of offsets is too short", data(arrow.BinaryTypes.String, buffers(nil, i32(0, 1), text("abc")))},
		{"bitmap", "a bitmap is too short", array.NewData(arrow.PrimitiveTypes.Int32, Rows, buffers(i8(), i32(1, 2, 3, 4)), nil, 2, 0)},
	}
}
