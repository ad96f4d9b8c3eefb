package batch

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Copies in assembly: values of a mask are brought
// together 16 or 8 at a time, offsets are summed as many at a time, and texts are
// moved in one go each.

// vectorTake copies the selected values of width bytes. It reports false, and
// does nothing, for widths it does not know.
func vectorTake(f form, dst, src []byte, sel *selection, width int) bool {
	switch width {
	case 4:
		vectorTake32(f, cast[uint32](dst), cast[uint32](src), sel)
	case 8:
		d, s := cast[uint64](dst), cast[uint64](src)
		_, _ = d[sel.n-1], s[sel.last()]
		vectorTake64Of(f, &d[0], &s[0], &sel.mask[0], len(sel.mask), len(d), len(s))
	default:
		return false
	}
	return true
}

// vectorTake32 is vectorTake for 4 bytes. It returns the largest value.
func vectorTake32(f form, dst, src []uint32, sel *selection) (most uint32) {
	_, _ = dst[sel.n-1], src[sel.last()]
	return vectorTake32Of(f, &dst[0], &src[0], &sel.mask[0], len(sel.mask), len(dst), len(src))
}

// copyVector is copyRows for offsets of 32 bits and a selection that is a mask,
// or, if its runs are long, copyRuns.
func copyVector(t *gatherer, out []int32, src []byte, in []int32, sel *selection) (*memory.Buffer, error) {
	starts := cast[int32](bytesOf32(t.arena.rows.take(sel.n)))
	ends := out[1 : sel.n+1]
	_ = in[sel.last()+1]
	// A sum that does not fit turns negative on its way.
	most, signs := vectorOffsetsOf(t.form, &starts[0], &ends[0], &in[0], &sel.mask[0], len(sel.mask), int32(min(len(src), maxVector)), len(ends), len(in))
	if signs < 0 {
		return nil, errOffsets
	}
	total := int(ends[sel.n-1])
	if sel.long {
		values := t.buffer(total)
		dst := values.Bytes()
		for _, r := range sel.eachRun() {
			dst = dst[copy(dst, src[in[r.at]:in[r.at+r.n]]):]
		}
		return values, nil
	}
	values, dst := t.slack(total, copySlack)
	moveVector(t, dst, src, starts, ends, int(most))
	return values, nil
}

// moveVector is move for offsets of 32 bits, where no text is longer than most.
func moveVector(t *gatherer, dst, src []byte, starts, ends []int32, most int) {
	width := 64
	switch {
	case most <= 16:
		width = 16
	case most <= 32:
		width = 32
	}
	for i := 0; i < len(ends); i++ {
		if most <= 64 && len(src) >= width {
			i = vectorMoveOf(t.form, &dst[0], &src[0], uint64(len(src)-width), &starts[0], &ends[0], i, len(ends), width)
			if i == len(ends) {
				break
			}
		}
		// Too near the end of src, or some are long.
		start := 0
		if i > 0 {
			start = int(ends[i-1])
		}
		copy(dst[start:ends[i]], src[starts[i]:])
	}
}

// vectorRank is rankAll for indices that lead into mask, which those behind the first
// it did not do are not known to.
func vectorRank(indices []uint32, mask []uint64, before []uint32) int {
	n := len(indices) &^ 7
	if n == 0 {
		return 0
	}
	_ = before[len(mask)-1]
	vectorRankOf(&indices[0], n, &mask[0], &before[0])
	return n
}

// vectorRising reports whether no offset is negative or exceeds the next.
func vectorRising(offsets []int32) bool {
	n := (len(offsets) - 1) &^ 7
	if n > 0 && vectorRisingOf(&offsets[0], n) != 0 {
		return false
	}
	for i := max(n, 0); i < len(offsets)-1; i++ {
		if offsets[i] < 0 || offsets[i+1] < offsets[i] {
			return false
		}
	}
	return true
}

// bytesOf32 views numbers as bytes.
func bytesOf32(s []uint32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), 4*len(s))
}
