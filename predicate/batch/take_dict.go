package batch

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeDict copies indices and builds a dictionary of the values they lead to,
// in the order of the old one: what only hidden rows use does not leave (S3).
func (t *gatherer) takeDict(data arrow.ArrayData, sel *selection, shown *memory.Buffer, dt *arrow.DictionaryType) (arrow.ArrayData, error) {
	width := dt.IndexType.(arrow.FixedWidthDataType).Bytes()
	valid, nulls := t.takeValidity(data, sel, shown)
	indices := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, width)
	var bitmap []byte
	if nulls > 0 {
		bitmap = valid.Bytes()
	}
	d := data.Dictionary()
	var known []uint64
	if t.used.of == data && sel.mask != nil && sel.n == data.Len() && shown == nil {
		known = t.used.mask
	}
	var kept *selection
	var err error
	switch width {
	case 1:
		kept, err = compact(t, cast[uint8](indices.Bytes()), bitmap, d.Len(), known)
	case 2:
		kept, err = compact(t, cast[uint16](indices.Bytes()), bitmap, d.Len(), known)
	case 4:
		kept, err = compact(t, cast[uint32](indices.Bytes()), bitmap, d.Len(), known)
	default:
		kept, err = compact(t, cast[uint64](indices.Bytes()), bitmap, d.Len(), known)
	}
	if err != nil {
		return nil, err
	}
	var values arrow.ArrayData
	if kept.n == d.Len() {
		values = t.whole(d)
	}
	if values != nil {
		if err := t.validate(d, true, false); err != nil {
			return nil, err
		}
	} else {
		if values, err = t.take(d, kept, nil); err != nil {
			return nil, err
		}
	}
	out := array.NewDataWithDictionary(dt, sel.n, []*memory.Buffer{valid, indices}, nulls, 0, values.(*array.Data))
	t.own(out)
	return out, nil
}

// usedValues are the values of the dictionary of an array that its rows use, in a
// mask. whole leaves it to take, which would find the same.
type usedValues struct {
	of   arrow.ArrayData
	mask []uint64
}

// compact renumbers indices, in place, by the values of a dictionary of n that
// they use, and returns those; mask has them if they are known. The slots of nulls are zeroed. Negative indices
// of the signed types are large ones here and lead out of the dictionary all
// the same.
func compact[I uint8 | uint16 | uint32 | uint64](t *gatherer, indices []I, valid []byte, n int, mask []uint64) (*selection, error) {
	if mask == nil && valid == nil && len(indices) < n/64 {
		return compactFew(t, indices, n)
	}
	if valid != nil {
		eachNull(valid, len(indices), func(i int) { indices[i] = 0 })
	}
	if mask == nil {
		var err error
		if mask, err = usedOf(t, indices, valid, n); err != nil {
			return nil, err
		}
	}
	kept := ofMask(mask, &t.arena)
	if kept.n == n || n == 0 {
		return kept, nil
	}
	if n > maxNumbers {
		rankAll(t, indices, valid, mask)
		return kept, nil
	}
	number := t.arena.rows.take(n)
	number[0] = 0 // where nulls lead, used or not
	for i, k := range kept.eachRow() {
		number[k] = uint32(i)
	}
	done := 0
	if t.form.has(loopCodes) { // in place, since no index leads out of the dictionary
		if indices32 := words32(indices); indices32 != nil {
			done = vectorCodes(t.form, indices32, indices32, number)
		}
	}
	for i, k := range indices[done:] {
		indices[done+i] = I(number[k])
	}
	return kept, nil
}

// maxNumbers is how many values are renumbered through a table of their new numbers:
// those that fit into the first cache. In larger dictionaries a number is
// counted in the mask, which is a 32nd of that.
const maxNumbers = 1 << 12

