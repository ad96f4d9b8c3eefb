package randrecords

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Secret stands, whole or cut, wherever no visible value is.
const Secret = "SECRET"

// Array returns a random array of a row for each of shown. Rows that are not
// shown hold secrets, and so does all else that no shown row needs.
func Array(rnd *rand.Rand, dt arrow.DataType, shown []bool) arrow.Array {
	g := &generator{rnd: rnd, slab: secrets(1 << 12)}
	return array.MakeFromData(g.data(dt, shown, false))
}

// A generator makes the data of one column. Some of its buffers are cut from
// one slab, as those of a record that was read from a stream.
type generator struct {
	rnd  *rand.Rand
	slab []byte
}

func secrets(n int) []byte { return []byte(strings.Repeat(Secret, n/len(Secret)+1))[:n] }

// buffer returns n bytes of secrets to write to, in a buffer of some kind: as
// long as need be or longer, with spare capacity or a parent.
func (g *generator) buffer(n int) *memory.Buffer {
	switch g.rnd.IntN(6) {
	case 0: // exact
		return memory.NewBufferBytes(slices.Clip(secrets(n)))
	case 1: // spare capacity
		return memory.NewBufferBytes(secrets(n + g.rnd.IntN(200))[:n])
	case 2: // longer than it need be
		return memory.NewBufferBytes(secrets(n + g.rnd.IntN(200)))
	case 3: // a part of another buffer
		return memory.SliceBuffer(memory.NewBufferBytes(secrets(n+24)), 8*g.rnd.IntN(3), n)
	default: // memory shared with other buffers
		size := (n + 7) &^ 7
		if size > len(g.slab) {
			g.slab = secrets(size + 1<<12)
		}
		b := memory.NewBufferBytes(g.slab[:n])
		g.slab = g.slab[size:]
		return b
	}
}

// data returns random data. They have nulls only if they may.
func (g *generator) data(dt arrow.DataType, shown []bool, required bool) *array.Data {
	if ext, ok := dt.(arrow.ExtensionType); ok {
		d := g.data(ext.StorageType(), shown, required)
		return retyped(d, dt)
	}
	n, off := len(shown), 0
	if g.rnd.IntN(2) == 0 { // rows before and after
		off = g.rnd.IntN(12)
		shown = slices.Concat(make([]bool, off), shown, make([]bool, g.rnd.IntN(12)))
	}
	v := values{g, shown, nil}
	if !required && hasValidity(dt) && g.rnd.IntN(3) > 0 {
		v.nulls()
	}
	d := v.of(dt, off, n)
	d.Retain()
	return d
}

func hasValidity(dt arrow.DataType) bool {
	switch dt.(type) {
	case *arrow.NullType, *arrow.SparseUnionType, *arrow.DenseUnionType, *arrow.RunEndEncodedType:
		return false
	}
	return true
}

// values are the rows of an array, padding included. shown is false for nulls.
type values struct {
	*generator
	shown []bool
	valid *memory.Buffer
}

// nulls makes a validity bitmap. Bits that are of no row are set.
func (v *values) nulls() {
	v.valid = v.buffer((len(v.shown) + 7) / 8)
	bits := v.valid.Bytes()
	for i := range bits {
		bits[i] = 0xff
	}
	v.shown = slices.Clone(v.shown)
	for i := range v.shown {
		if v.rnd.IntN(4) == 0 {
			bits[i/8] &^= 1 << (i % 8)
			v.shown[i] = false
		}
	}
}

type buffers = []*memory.Buffer

