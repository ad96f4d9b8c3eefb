package batch

import (
	"encoding/binary"
	"math/bits"
	"sync"

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

// A remap is the memory of compact: per value of a dictionary whether it is
// used, and the number it gets.
type remap struct {
	used   []byte   // 1 if it is; a multiple of eight
	number []uint32 // of used values only; the rest is left as it was
}

var remaps = sync.Pool{New: func() any { return new(remap) }}

// compact renumbers indices, in place, by the values of a dictionary of n that
// they use, and returns those. The slots of nulls are zeroed. Negative indices
// of the signed types are large ones here and lead out of the dictionary all
// the same.
func compact[I uint8 | uint16 | uint32 | uint64](indices []I, valid []byte, n int) (*selection, error) {
	if valid != nil {
		eachNull(valid, len(indices), func(i int) { indices[i] = 0 })
	}
	m := remaps.Get().(*remap)
	defer remaps.Put(m)
	padded := (n + 7) / 8 * 8
	if padded > len(m.used) {
		m.used, m.number = make([]byte, padded), make([]uint32, padded)
	}
	used, number := m.used[:padded], m.number[:n]
	clear(used)
	// A byte a value, not a bit: the same value again and again would have to
	// wait for its word each time.
	marks := used[:n]
	if valid == nil {
		for _, k := range indices {
			if uint64(k) >= uint64(n) {
				return nil, errIndex
			}
			marks[k] = 1
		}
	} else if err := markValid(marks, indices, valid); err != nil {
		return nil, err
	}
	kept := new(selection)
	next := uint32(0)
	for i := 0; i < padded; i += 8 {
		for w := binary.LittleEndian.Uint64(used[i:]); w != 0; w &= w - 1 {
			k := i + bits.TrailingZeros64(w)/8
			kept.add(k, 1)
			number[k] = next
			next++
		}
	}
	kept.done()
	if kept.n == n || n == 0 {
		return kept, nil
	}
	if valid != nil {
		number[0] = 0 // where nulls lead, used or not
	}
	for i, k := range indices {
		indices[i] = I(number[k])
	}
	return kept, nil
}

// markValid marks the values of the rows that are not null.
func markValid[I uint8 | uint16 | uint32 | uint64](marks []byte, indices []I, valid []byte) error {
	for i, k := range indices {
		if !bitAt(valid, i) {
			continue
		}
		if uint64(k) >= uint64(len(marks)) {
			return errIndex
		}
		marks[k] = 1
	}
	return nil
}
