package batchtest

import (
	"cmp"
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A walker knows every buffer of a record, and which bits of their memory hold
// values. Buffers may overlap: those of a record that was read from a stream
// are cut from one piece of memory, and the capacity of one reaches into the
// next. So what is live is marked by address.
type walker struct {
	places []place
	spans  []span // memory, disjoint, by address
	marks  []mark
}

// A span is a piece of memory and which of its bits are live.
type span struct {
	from, to uintptr
	live     []byte
}

// A mark says that bits of n bytes are live.
type mark struct {
	from uintptr
	n    int
	bits byte
}

func walk(rec arrow.Record) *walker {
	w := new(walker)
	shown := make([]bool, rec.NumRows())
	for i := range shown {
		shown[i] = true
	}
	for i, c := range rec.Columns() {
		w.array([]string{rec.ColumnName(i)}, c.Data(), shown)
	}
	w.settle()
	return w
}

// settle brings the memory of all buffers together and marks what is live.
func (w *walker) settle() {
	for _, p := range w.places {
		from := address(p.bytes)
		w.spans = append(w.spans, span{from: from, to: from + uintptr(len(p.bytes))})
	}
	slices.SortFunc(w.spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	n := 0
	for _, s := range w.spans {
		if n > 0 && s.from <= w.spans[n-1].to {
			w.spans[n-1].to = max(w.spans[n-1].to, s.to)
			continue
		}
		w.spans[n] = s
		n++
	}
	w.spans = w.spans[:n]
	for i := range w.spans {
		w.spans[i].live = make([]byte, w.spans[i].to-w.spans[i].from)
	}
	for _, m := range w.marks {
		for i, live := 0, w.at(m.from, m.n); i < m.n; i++ {
			live[i] |= m.bits
		}
	}
}

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

func (w *walker) live(b []byte) []byte { return w.at(address(b), len(b)) }

// at returns the live bits of n bytes.
func (w *walker) at(from uintptr, n int) []byte {
	i, ok := slices.BinarySearchFunc(w.spans, from, func(s span, at uintptr) int { return cmp.Compare(s.from, at) })
	if !ok {
		i--
	}
	s := w.spans[i]
	return s.live[from-s.from:][:n]
}

// mark notes that bytes hold something of a value.
func (w *walker) mark(b []byte) {
	if len(b) > 0 {
		w.marks = append(w.marks, mark{address(b), len(b), 0xff})
	}
}

// markBit notes that a bit does.
func (w *walker) markBit(b []byte, i int) {
	w.marks = append(w.marks, mark{address(b[i/8:]), 1, 1 << (i % 8)})
}

// array visits an array of which some rows are shown; the others are masked by
// what refers to them, or referred to by nothing.
func (w *walker) array(path []string, d arrow.ArrayData, shown []bool) {
	for i, b := range d.Buffers() {
		for ; b != nil; b = b.Parent() {
			if all := b.Buf(); cap(all) > 0 {
				w.places = append(w.places, place{path, d.DataType(), i, all[:cap(all)]})
			}
		}
	}
	dt := d.DataType()
	for {
		ext, ok := dt.(arrow.ExtensionType)
		if !ok {
			break
		}
		dt = ext.StorageType()
	}
	v := visit{w, path, d, shown, d.Offset()}
	switch dt := dt.(type) {
	case *arrow.NullType:
	case *arrow.StringType, *arrow.BinaryType:
		v.valid()
		for _, at := range v.spans(4) {
			w.mark(v.bytes(2)[at.from:at.to])
		}
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		v.valid()
		for _, at := range v.spans(8) {
			w.mark(v.bytes(2)[at.from:at.to])
		}
	case *arrow.StringViewType, *arrow.BinaryViewType:
		v.valid()
		v.views()
	case *arrow.ListType, *arrow.MapType:
		v.valid()
		v.items(v.spans(4))
	case *arrow.LargeListType:
		v.valid()
		v.items(v.spans(8))
	case *arrow.ListViewType:
		v.valid()
		v.items(v.listViews(4))
	case *arrow.LargeListViewType:
		v.valid()
		v.items(v.listViews(8))
	case *arrow.FixedSizeListType:
		v.valid()
		size := int(dt.Len())
		var items []bounds
		for i, ok := range v.shown {
			if ok {
				items = append(items, bounds{(v.off + i) * size, (v.off + i + 1) * size})
			}
		}
		v.items(items)
	case *arrow.StructType:
		v.valid()
		for i := range d.Children() {
			v.child(i, func(row int) bool { return v.shown[row] })
		}
	case *arrow.SparseUnionType:
		codes := v.codes(dt)
		for i := range d.Children() {
			v.child(i, func(row int) bool { return v.shown[row] && dt.ChildIDs()[codes[row]] == i })
		}
	case *arrow.DenseUnionType:
		v.dense(dt)
	case *arrow.DictionaryType:
		v.valid()
		v.dictionary(dt)
	case *arrow.RunEndEncodedType:
		v.runs()
	case *arrow.BooleanType:
		v.valid()
		for i, ok := range v.shown {
			if ok {
				w.markBit(v.bytes(1), v.off+i)
			}
		}
	case arrow.FixedWidthDataType:
		v.valid()
		v.fixed(1, dt.Bytes())
	}
}

// A visit is what is known of one array. shown loses the rows that are null.
type visit struct {
	*walker
	path  []string
	d     arrow.ArrayData
	shown []bool
	off   int
}

type bounds struct{ from, to int }

func (v *visit) bytes(i int) []byte {
	if bufs := v.d.Buffers(); i < len(bufs) && bufs[i] != (*memory.Buffer)(nil) {
		return bufs[i].Bytes()
	}
	return nil
}

func (v *visit) int(buffer, width, i int) int {
	b := v.bytes(buffer)[i*width:]
	switch width {
	case 1:
		return int(int8(b[0]))
	case 2:
		return int(int16(binary.NativeEndian.Uint16(b)))
	case 4:
		return int(int32(binary.NativeEndian.Uint32(b)))
	default:
		return int(binary.NativeEndian.Uint64(b))
	}
}

// valid marks the validity of the rows that are shown.
func (v *visit) valid() {
	bitmap := v.bytes(0)
	if len(bitmap) == 0 {
		return
	}
	v.shown = slices.Clone(v.shown)
	for i, ok := range v.shown {
		if ok {
			v.markBit(bitmap, v.off+i)
			v.shown[i] = bitmap[(v.off+i)/8]>>((v.off+i)%8)&1 != 0
		}
	}
}

// fixed marks the values of width bytes of a buffer.
func (v *visit) fixed(buffer, width int) {
	for i, ok := range v.shown {
		if ok {
			v.mark(v.bytes(buffer)[(v.off+i)*width:][:width])
		}
	}
}

// spans marks offsets and returns where the values that are shown lie.
func (v *visit) spans(width int) (spans []bounds) {
	if len(v.shown) == 0 {
		return nil
	}
	b := v.bytes(1)
	v.mark(b[v.off*width:][:width])
	for i, ok := range v.shown {
		from, to := v.int(1, width, v.off+i), v.int(1, width, v.off+i+1)
		if ok {
			spans = append(spans, bounds{from, to})
		}
		if ok || from == to {
			v.mark(b[(v.off+i+1)*width:][:width])
		}
	}
	return spans
}

func (v *visit) listViews(width int) (spans []bounds) {
	v.fixed(1, width)
	v.fixed(2, width)
	for i, ok := range v.shown {
		if ok {
			from := v.int(1, width, v.off+i)
			spans = append(spans, bounds{from, from + v.int(2, width, v.off+i)})
		}
	}
	return spans
}

// views marks headers and the texts that they refer to:
//
//	size int32 | 12 bytes                                     size <= 12
//	size int32 | prefix [4]byte | buffer int32 | offset int32  longer
func (v *visit) views() {
	for i, ok := range v.shown {
		if !ok {
			continue
		}
		h := v.bytes(1)[(v.off+i)*arrow.ViewHeaderSizeBytes:][:arrow.ViewHeaderSizeBytes]
		n := v.int(1, 4, 4*(v.off+i))
		if n <= 12 {
			v.mark(h[:4+n])
			continue
		}
		v.mark(h)
		v.mark(v.bytes(2 + v.int(1, 4, 4*(v.off+i)+2))[v.int(1, 4, 4*(v.off+i)+3):][:n])
	}
}

// items visits the only child, of which some rows are shown.
func (v *visit) items(spans []bounds) {
	child := v.d.Children()[0]
	shown := make([]bool, child.Len())
	for _, s := range spans {
		for i := s.from; i < s.to; i++ {
			shown[i] = true
		}
	}
	v.array(v.below(0), child, shown)
}

// child visits a child that has a row for each row of its parent.
func (v *visit) child(i int, f func(row int) bool) {
	child := v.d.Children()[i]
	shown := make([]bool, child.Len())
	for row := range v.shown {
		shown[v.off+row] = f(row)
	}
	v.array(v.below(i), child, shown)
}

func (v *visit) below(i int) []string {
	dt := v.d.DataType()
	for {
		ext, ok := dt.(arrow.ExtensionType)
		if !ok {
			return append(slices.Clone(v.path), dt.(arrow.NestedType).Fields()[i].Name)
		}
		dt = ext.StorageType()
	}
}

// codes marks the type codes of a union and returns them.
func (v *visit) codes(dt arrow.UnionType) []int8 {
	codes := make([]int8, len(v.shown))
	for i, ok := range v.shown {
		codes[i] = int8(v.bytes(1)[v.off+i])
		if ok || codes[i] == dt.TypeCodes()[0] {
			v.mark(v.bytes(1)[v.off+i:][:1])
		}
	}
	return codes
}

func (v *visit) dense(dt *arrow.DenseUnionType) {
	codes := v.codes(dt)
	shown := make([][]bool, len(v.d.Children()))
	for i, c := range v.d.Children() {
		shown[i] = make([]bool, c.Len())
	}
	for i, ok := range v.shown {
		if at := v.int(2, 4, v.off+i); ok {
			shown[dt.ChildIDs()[codes[i]]][at] = true
		}
		// A masked row must refer to some item, which is masked, too.
		if ok || codes[i] == dt.TypeCodes()[0] {
			v.mark(v.bytes(2)[(v.off+i)*4:][:4])
		}
	}
	for i, c := range v.d.Children() {
		v.array(v.below(i), c, shown[i])
	}
}

func (v *visit) dictionary(dt *arrow.DictionaryType) {
	width := dt.IndexType.(arrow.FixedWidthDataType).Bytes()
	v.fixed(1, width)
	d := v.d.Dictionary()
	shown := make([]bool, d.Len())
	for i, ok := range v.shown {
		if ok {
			k := v.int(1, width, v.off+i)
			if width == 1 && !arrow.IsSignedInteger(dt.IndexType.ID()) {
				k &= 0xff
			} else if width == 2 && !arrow.IsSignedInteger(dt.IndexType.ID()) {
				k &= 0xffff
			}
			shown[k] = true
		}
	}
	v.array(append(slices.Clone(v.path), "dictionary"), d, shown)
}

// runs visits run ends and values. A run that reaches past the last row tells
// of others.
func (v *visit) runs() {
	ends, values := v.d.Children()[0], v.d.Children()[1]
	width := ends.DataType().(arrow.FixedWidthDataType).Bytes()
	e := visit{v.walker, v.below(0), ends, nil, ends.Offset()}
	shownEnds, shown := make([]bool, ends.Len()), make([]bool, values.Len())
	before := 0
	for k := range shownEnds {
		end := e.int(1, width, e.off+k)
		for row := max(before-v.off, 0); row < min(end-v.off, len(v.shown)); row++ {
			shownEnds[k] = end <= v.off+len(v.shown)
			shown[k] = shown[k] || v.shown[row]
		}
		before = end
	}
	v.array(e.path, ends, shownEnds)
	v.array(v.below(1), values, shown)
}