// of returns the rows from off on.
func (v *values) of(dt arrow.DataType, off, n int) *array.Data {
	var bufs buffers
	var children []arrow.ArrayData
	switch dt := dt.(type) {
	case *arrow.NullType:
		return array.NewData(dt, n, buffers{nil}, nil, n, off)
	case *arrow.BooleanType:
		bits := v.buffer((len(v.shown) + 7) / 8)
		for i := range bits.Bytes() {
			bits.Bytes()[i] = 0xff
		}
		for i, ok := range v.shown {
			if ok && v.rnd.IntN(2) == 0 {
				bits.Bytes()[i/8] &^= 1 << (i % 8)
			}
		}
		bufs = buffers{v.valid, bits}
	case *arrow.StringType, *arrow.BinaryType:
		bufs = v.texts(4)
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		bufs = v.texts(8)
	case *arrow.StringViewType, *arrow.BinaryViewType:
		bufs = v.views()
	case *arrow.MapType:
		offsets, items := v.lists(4)
		bufs, children = buffers{v.valid, offsets}, []arrow.ArrayData{v.entries(dt, items)}
	case *arrow.ListType:
		offsets, items := v.lists(4)
		bufs, children = buffers{v.valid, offsets}, []arrow.ArrayData{v.data(dt.Elem(), items, false)}
	case *arrow.LargeListType:
		offsets, items := v.lists(8)
		bufs, children = buffers{v.valid, offsets}, []arrow.ArrayData{v.data(dt.Elem(), items, false)}
	case *arrow.ListViewType:
		offsets, sizes, items := v.listViews(4)
		bufs, children = buffers{v.valid, offsets, sizes}, []arrow.ArrayData{v.data(dt.Elem(), items, false)}
	case *arrow.LargeListViewType:
		offsets, sizes, items := v.listViews(8)
		bufs, children = buffers{v.valid, offsets, sizes}, []arrow.ArrayData{v.data(dt.Elem(), items, false)}
	case *arrow.FixedSizeListType:
		var items []bool
		for _, ok := range v.shown {
			items = append(items, slices.Repeat([]bool{ok}, int(dt.Len()))...)
		}
		bufs, children = buffers{v.valid}, []arrow.ArrayData{v.data(dt.Elem(), v.longer(items), false)}
	case *arrow.StructType:
		bufs, children = buffers{v.valid}, v.children(dt.Fields(), func(int) []bool { return v.longer(v.shown) })
	case *arrow.SparseUnionType:
		types, chosen := v.codes(dt)
		bufs, children = buffers{nil, types}, v.children(dt.Fields(), func(k int) []bool {
			shown := slices.Clone(v.shown)
			for i := range shown {
				shown[i] = shown[i] && chosen[i] == k
			}
			return v.longer(shown)
		})
	case *arrow.DenseUnionType:
		types, chosen := v.codes(dt)
		offsets := v.buffer(4 * len(v.shown))
		items := make([][]bool, len(dt.Fields()))
		for i, k := range chosen {
			for v.rnd.IntN(4) == 0 {
				items[k] = append(items[k], false) // referred to by no row
			}
			put(offsets, 4, i, len(items[k]))
			items[k] = append(items[k], v.shown[i])
		}
		bufs, children = buffers{nil, types, offsets}, v.children(dt.Fields(), func(k int) []bool { return items[k] })
	case *arrow.RunEndEncodedType:
		return v.runs(dt, off, n)
	case *arrow.DictionaryType:
		return v.dictionary(dt, off, n)
	case arrow.FixedWidthDataType:
		width := dt.Bytes()
		b := v.buffer(width * len(v.shown))
		for i, ok := range v.shown {
			if ok {
				value := b.Bytes()[i*width : (i+1)*width]
				clear(value)
				value[0] = byte(v.rnd.IntN(100))
			}
		}
		bufs = buffers{v.valid, b}
	}
	return array.NewData(dt, n, bufs, children, v.count(), off)
}

// count is the null count that goes with a bitmap: one that is counted later.
func (v *values) count() int {
	if v.valid == nil {
		return 0
	}
	return array.UnknownNullCount
}

// longer adds rows to a child that its parent does not have.
func (v *values) longer(shown []bool) []bool {
	if v.rnd.IntN(2) == 0 {
		return shown
	}
	return slices.Concat(shown, make([]bool, v.rnd.IntN(5)))
}

func (v *values) children(fields []arrow.Field, shown func(i int) []bool) (children []arrow.ArrayData) {
	for i, f := range fields {
		children = append(children, v.data(f.Type, shown(i), false))
	}
	return children
}

func put(b *memory.Buffer, width, i, value int) {
	switch at := b.Bytes()[i*width:]; width {
	case 1:
		at[0] = byte(value)
	case 2:
		binary.NativeEndian.PutUint16(at, uint16(value))
	case 4:
		binary.NativeEndian.PutUint32(at, uint32(value))
	default:
		binary.NativeEndian.PutUint64(at, uint64(value))
	}
}

// text is a random text, a secret one where nothing is shown.
func (v *values) text(shown bool) string {
	switch k := v.rnd.IntN(5); {
	case !shown:
		return strings.Repeat(Secret, 1+v.rnd.IntN(4))
	case k == 0:
		return ""
	case k == 1:
		return fmt.Sprintf("public text that is long enough to be no inline view %d", v.rnd.IntN(1000))
	default:
		return fmt.Sprint("pub-", v.rnd.IntN(100))
	}
}

func (v *values) texts(width int) buffers {
	offsets := v.buffer((len(v.shown) + 1) * width)
	raw := secrets(v.rnd.IntN(2) * v.rnd.IntN(20))
	put(offsets, width, 0, len(raw))
	for i, ok := range v.shown {
		raw = append(raw, v.text(ok)...)
		put(offsets, width, i+1, len(raw))
	}
	b := v.buffer(len(raw))
	copy(b.Bytes(), raw)
	return buffers{v.valid, offsets, b}
}

