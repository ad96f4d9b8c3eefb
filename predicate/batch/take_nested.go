package batch

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeList copies list, large_list and map: offsets into one child.
func takeList[O offset](t *gatherer, data arrow.ArrayData, sel *selection, shown *memory.Buffer, castOffsets func([]byte) []O) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel, shown)
	offsets := t.buffer((sel.n + 1) * sizeOf[O]())
	out := castOffsets(offsets.Bytes())
	out[0] = 0
	items := t.runs()
	if sel.n > 0 {
		in := castOffsets(bufferBytes(data, 1))[data.Offset() : data.Offset()+data.Len()+1]
		i, size := 0, data.Children()[0].Len()
		for _, r := range sel.eachRun() {
			for k := r.at; k < r.at+r.n; k++ {
				if in[k] < 0 || in[k] > in[k+1] || int(in[k+1]) > size {
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
	child, err := t.take(data.Children()[0], items, nil)
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, offsets}, []arrow.ArrayData{child}, nulls), nil
}

// takeFixedSizeList copies lists of size items each.
func (t *gatherer) takeFixedSizeList(data arrow.ArrayData, sel *selection, shown *memory.Buffer, size int) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel, shown)
	items := t.runs()
	for _, r := range sel.eachRun() {
		items.add((data.Offset()+r.at)*size, r.n*size)
	}
	items.done()
	child, err := t.take(data.Children()[0], items, t.repeat(valid, sel.n, size))
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid}, []arrow.ArrayData{child}, nulls), nil
}

// repeat returns size times each bit of the first n, nil for nil.
func (t *gatherer) repeat(valid *memory.Buffer, n, size int) *memory.Buffer {
	if valid == nil {
		return nil
	}
	buf := t.buffer((n*size + 7) / 8)
	w := bitWriter{dst: buf.Bytes()}
	for i := range n {
		word := uint64(0)
		if bitAt(valid.Bytes(), i) {
			word = all
		}
		for left := size; left > 0; left -= 64 {
			k := min(left, 64)
			w.write(word>>(64-k), k)
		}
	}
	w.flush()
	return buf
}

// takeStruct copies every field. Fields do not share the offset of the struct.
func (t *gatherer) takeStruct(data arrow.ArrayData, sel *selection, shown *memory.Buffer) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel, shown)
	children, err := t.takeChildren(data, sel, func(int) *memory.Buffer { return valid })
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid}, children, nulls), nil
}

// takeChildren copies the same rows of every child, masked as shown says.
func (t *gatherer) takeChildren(data arrow.ArrayData, sel *selection, shown func(child int) *memory.Buffer) ([]arrow.ArrayData, error) {
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
		taken, err := t.take(child, sel, shown(i))
		if err != nil {
			return nil, err
		}
		children[i] = taken
	}
	return children, nil
}

// takeExtension copies the storage and keeps the type.
func (t *gatherer) takeExtension(data arrow.ArrayData, sel *selection, shown *memory.Buffer, dt arrow.ExtensionType) (arrow.ArrayData, error) {
	in := retyped(data, dt.StorageType(), t)
	storage, err := t.take(in, sel, shown)
	if err != nil {
		return nil, err
	}
	return retyped(storage, dt, t), nil
}

// retyped returns the same memory under another type.
func retyped(data arrow.ArrayData, dt arrow.DataType, t *gatherer) arrow.ArrayData {
	d := array.NewData(dt, data.Len(), slices.Clone(data.Buffers()), slices.Clone(data.Children()), data.NullN(), data.Offset())
	t.own(d)
	if dict, ok := data.Dictionary().(*array.Data); ok && dict != nil {
		d.SetDictionary(dict)
	}
	return d
}
