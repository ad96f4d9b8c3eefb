package batch

import (
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeDict copies indices and builds a dictionary of the values they lead to,
// in the order of the old one: what only hidden rows use does not leave (S3).
func (t *taker) takeDict(data arrow.ArrayData, sel *selection, dt *arrow.DictionaryType) (arrow.ArrayData, error) {
	width := dt.IndexType.(arrow.FixedWidthDataType).Bytes()
	valid, nulls := t.takeValidity(data, sel)
	indices := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, width)
	if nulls > 0 {
		b := indices.Bytes()
		eachNull(valid.Bytes(), sel.n, func(i int) { clear(b[i*width : (i+1)*width]) })
	}
	var bitmap []byte
	if nulls > 0 {
		bitmap = valid.Bytes()
	}
	d := data.Dictionary()
	var kept *selection
	var err error
	switch width {
	case 1:
		kept, err = compact(cast[uint8](indices.Bytes()), bitmap, d.Len())
	case 2:
		kept, err = compact(cast[uint16](indices.Bytes()), bitmap, d.Len())
	case 4:
		kept, err = compact(cast[uint32](indices.Bytes()), bitmap, d.Len())
	default:
		kept, err = compact(cast[uint64](indices.Bytes()), bitmap, d.Len())
	}
	if err != nil {
		return nil, err
	}
	values := d
	if kept.n < d.Len() || !closed(d) {
		if values, err = t.take(d, kept); err != nil {
			return nil, err
		}
	}
	out := array.NewDataWithDictionary(dt, sel.n, []*memory.Buffer{valid, indices}, nulls, 0, values.(*array.Data))
	t.own(out)
	return out, nil
}

// compact renumbers indices, in place, by the values of a dictionary of n that
// they use, and returns those. Negative indices of the signed types are large
// ones here and lead out of the dictionary all the same.
func compact[I uint8 | uint16 | uint32 | uint64](indices []I, valid []byte, n int) (*selection, error) {
	used := make([]uint64, maskWords(n))
	for i, k := range indices {
		if uint64(k) >= uint64(n) {
			if valid != nil && !bitAt(valid, i) {
				continue // an empty dictionary, a null
			}
			return nil, errIndex
		}
		if valid == nil || bitAt(valid, i) {
			used[k>>6] |= 1 << (k & 63)
		}
	}
	kept := new(selection)
	kept.fromMask(used)
	if kept.n == n {
		return kept, nil
	}
	// before[w] is how many used values stand before word w.
	before := make([]uint32, len(used))
	total := uint32(0)
	for i, w := range used {
		before[i] = total
		total += uint32(bits.OnesCount64(w))
	}
	for i, k := range indices {
		if valid != nil && !bitAt(valid, i) {
			indices[i] = 0
			continue
		}
		w := used[k>>6] & (1<<(k&63) - 1)
		indices[i] = I(before[k>>6] + uint32(bits.OnesCount64(w)))
	}
	return kept, nil
}
