package batch

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeBits copies selected bits; offset is the bit of row 0.
//
// Bits count from the lowest of a byte, and words are little endian: row r is bit
// r%64 of word r/64.
//
//	row      7 6 5 4 3 2 1 0
//	bitmap   1 0 1 1 0 0 1 0
//	mask     0 1 1 0 0 1 1 1     rows 0, 1, 2, 5 and 6
//	result         0 1 0 1 0     moved together, to the low end
//
// bitsAt reads zeros behind the end of a bitmap, so the last word needs no other loop.
func (t *gatherer) takeBits(bitmap []byte, offset int, sel *selection) *memory.Buffer {
	buf := t.buffer((sel.n + 7) / 8)
	w := bitWriter{dst: buf.Bytes()}
	if sel.mask != nil {
		extract := t.form.has(loopExtract) && extracts()
		for i, m := range sel.mask {
			switch {
			case m == 0:
			case extract:
				w.write(vectorExtractOf(bitsAt(bitmap, offset+64*i), m), bits.OnesCount64(m))
			default:
				w.write(compress(bitsAt(bitmap, offset+64*i), m), bits.OnesCount64(m))
			}
		}
	} else {
		for _, r := range sel.eachRun() {
			for from, left := offset+r.at, r.n; left > 0; {
				n := min(left, 64)
				w.write(bitsAt(bitmap, from)&(all>>(64-n)), n)
				from += n
				left -= n
			}
		}
	}
	w.flush()
	return buf
}

// compress brings the bits of w that are set in mask together at the low end.
// It counts the ones or the zeros, whichever are fewer: of a validity bitmap
// there are few zeros.
func compress(w, mask uint64) uint64 {
	ones, zeros := w&mask, ^w&mask
	if bits.OnesCount64(zeros) < bits.OnesCount64(ones) {
		out := all >> (64 - bits.OnesCount64(mask))
		for ; zeros != 0; zeros &= zeros - 1 {
			out &^= 1 << bits.OnesCount64(mask&(zeros&-zeros-1))
		}
		return out
	}
	var out uint64
	for ; ones != 0; ones &= ones - 1 {
		out |= 1 << bits.OnesCount64(mask&(ones&-ones-1))
	}
	return out
}

// A bitWriter appends bits to a bitmap.
type bitWriter struct {
	dst  []byte
	word uint64 // bits not yet written
	have int    // how many, less than 64
}

// write appends n bits, 1 to 64; those of w past them are 0.
func (b *bitWriter) write(w uint64, n int) {
	b.word |= w << b.have
	if b.have+n >= 64 {
		binary.LittleEndian.PutUint64(b.dst, b.word)
		b.dst = b.dst[8:]
		b.word = w >> (64 - b.have) // 0 if there were none
		b.have -= 64
	}
	b.have += n
}

func (b *bitWriter) flush() {
	for i := range b.dst {
		b.dst[i] = byte(b.word >> (8 * i))
	}
}

// allSet reports whether n bits from bit from on are all 1.
func allSet(bitmap []byte, from, n int) bool {
	if from&7 == 0 && n >= 64 && from>>3 <= len(bitmap) {
		for whole := bitmap[from>>3:]; n >= 64 && len(whole) >= 8; from, n = from+64, n-64 {
			if binary.LittleEndian.Uint64(whole) != all {
				return false
			}
			whole = whole[8:]
		}
	}
	for ; n >= 64; from, n = from+64, n-64 {
		if bitsAt(bitmap, from) != all {
			return false
		}
	}
	return n == 0 || bitsAt(bitmap, from)<<(64-n) == all<<(64-n)
}

// takeValidity copies the validity of the selected rows. It returns no buffer
// if none of them is null. Rows that shown masks are.
func (t *gatherer) takeValidity(data arrow.ArrayData, sel *selection, shown *memory.Buffer) (valid *memory.Buffer, nulls int) {
	valid, nulls = t.ownValidity(data, sel)
	switch {
	case shown == nil:
		return valid, nulls
	case valid == nil:
		valid = shown
	default:
		b := valid.Bytes()
		for i, s := range shown.Bytes() {
			b[i] &= s
		}
	}
	return valid, sel.n - countBits(valid.Bytes())
}

// ownValidity is takeValidity without what masks the rows from above.
func (t *gatherer) ownValidity(data arrow.ArrayData, sel *selection) (valid *memory.Buffer, nulls int) {
	bitmap := validity(data)
	if bitmap == nil {
		return nil, 0
	}
	if sel.few(data.Len()) && !sel.far {
		return t.fewValid(bitmap, data.Offset(), sel) // not worth going through all of the bitmap
	} else if noneNull(bitmap, data.Offset(), data.Len(), sel) {
		return nil, 0
	}
	valid = t.takeBits(bitmap, data.Offset(), sel)
	nulls = sel.n - countBits(valid.Bytes())
	if nulls == 0 {
		return nil, 0
	}
	return valid, nulls
}

// noneNull reports whether no selected row of n is null. It may miss that where the
// selection is made of runs.
func noneNull(bitmap []byte, offset, n int, sel *selection) bool {
	if sel.mask == nil {
		return allSet(bitmap, offset, n)
	}
	for i, w := range sel.mask {
		if w&^bitsAt(bitmap, offset+64*i) != 0 {
			return false
		}
	}
	return true
}

// fewValid copies the validity of single rows, the first of which is at bit offset.
func (t *gatherer) fewValid(bitmap []byte, offset int, sel *selection) (valid *memory.Buffer, nulls int) {
	rows := sel.eachRow()
	first := slices.IndexFunc(rows, func(row uint32) bool { return !bitAt(bitmap, offset+int(row)) })
	if first < 0 {
		return nil, 0
	}
	valid = t.buffer((sel.n + 7) / 8)
	b := valid.Bytes()
	clear(b)
	for i, row := range rows {
		at := offset + int(row)
		bit := bitmap[at>>3] >> (at & 7) & 1
		b[i>>3] |= bit << (i & 7)
		nulls += int(bit ^ 1)
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
	eachNullIs(valid, n, func(i int) bool { f(i); return true })
}

// eachNullIs reports whether f holds for every bit of the first n that is 0. It
// asks no further after the first for which it does not.
func eachNullIs(valid []byte, n int, f func(i int) bool) bool {
	for i := 0; i < n; i += 64 {
		nulls := ^bitsAt(valid, i)
		if n-i < 64 {
			nulls &= 1<<(n-i) - 1
		}
		for ; nulls != 0; nulls &= nulls - 1 {
			if !f(i + bits.TrailingZeros64(nulls)) {
				return false
			}
		}
	}
	return true
}

func (t *gatherer) takeBool(data arrow.ArrayData, sel *selection, shown *memory.Buffer) arrow.ArrayData {
	valid, nulls := t.takeValidity(data, sel, shown)
	values := t.takeBits(bufferBytes(data, 1), data.Offset(), sel)
	if nulls > 0 {
		b := values.Bytes()
		for i, v := range valid.Bytes() {
			b[i] &= v
		}
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, values}, nil, nulls)
}
