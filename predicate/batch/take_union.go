package batch

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Unions have no validity of their own. A masked row of one gets the first type
// code and, there, a null item, so that it holds nothing and stays well-formed.
//
//	sparse  types    0 1 0      dense  types    0 1 0
//	        child 0  a - b             offsets  0 0 1     of the item in its child
//	        child 1  - 7 -             child 0  a b
//	                                   child 1  7
//
// A type code is not the number of a child: ids[code] is, and -1 for a code that
// no child has.

// takeSparseUnion copies type codes and the rows of every child. Of a row, the
// children that it does not select are masked.
func (t *gatherer) takeSparseUnion(data arrow.ArrayData, sel *selection, shown *memory.Buffer, dt *arrow.SparseUnionType) (arrow.ArrayData, error) {
	types := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, 1)
	selected := make([]*memory.Buffer, len(data.Children()))
	for i := range selected {
		selected[i] = t.buffer((sel.n + 7) / 8)
		clear(selected[i].Bytes())
	}
	ids := dt.ChildIDs()
	for i, code := range types.Bytes() {
		switch {
		case shown != nil && !bitAt(shown.Bytes(), i):
			types.Bytes()[i] = byte(dt.TypeCodes()[0])
		case int8(code) < 0 || int(code) >= len(ids) || ids[code] < 0:
			return nil, errUnion
		default:
			selected[ids[code]].Bytes()[i>>3] |= 1 << (i & 7)
		}
	}
	children, err := t.takeChildren(data, sel, func(i int) *memory.Buffer {
		if countBits(selected[i].Bytes()) == sel.n {
			return nil
		}
		return selected[i]
	})
	if err != nil {
		return nil, err
	}
	return t.data(dt, sel.n, []*memory.Buffer{nil, types}, children, 0), nil
}

// takeDenseUnion copies type codes and, of each child, the items that selected
// rows refer to, in the order of the rows. An item that several rows share is
// copied once: a small column could repeat a large one without end.
func (t *gatherer) takeDenseUnion(data arrow.ArrayData, sel *selection, shown *memory.Buffer, dt *arrow.DenseUnionType) (arrow.ArrayData, error) {
	types := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, 1)
	offsets := t.takeValues(bufferBytes(data, 2), data.Offset(), sel, 4)
	items, sizes := make([]*selection, len(data.Children())), make([]int, len(data.Children()))
	for i, child := range data.Children() {
		items[i], sizes[i] = t.runs(), child.Len()
	}
	ids := dt.ChildIDs()
	var first arrow.UnionTypeCode
	void := -1 // the first child, of which masked rows have an item
	if codes := dt.TypeCodes(); len(codes) > 0 {
		first, void = codes[0], ids[codes[0]]
	}
	var masked []int // items of that child
	out := arrow.Int32Traits.CastFromBytes(offsets.Bytes())
	for i, code := range types.Bytes() {
		if shown != nil && !bitAt(shown.Bytes(), i) {
			s := items[void]
			if last := len(masked) - 1; last < 0 || masked[last] != s.n-1 {
				masked = append(masked, s.n)
				s.add(0, 1)
			}
			types.Bytes()[i], out[i] = byte(first), int32(s.n-1)
			continue
		}
		if int8(code) < 0 || int(code) >= len(ids) || ids[code] < 0 {
			return nil, errUnion
		}
		child := ids[code]
		if out[i] < 0 || int(out[i]) >= sizes[child] {
			return nil, errUnion
		}
		s := items[child]
		at := int(out[i])
		after := child == void && len(masked) > 0 && masked[len(masked)-1] == s.n-1
		if s.n == 0 || after || !lastIs(s, at) {
			s.add(at, 1)
		}
		out[i] = int32(s.n - 1)
	}
	children := make([]arrow.ArrayData, len(items))
	for i := range items {
		items[i].done()
		var below *memory.Buffer
		if i == void {
			below = t.allBut(masked, items[i].n)
		}
		taken, err := t.take(data.Children()[i], items[i], below)
		if err != nil {
			return nil, err
		}
		children[i] = taken
	}
	return t.data(dt, sel.n, []*memory.Buffer{nil, types, offsets}, children, 0), nil
}

// allBut returns n bits of which some are 0, nil if none is.
func (t *gatherer) allBut(masked []int, n int) *memory.Buffer {
	if len(masked) == 0 {
		return nil
	}
	buf := t.buffer((n + 7) / 8)
	b := buf.Bytes()
	for i := range b {
		b[i] = 0xff
	}
	if n&7 != 0 {
		b[len(b)-1] = 1<<(n&7) - 1
	}
	for _, i := range masked {
		b[i>>3] &^= 1 << (i & 7)
	}
	return buf
}