// rankAll replaces each index, all of which are set in mask or under a null, by how many
// bits are set below its own.
func rankAll[I uint8 | uint16 | uint32 | uint64](t *gatherer, indices []I, valid []byte, mask []uint64) {
	before := t.arena.rows.take(len(mask)) // bits below each word, less 1
	sum := ^uint32(0)
	for i, w := range mask {
		before[i] = sum
		sum += uint32(bits.OnesCount64(w))
	}
	done := 0
	if t.form.has(loopRank) {
		if indices32 := words32(indices); indices32 != nil {
			done = vectorRank(indices32, mask, before)
		}
	}
	for i, k := range indices[done:] {
		// The bit of k itself is the highest that is left.
		w := mask[k>>6] << (^k & 63)
		indices[done+i] = I(before[k>>6] + uint32(bits.OnesCount64(w)))
	}
	if valid != nil && mask[0]&1 == 0 {
		eachNull(valid, len(indices), func(i int) { indices[i] = 0 }) // 0 is not used, and has no number
	}
}

// compactFew is compact for so few indices that a look at the whole dictionary
// would take longer than sorting them.
func compactFew[I uint8 | uint16 | uint32 | uint64](t *gatherer, indices []I, n int) (*selection, error) {
	used := slices.Clone(indices)
	slices.Sort(used)
	used = slices.Compact(used)
	if last := len(used) - 1; last >= 0 && uint64(used[last]) >= uint64(n) {
		return nil, errIndex
	}
	kept := t.runs()
	for _, k := range used {
		kept.add(int(k), 1)
	}
	kept.done()
	for i, k := range indices {
		at, _ := slices.BinarySearch(used, k)
		indices[i] = I(at)
	}
	return kept, nil
}

// maxMarks is how many values are marked by a byte each: those that fit into
// the first cache. A byte a value, not a bit, since the same value again and
// again would have to wait for its word each time; but where bytes are many,
// waiting for the cache takes longer.
const maxMarks = 1 << 15

// usedOf returns a mask of the values of a dictionary of n that rows use. Nulls,
// whose index is 0, use none.
func usedOf[I uint8 | uint16 | uint32 | uint64](t *gatherer, indices []I, valid []byte, n int) ([]uint64, error) {
	mask := t.arena.words.take(maskWords(n))
	if n == 0 {
		if len(indices) > 0 && (valid == nil || countBits(valid) > 0) {
			return nil, errIndex
		}
		return mask, nil
	}
	if n > maxMarks {
		clear(mask)
		for _, k := range indices {
			if uint64(k) >= uint64(n) {
				return nil, errIndex
			}
			mask[k>>6] |= 1 << (k & 63)
		}
	} else {
		words := t.arena.words.take(len(mask) * 8)
		clear(words)
		marks := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
		for _, k := range indices {
			if uint64(k) >= uint64(n) {
				return nil, errIndex
			}
			marks[k] = 1
		}
		t.packMarks(mask, marks)
	}
	if valid != nil && mask[0]&1 != 0 && !usesFirst(indices, valid) {
		mask[0] &^= 1
	}
	return mask, nil
}

// usesFirst reports whether a row that is not null has the index 0.
func usesFirst[I uint8 | uint16 | uint32 | uint64](indices []I, valid []byte) bool {
	for i, k := range indices {
		if k == 0 && bitAt(valid, i) {
			return true
		}
	}
	return false
}

// packMarks sets a bit of mask for each of its bytes in marks, which are 0 or 1.
func (t *gatherer) packMarks(mask []uint64, marks []byte) {
	if t.form.has(loopMarks) {
		vectorMarksOf(t.form, &mask[0], &marks[0], len(mask))
		return
	}
	for i := range mask {
		mask[i] = 0
		for j := range 8 {
			eight := binary.LittleEndian.Uint64(marks[64*i+8*j:])
			mask[i] |= eight * gatherBytes >> 56 << (8 * j)
		}
	}
}

// gatherBytes brings the lowest bits of eight bytes, each 0 or 1, together in
// the highest byte of a product, the first byte's lowest.
const gatherBytes = 0x0102040810204080
