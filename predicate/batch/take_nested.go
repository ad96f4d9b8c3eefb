package batch

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeList copies list, large_list and map: offsets into one child.
func takeList[O offset](t *taker, data arrow.ArrayData, sel *selection, castOffsets func([]byte) []O) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel)
	offsets := t.buffer((sel.n + 1) * sizeOf[O]())
	out := castOffsets(offsets.Bytes())
	out[0] = 0
	items := t.runs()
	if sel.n > 0 {
		in := castOffsets(bufferBytes(data, 1))[data.Offset() : data.Offset()+data.Len()+1]
		i := 0
		for _, r := range sel.eachRun() {
			for k := r.at; k < r.at+r.n; k++ {
				if in[k] < 0 || in[k] > in[k+1] || int(in[k+1]) > data.Children()[0].Len() {
					return nil, errOffsets
				}
				if nulls == 0 || bitAt(valid.Bytes(), i) {
					items.add(int(in[k]), int(in[k+1]-in[k]))
				}
				i++
				out[i] = O(items.n)
			}
		}
	}
	items.done()
	child, err := t.take(data.Children()[0], items)
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, offsets}, []arrow.ArrayData{child}, nulls), nil
}

// takeFixedSizeList copies lists of size items each.
func (t *taker) takeFixedSizeList(data arrow.ArrayData, sel *selection, size int) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel)
	items := t.runs()
	for _, r := range sel.eachRun() {
		items.add((data.Offset()+r.at)*size, r.n*size)
	}
	items.done()
	child, err := t.take(data.Children()[0], items)
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid}, []arrow.ArrayData{child}, nulls), nil
}

// takeStruct copies every field. Fields do not share the offset of the struct.
func (t *taker) takeStruct(data arrow.ArrayData, sel *selection) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel)
	children, err := t.takeChildren(data, sel)
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid}, children, nulls), nil
}

// takeSparseUnion copies type codes and, like a struct, every child.
func (t *taker) takeSparseUnion(data arrow.ArrayData, sel *selection) (arrow.ArrayData, error) {
	types := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, 1)
	children, err := t.takeChildren(data, sel)
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{nil, types}, children, 0), nil
}

func (t *taker) takeChildren(data arrow.ArrayData, sel *selection) ([]arrow.ArrayData, error) {
	if off := data.Offset(); off != 0 {
		moved := t.runs()
		for _, r := range sel.eachRun() {
			moved.add(off+r.at, r.n)
		}
		moved.done()
		sel = moved
	}
	children := make([]arrow.ArrayData, len(data.Children()))
	for i, child := range data.Children() {
		taken, err := t.take(child, sel)
		if err != nil {
			return nil, err
		}
		children[i] = taken
	}
	return children, nil
}

// takeDenseUnion copies type codes and, of each child, the items that selected
// rows refer to, in the order of the rows. An item that several rows share is
// copied once: a small column could repeat a large one without end.
func (t *taker) takeDenseUnion(data arrow.ArrayData, sel *selection, dt *arrow.DenseUnionType) (arrow.ArrayData, error) {
	types := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, 1)
	offsets := t.takeValues(bufferBytes(data, 2), data.Offset(), sel, 4)
	items := make([]*selection, len(data.Children()))
	for i := range items {
		items[i] = t.runs()
	}
	ids := dt.ChildIDs()
	out := arrow.Int32Traits.CastFromBytes(offsets.Bytes())
	for i, code := range types.Bytes() {
		if int8(code) < 0 || int(code) >= len(ids) || ids[code] < 0 {
			return nil, errUnion
		}
		child := ids[code]
		if out[i] < 0 || int(out[i]) >= data.Children()[child].Len() {
			return nil, errUnion
		}
		s := items[child]
		at := int(out[i])
		if s.n == 0 || !lastIs(s, at) {
			s.add(at, 1)
		}
		out[i] = int32(s.n - 1)
	}
	children := make([]arrow.ArrayData, len(items))
	for i := range items {
		items[i].done()
		taken, err := t.take(data.Children()[i], items[i])
		if err != nil {
			return nil, err
		}
		children[i] = taken
	}
	return t.data(dt, sel.n, []*memory.Buffer{nil, types, offsets}, children, 0), nil
}

// takeExtension copies the storage and keeps the type.
func (t *taker) takeExtension(data arrow.ArrayData, sel *selection, dt arrow.ExtensionType) (arrow.ArrayData, error) {
	in := retyped(data, dt.StorageType(), t)
	storage, err := t.take(in, sel)
	if err != nil {
		return nil, err
	}
	return retyped(storage, dt, t), nil
}

// retyped returns the same memory under another type.
func retyped(data arrow.ArrayData, dt arrow.DataType, t *taker) arrow.ArrayData {
	d := array.NewData(dt, data.Len(), slices.Clone(data.Buffers()), slices.Clone(data.Children()), data.NullN(), data.Offset())
	t.own(d)
	if dict, ok := data.Dictionary().(*array.Data); ok && dict != nil {
		d.SetDictionary(dict)
	}
	return d
}
