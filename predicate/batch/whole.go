package batch

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// whole returns data as they can be handed on when all their rows are visible,
// and nil if they must be copied. Nothing of what is handed on holds more than
// its rows need (S3): buffers that are longer are cut to size, which copies
// nothing. Data are copied if they
//
//   - begin behind the start of their buffers or children, or end before that of
//     a child;
//   - hold something in the slot of a null, or below one;
//   - have a dictionary with an unused value; or
//   - are of a layout that is rebuilt rather than searched for such remains: run
//     ends, views, list views and unions.
func (t *gatherer) whole(data arrow.ArrayData) arrow.ArrayData {
	n := data.Len()
	if n == 0 || data.Offset() != 0 {
		return nil
	}
	valid := validity(data)
	if valid != nil && allSet(valid, 0, n) {
		valid = nil
	}
	switch dt := data.DataType().(type) {
	case *arrow.BinaryType, *arrow.StringType:
		return wholeBytes(t, data, valid, arrow.Int32Traits.CastFromBytes)
	case *arrow.LargeBinaryType, *arrow.LargeStringType:
		return wholeBytes(t, data, valid, arrow.Int64Traits.CastFromBytes)
	case *arrow.ListType, *arrow.MapType:
		return wholeList(t, data, valid, arrow.Int32Traits.CastFromBytes)
	case *arrow.LargeListType:
		return wholeList(t, data, valid, arrow.Int64Traits.CastFromBytes)
	case *arrow.FixedSizeListType:
		return t.wholeFixedSizeList(data, valid, int(dt.Len()))
	case *arrow.StructType:
		return t.wholeStruct(data, valid)
	case *arrow.BooleanType:
		return t.wholeBool(data, valid)
	case *arrow.DictionaryType:
		return t.wholeDict(data, valid, dt)
	case arrow.ExtensionType:
		in := retyped(data, dt.StorageType(), t)
		switch storage := t.whole(in); storage {
		case nil:
			return nil
		case in:
			return data
		default:
			return retyped(storage, dt, t)
		}
	case arrow.BinaryViewDataType, arrow.NestedType, *arrow.NullType:
		return nil
	case arrow.FixedWidthDataType:
		return t.wholeFixed(data, valid, dt.Bytes(), n, nil)
	default:
		return nil
	}
}

// remade returns data with other buffers and children, data themselves if these
// are the same.
func (t *gatherer) remade(data arrow.ArrayData, buffers []*memory.Buffer, children []arrow.ArrayData, dictionary arrow.ArrayData) arrow.ArrayData {
	if len(buffers) == len(data.Buffers()) && slices.Equal(buffers, data.Buffers()) && slices.Equal(children, data.Children()) && dictionary == nil {
		return data
	}
	d := array.NewData(data.DataType(), data.Len(), buffers, children, data.NullN(), 0)
	t.own(d)
	if dictionary == nil && data.DataType().ID() == arrow.DICTIONARY {
		dictionary = data.Dictionary()
	}
	if dictionary != nil {
		d.SetDictionary(dictionary)
	}
	return d
}

// bitmapOf returns the validity of data, cut to their rows.
func (t *gatherer) bitmapOf(data arrow.ArrayData) *memory.Buffer {
	if validity(data) == nil {
		return nil
	}
	return t.cutBits(data.Buffers()[0], data.Len())
}

// wholeFixed is whole for values of width bytes.
func (t *gatherer) wholeFixed(data arrow.ArrayData, valid []byte, width, n int, dictionary arrow.ArrayData) arrow.ArrayData {
	values := bufferBytes(data, 1)
	if len(values) < n*width || valid != nil && !eachNullIs(valid, n, func(i int) bool { return zeros(values[i*width : (i+1)*width]) }) {
		return nil
	}
	return t.remade(data, []*memory.Buffer{t.bitmapOf(data), t.cut(data.Buffers()[1], n*width)}, data.Children(), dictionary)
}

func (t *gatherer) wholeBool(data arrow.ArrayData, valid []byte) arrow.ArrayData {
	n := data.Len()
	values := bufferBytes(data, 1)
	if len(values) < (n+7)/8 || valid != nil && !eachNullIs(valid, n, func(i int) bool { return !bitAt(values, i) }) {
		return nil
	}
	return t.remade(data, []*memory.Buffer{t.bitmapOf(data), t.cutBits(data.Buffers()[1], n)}, nil, nil)
}

