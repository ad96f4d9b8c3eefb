package batch

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeBits copies selected bits; offset is the bit of row 0.
func (t *taker) takeBits(bitmap []byte, offset int, sel *selection) *memory.Buffer {
	buf := t.buffer((sel.n + 7) / 8)
	dst := buf.Bytes()
	var word uint64 // bits not yet written
	have := 0       // how many
	at := 0         // where in dst they go
	for _, r := range sel.runs {
		for from, left := offset+r.at, r.n; left > 0; {
			n := min(left, 64)
			w := bitsAt(bitmap, from)
			if n < 64 {
				w &= 1<<n - 1
			}
			word |= w << have
			if have+n >= 64 {
				binary.LittleEndian.PutUint64(dst[at:], word)
				at += 8
				word = w >> (64 - have) // 0 when have is 0
				have -= 64
			}
			have += n
			from += n
			left -= n
		}
	}
	for ; have > 0; have -= 8 {
		dst[at] = byte(word)
		word >>= 8
		at++
	}
	return buf
}

// takeValidity copies the validity of the selected rows. It returns no buffer
// if none of them is null.
func (t *taker) takeValidity(data arrow.ArrayData, sel *selection) (valid *memory.Buffer, nulls int) {
	bitmap := validity(data)
	if bitmap == nil {
		return nil, 0
	}
	valid = t.takeBits(bitmap, data.Offset(), sel)
	nulls = sel.n - countBits(valid.Bytes())
	if nulls == 0 {
		return nil, 0
	}
	return valid, nulls
}

func countBits(bitmap []byte) int {
	n := 0
	for ; len(bitmap) >= 8; bitmap = bitmap[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(bitmap))
	}
	for _, b := range bitmap {
		n += bits.OnesCount8(b)
	}
	return n
}

// eachNull calls f for every bit of the first n that is 0.
func eachNull(valid []byte, n int, f func(i int)) {
	for i := 0; i < n; i += 64 {
		nulls := ^bitsAt(valid, i)
		if n-i < 64 {
			nulls &= 1<<(n-i) - 1
		}
		for ; nulls != 0; nulls &= nulls - 1 {
			f(i + bits.TrailingZeros64(nulls))
		}
	}
}

func (t *taker) takeBool(data arrow.ArrayData, sel *selection) arrow.ArrayData {
	valid, nulls := t.takeValidity(data, sel)
	values := t.takeBits(bufferBytes(data, 1), data.Offset(), sel)
	if nulls > 0 {
		b := values.Bytes()
		for i, v := range valid.Bytes() {
			b[i] &= v
		}
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, values}, nil, nulls)
}
