package batch

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeListView copies list_view and large_list_view: an offset and a size a
// row. Items come in the order of the child, and items that lists share, which
// a small column can do without end, are copied once.
func takeListView[O offset](t *gatherer, data arrow.ArrayData, sel *selection, shown *memory.Buffer, castOffsets func([]byte) []O) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel, shown)
	offsets, sizes := t.buffer(sel.n*sizeOf[O]()), t.buffer(sel.n*sizeOf[O]())
	items := t.runs()
	if sel.n > 0 {
		out, outSizes := castOffsets(offsets.Bytes()), castOffsets(sizes.Bytes())
		in, inSizes := castOffsets(bufferBytes(data, 1))[data.Offset():], castOffsets(bufferBytes(data, 2))[data.Offset():]
		i, end, ordered := 0, 0, true
		size := data.Children()[0].Len()
		for _, r := range sel.eachRun() {
			for k := r.at; k < r.at+r.n; k++ {
				out[i], outSizes[i] = 0, 0
				if nulls == 0 || bitAt(valid.Bytes(), i) {
					if in[k] < 0 || inSizes[k] < 0 || int(in[k]) > size-int(inSizes[k]) {
						return nil, errOffsets
					}
					if inSizes[k] > 0 {
						out[i], outSizes[i] = in[k], inSizes[k]
						ordered = ordered && int(in[k]) >= end
						end = int(in[k]) + int(inSizes[k])
					}
				}
				i++
			}
		}
		addLists(items, out, outSizes, ordered)
	}
	items.done()
	child, err := t.take(data.Children()[0], items, nil)
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, offsets, sizes}, []arrow.ArrayData{child}, nulls), nil
}

// addLists adds the items that lists refer to, and makes their offsets those of the
// selected items; empty lists keep 0. In ordered lists no item comes before that of an
// earlier list.
func addLists[O offset](s *selection, offsets, sizes []O, ordered bool) {
	if ordered {
		for i, size := range sizes {
			if size > 0 {
				at := int(offsets[i])
				offsets[i] = O(s.n)
				s.add(at, int(size))
			}
		}
		return
	}
	parts := make([]span, 0, len(sizes))
	for i, size := range sizes {
		if size > 0 {
			parts = append(parts, span{int(offsets[i]), int(offsets[i]) + int(size)})
		}
	}
	kept := merge(parts)
	for _, p := range kept.list {
		s.add(p.from, p.to-p.from)
	}
	for i, size := range sizes {
		if size > 0 {
			offsets[i] = O(kept.place(int(offsets[i])))
		}
	}
}
