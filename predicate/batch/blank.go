package batch

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// blank returns n rows of any type that hold nothing, for places that must
// exist and are masked: the item of a dense union below a NULL, say, whose
// children have none. No rows hold nothing at any depth.
func (t *gatherer) blank(dt arrow.DataType, n int) arrow.ArrayData {
	zero := func(size int) *memory.Buffer {
		b := t.buffer(size)
		clear(b.Bytes())
		return b
	}
	type buffers = []*memory.Buffer
	below := func(n int) []arrow.ArrayData {
		var children []arrow.ArrayData
		for _, f := range dt.(arrow.NestedType).Fields() {
			children = append(children, t.blank(f.Type, n))
		}
		return children
	}
	switch dt := dt.(type) {
	case *arrow.NullType:
		return t.data(dt, n, buffers{nil}, nil, n)
	case *arrow.BooleanType:
		return t.data(dt, n, buffers{nil, zero(n)}, nil, 0)
	case *arrow.StringType, *arrow.BinaryType:
		return t.data(dt, n, buffers{nil, zero(4 * (n + 1)), zero(0)}, nil, 0)
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		return t.data(dt, n, buffers{nil, zero(8 * (n + 1)), zero(0)}, nil, 0)
	case *arrow.StringViewType, *arrow.BinaryViewType:
		return t.data(dt, n, buffers{nil, zero(viewSize * n)}, nil, 0)
	case *arrow.ListType, *arrow.MapType:
		return t.data(dt, n, buffers{nil, zero(4 * (n + 1))}, below(0), 0)
	case *arrow.LargeListType:
		return t.data(dt, n, buffers{nil, zero(8 * (n + 1))}, below(0), 0)
	case *arrow.ListViewType:
		return t.data(dt, n, buffers{nil, zero(4 * n), zero(4 * n)}, below(0), 0)
	case *arrow.LargeListViewType:
		return t.data(dt, n, buffers{nil, zero(8 * n), zero(8 * n)}, below(0), 0)
	case *arrow.FixedSizeListType:
		return t.data(dt, n, buffers{nil}, below(n*int(dt.Len())), 0)
	case *arrow.StructType:
		return t.data(dt, n, buffers{nil}, below(n), 0)
	case *arrow.SparseUnionType:
		return t.data(dt, n, buffers{nil, t.codes(dt, n)}, below(n), 0)
	case *arrow.DenseUnionType:
		return t.data(dt, n, buffers{nil, t.codes(dt, n), zero(4 * n)}, below(min(n, 1)), 0)
	case *arrow.DictionaryType:
		d := array.NewDataWithDictionary(dt, n, buffers{nil, zero(dt.IndexType.(arrow.FixedWidthDataType).Bytes() * n)}, 0, 0, t.blank(dt.ValueType, min(n, 1)).(*array.Data))
		t.own(d)
		return d
	case *arrow.RunEndEncodedType:
		ends, runs := zero(min(n, 1)*dt.RunEnds().(arrow.FixedWidthDataType).Bytes()), min(n, 1)
		if n > 0 {
			ends.Bytes()[0] = byte(n) // few: see take
		}
		return t.data(dt, n, buffers{nil}, []arrow.ArrayData{t.data(dt.RunEnds(), runs, buffers{nil, ends}, nil, 0), t.blank(dt.Encoded(), runs)}, 0)
	case arrow.ExtensionType:
		return retyped(t.blank(dt.StorageType(), n), dt, t)
	case arrow.FixedWidthDataType:
		return t.data(dt, n, buffers{nil, zero(dt.Bytes() * n)}, nil, 0)
	default:
		return t.data(dt, n, nil, nil, 0) // take refuses the type
	}
}

// codes returns n times the first type code of a union, which is what a masked
// row of a union has.
func (t *gatherer) codes(dt arrow.UnionType, n int) *memory.Buffer {
	b := t.buffer(n)
	for i := range b.Bytes() {
		b.Bytes()[i] = byte(dt.TypeCodes()[0])
	}
	return b
}
