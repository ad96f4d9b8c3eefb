package batch

import (
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
)

// plain reads utf8 and large_utf8: offsets into one run of bytes.
//
//	offsets  0   4 4    9      one more than rows; the array's offset is cut off
//	data     EMEA  North       row i is data[offsets[i]:offsets[i+1]]
//	valid    1   0 1           row 1 is NULL: bit (bit+i)%8 of byte (bit+i)/8
//
// sized has checked that the buffers are long enough for the rows, and nothing that
// costs a look at each row: in a broken array an offset may be any number. So every
// read through an offset is checked, or in bounds whatever the offset is.
type plain[O offset] struct {
	lookup  *lookup
	offsets []O // of the rows, one more than there are
	data    []byte
	valid   []byte // nil: no nulls
	bit     int    // of the first row in valid
}

func openPlain[O offset](data arrow.ArrayData, l *lookup, cast func([]byte) []O) codes {
	n := data.Len()
	if n == 0 {
		return &plain[O]{lookup: l, offsets: make([]O, 1)}
	}
	off := data.Offset()
	return &plain[O]{
		lookup:  l,
		offsets: cast(bufferBytes(data, 1))[off : off+n+1],
		data:    bufferBytes(data, 2),
		valid:   validity(data),
		bit:     off,
	}
}

func (p *plain[O]) read(dst []uint32, from int) error {
	lookupTexts(p.lookup, dst, p.offsets[from:from+len(dst)+1], p.data)
	if p.valid != nil {
		setNulls(dst, p.lookup.null, p.valid, p.bit+from)
	}
	return nil
}

// bits sets one word of a mask per 64 rows, of a column that alone decides. It
// is for single values, and in Go for many; other sets go through codes.
func (p *plain[O]) bits(mask []uint64, from, n int) bool {
	o := p.lookup.one
	if o == nil && p.lookup.few == nil && !p.lookup.vectors() && bitsOfTable(p.lookup, mask[:maskWords(n)], p.offsets[from:from+n+1], p.data) {
		for i := 0; i < n && p.valid != nil; i += 64 {
			mask[i/64] &= bitsAt(p.valid, p.bit+from+i)
		}
		return true
	}
	if o == nil || o.code != 1 || p.lookup.miss != 0 || len(p.data) < 8 {
		return false
	}
	done := 0
	if offsets32 := narrow(p.offsets[from : from+n+1]); p.lookup.form.has(loopOne) && offsets32 != nil {
		done = vectorOne(p.lookup.form, mask, o, offsets32, p.data)
		for i, w := range mask[:done/64] {
			if w != 0 {
				mask[i] = p.confirm(w, from+i<<6, o.value)
			}
		}
	}
	// load reads 8 bytes from where a text begins, whatever its length; o.keep
	// masks those behind the value. So only a text that begins at last or before
	// it is loaded. len(p.data) >= 8 was checked above: last cannot wrap around.
	// A negative offset is larger than last.
	base, last := unsafe.Pointer(unsafe.SliceData(p.data)), uint(len(p.data)-8)
	size := uint(len(o.value))
	for i := done; i < n; i += 64 {
		offsets := p.offsets[from+i : from+min(i+64, n)+1]
		at := uint(offsets[0])
		var w uint64
		for k, next := range offsets[1:] {
			end := uint(next)
			same := end-at == size
			if at > last {
				// Too close to the end to read a word.
				same = same && string(p.data[at:end]) == o.value
			} else if load(unsafe.Add(base, at))&o.keep != o.first {
				same = false
			}
			at = end
			var bit uint64
			if same {
				bit = 1
			}
			w |= bit << (k & 63)
		}
		if w != 0 {
			w = p.confirm(w, from+i, o.value)
		}
		mask[i/64] = w
	}
	return true
}

// confirm clears the bits of rows that are null or another text.
func (p *plain[O]) confirm(w uint64, from int, value string) uint64 {
	if p.valid != nil {
		w &= bitsAt(p.valid, p.bit+from)
	}
	for left := w; left != 0; left &= left - 1 {
		k := bits.TrailingZeros64(left)
		if row := from + k; string(p.data[p.offsets[row]:p.offsets[row+1]]) != value {
			w &^= 1 << k
		}
	}
	return w
}