// offsetsFrom0 returns the offsets of data, nil unless they begin at 0 and every
// null is empty.
func offsetsFrom0[O offset](data arrow.ArrayData, valid []byte, castOffsets func([]byte) []O) []O {
	n := data.Len()
	in := castOffsets(bufferBytes(data, 1))
	if len(in) < n+1 || in[0] != 0 || valid != nil && !eachNullIs(valid, n, func(i int) bool { return in[i] == in[i+1] }) {
		return nil
	}
	return in[:n+1]
}

func wholeBytes[O offset](t *gatherer, data arrow.ArrayData, valid []byte, castOffsets func([]byte) []O) arrow.ArrayData {
	in := offsetsFrom0(data, valid, castOffsets)
	if in == nil {
		return nil
	}
	end := int(in[data.Len()])
	if end < 0 || end > len(bufferBytes(data, 2)) {
		return nil
	}
	return t.remade(data, []*memory.Buffer{t.bitmapOf(data), t.cut(data.Buffers()[1], len(in)*sizeOf[O]()), t.cut(data.Buffers()[2], end)}, nil, nil)
}

func wholeList[O offset](t *gatherer, data arrow.ArrayData, valid []byte, castOffsets func([]byte) []O) arrow.ArrayData {
	in := offsetsFrom0(data, valid, castOffsets)
	if in == nil || int(in[data.Len()]) != data.Children()[0].Len() {
		return nil
	}
	child := t.whole(data.Children()[0])
	if child == nil {
		return nil
	}
	return t.remade(data, []*memory.Buffer{t.bitmapOf(data), t.cut(data.Buffers()[1], len(in)*sizeOf[O]())}, []arrow.ArrayData{child}, nil)
}

// wholeChild is t.whole for a child of which size rows belong to each row of
// its parent: those below a null must be null.
func (t *gatherer) wholeChild(child arrow.ArrayData, valid []byte, n, size int) arrow.ArrayData {
	if child.Len() != n*size || child.Offset() != 0 {
		return nil
	}
	if valid != nil {
		bits := validity(child)
		if bits == nil || !eachNullIs(valid, n, func(i int) bool {
			for k := i * size; k < (i+1)*size; k++ {
				if bitAt(bits, k) {
					return false
				}
			}
			return true
		}) {
			return nil
		}
	}
	return t.whole(child)
}

func (t *gatherer) wholeFixedSizeList(data arrow.ArrayData, valid []byte, size int) arrow.ArrayData {
	child := t.wholeChild(data.Children()[0], valid, data.Len(), size)
	if child == nil {
		return nil
	}
	return t.remade(data, []*memory.Buffer{t.bitmapOf(data)}, []arrow.ArrayData{child}, nil)
}

func (t *gatherer) wholeStruct(data arrow.ArrayData, valid []byte) arrow.ArrayData {
	children := make([]arrow.ArrayData, len(data.Children()))
	for i, child := range data.Children() {
		if children[i] = t.wholeChild(child, valid, data.Len(), 1); children[i] == nil {
			return nil
		}
	}
	return t.remade(data, []*memory.Buffer{t.bitmapOf(data)}, children, nil)
}

// wholeDict is whole for a dictionary of which every value is used.
func (t *gatherer) wholeDict(data arrow.ArrayData, valid []byte, dt *arrow.DictionaryType) arrow.ArrayData {
	dictionary, n := data.Dictionary(), data.Len()
	width := dt.IndexType.(arrow.FixedWidthDataType).Bytes()
	if dictionary.Len() > n || len(bufferBytes(data, 1)) < n*width {
		return nil
	}
	values := t.whole(dictionary)
	if values == nil {
		return nil
	}
	if values == dictionary {
		values = nil
	}
	out := t.wholeFixed(data, valid, width, n, values)
	if out == nil {
		return nil
	}
	var used []uint64
	var err error
	switch b := bufferBytes(data, 1); width {
	case 1:
		used, err = usedOf(t, cast[uint8](b)[:n], valid, dictionary.Len())
	case 2:
		used, err = usedOf(t, cast[uint16](b)[:n], valid, dictionary.Len())
	case 4:
		used, err = usedOf(t, cast[uint32](b)[:n], valid, dictionary.Len())
	default:
		used, err = usedOf(t, cast[uint64](b)[:n], valid, dictionary.Len())
	}
	if err != nil {
		return nil // a copy says what is wrong
	}
	if countMask(used) < dictionary.Len() {
		t.used = usedValues{data, used}
		return nil
	}
	return out
}