// views lay long texts out in two buffers, with secrets between them.
func (v *values) views() buffers {
	headers := v.buffer(arrow.ViewHeaderSizeBytes * len(v.shown))
	var raw [2][]byte
	for i, ok := range v.shown {
		text, h := v.text(ok), headers.Bytes()[i*arrow.ViewHeaderSizeBytes:][:arrow.ViewHeaderSizeBytes]
		clear(h)
		binary.NativeEndian.PutUint32(h, uint32(len(text)))
		if len(text) <= 12 {
			copy(h[4:], text)
			continue
		}
		k := v.rnd.IntN(2)
		raw[k] = append(raw[k], secrets(v.rnd.IntN(9))...)
		copy(h[4:8], text)
		binary.NativeEndian.PutUint32(h[8:], uint32(k))
		binary.NativeEndian.PutUint32(h[12:], uint32(len(raw[k])))
		raw[k] = append(raw[k], text...)
	}
	bufs := buffers{v.valid, headers}
	for _, r := range raw {
		b := v.buffer(len(r))
		copy(b.Bytes(), r)
		bufs = append(bufs, b)
	}
	return bufs
}

// lists returns offsets, and which items are shown.
func (v *values) lists(width int) (offsets *memory.Buffer, items []bool) {
	offsets = v.buffer((len(v.shown) + 1) * width)
	items = make([]bool, v.rnd.IntN(3))
	put(offsets, width, 0, len(items))
	for i, ok := range v.shown {
		items = append(items, slices.Repeat([]bool{ok}, v.rnd.IntN(4))...)
		put(offsets, width, i+1, len(items))
	}
	return offsets, v.longer(items)
}

// listViews returns offsets and sizes of lists that lie in any order, some of
// them over each other.
func (v *values) listViews(width int) (offsets, sizes *memory.Buffer, items []bool) {
	offsets, sizes = v.buffer(len(v.shown)*width), v.buffer(len(v.shown)*width)
	items = make([]bool, 2*len(v.shown)+4)
	for i, ok := range v.shown {
		from, size := v.rnd.IntN(len(items)), v.rnd.IntN(4)
		size = min(size, len(items)-from)
		put(offsets, width, i, from)
		put(sizes, width, i, size)
		for k := from; k < from+size; k++ {
			items[k] = items[k] || ok
		}
	}
	return offsets, sizes, items
}

// entries are the child of a map, in which neither entries nor keys are NULL.
func (v *values) entries(dt *arrow.MapType, shown []bool) arrow.ArrayData {
	entries := dt.Elem().(*arrow.StructType)
	return array.NewData(entries, len(shown), buffers{nil}, []arrow.ArrayData{
		v.data(entries.Field(0).Type, shown, true), v.data(entries.Field(1).Type, shown, false),
	}, 0, 0)
}

// codes returns type codes, and the child that each stands for.
func (v *values) codes(dt arrow.UnionType) (types *memory.Buffer, children []int) {
	types = v.buffer(len(v.shown))
	for i := range v.shown {
		k := v.rnd.IntN(len(dt.Fields()))
		types.Bytes()[i] = byte(dt.TypeCodes()[k])
		children = append(children, k)
	}
	return types, children
}

// dictionary has values that are shown, and more that are not, the first of
// them as a rule: null slots refer to it.
func (v *values) dictionary(dt *arrow.DictionaryType, off, n int) *array.Data {
	shown := make([]bool, 2+v.rnd.IntN(6))
	for i := range shown {
		shown[i] = i > 0 && v.rnd.IntN(2) == 0
	}
	last := len(shown) - 1
	shown[last] = true
	width := dt.IndexType.(arrow.FixedWidthDataType).Bytes()
	b := v.buffer(width * len(v.shown))
	for i, ok := range v.shown {
		k := v.rnd.IntN(len(shown)) * v.rnd.IntN(2)
		if ok && !shown[k] {
			k = last
		}
		put(b, width, i, k)
	}
	return array.NewDataWithDictionary(dt, n, buffers{v.valid, b}, v.count(), off, v.data(dt.ValueType, shown, false))
}

func (v *values) runs(dt *arrow.RunEndEncodedType, off, n int) *array.Data {
	var ends []int
	var shown []bool
	for at := 0; at < len(v.shown); {
		next := min(at+1+v.rnd.IntN(4), len(v.shown))
		shown = append(shown, slices.Contains(v.shown[at:next], true))
		ends = append(ends, next)
		at = next
	}
	for range v.rnd.IntN(3) { // runs of no row
		shown, ends = append(shown, false), append(ends, len(v.shown)+100+len(ends))
	}
	width := dt.RunEnds().(arrow.FixedWidthDataType).Bytes()
	b := v.buffer(width * len(ends))
	for i, end := range ends {
		put(b, width, i, end)
	}
	return array.NewData(dt, n, buffers{nil}, []arrow.ArrayData{
		array.NewData(dt.RunEnds(), len(ends), buffers{nil, b}, nil, 0, 0), v.data(dt.Encoded(), shown, false),
	}, 0, off)
}

// retyped returns the same memory under another type.
func retyped(d arrow.ArrayData, dt arrow.DataType) *array.Data {
	out := array.NewData(dt, d.Len(), d.Buffers(), d.Children(), d.NullN(), d.Offset())
	if d.DataType().ID() == arrow.DICTIONARY {
		out.SetDictionary(d.Dictionary())
	}
	return out
}
