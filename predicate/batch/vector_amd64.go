//go:build amd64 && !purego

package batch

import "unsafe"

// Each of these calls the loop of a form: AVX2, AVX-512, or one of both. Where they
// take n rows, it is a multiple of 16, of 64 for accept, shown and one; the scans
// take a multiple of 8.

func vectorCodesOf(f form, dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32) {
	if f >= formAVX512 {
		return codes512(dst, indices, n, memo, size)
	}
	return codes256(dst, indices, n, memo, size)
}

func vectorWidenOf(f form, dst *uint32, src unsafe.Pointer, n int, kind uint8) {
	if f >= formAVX512 {
		widen512(dst, src, n, kind)
	} else {
		widen256(dst, src, n, kind)
	}
}

func vectorAdvanceOf(f form, states, classes *uint32, n int, next *uint32, size int) {
	if f >= formAVX512 {
		advance512(states, classes, n, next, size)
	} else {
		advance256(states, classes, n, next, size)
	}
}

func vectorAcceptOf(f form, mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32) {
	if f >= formAVX512 {
		return accept512(mask, states, classes, n, final, size)
	}
	return accept256(mask, states, classes, n, final, size)
}

// vectorPairsOf and vectorShownOf are for AVX2 only.
func vectorPairsOf(s *pairScan) (wrong uint32) {
	switch {
	case s.third != nil:
		return triples256(s)
	case s.few != nil:
		return few256(s)
	default:
		return pairs256(s)
	}
}

func vectorShownOf(mask *uint64, indices *uint32, n int, shown *byte, size int) (wrong uint32) {
	return shown256(mask, indices, n, shown, size)
}

func vectorOneOf(f form, mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, tail uint32) {
	if f == formAVX512 {
		one512(mask, offsets, n, data, last, size, first, keep, tail)
	} else {
		one256(mask, offsets, n, data, last, size, first, keep, tail)
	}
}

// vectorTextsOf looks texts up: in planes or a handful, where s has one, in few
// values, or in many.
func vectorTextsOf(f form, s *textScan) {
	switch {
	case f == formAVX512 && s.handful != nil:
		handful512(s)
	case f == formAVX512 && s.few:
		few512(s)
	case f == formAVX512:
		perfect512(s)
	case s.planes != nil:
		planes256(s)
	default:
		perfect256(s)
	}
}

func vectorTake32Of(f form, dst, src *uint32, mask *uint64, words, dstLen, srcLen int) (most uint32) {
	if f >= formAVX512 {
		return take32x512(dst, src, mask, words)
	}
	return take32x256(dst, src, mask, words, dstLen, srcLen, &selected8[0])
}

func vectorTake64Of(f form, dst, src *uint64, mask *uint64, words, dstLen, srcLen int) {
	if f >= formAVX512 {
		take64x512(dst, src, mask, words)
	} else {
		take64x256(dst, src, mask, words, dstLen, srcLen, &selected4[0])
	}
}

func vectorOffsetsOf(f form, starts, ends, offsets *int32, mask *uint64, words int, limit int32, dstLen, srcLen int) (most, signs int32) {
	if f == formAVX512 {
		return offsets512(starts, ends, offsets, mask, words, limit)
	}
	return offsets256(starts, ends, offsets, mask, words, limit, dstLen, srcLen, &selected8[0])
}

func vectorMoveOf(f form, dst, src *byte, last uint64, starts, ends *int32, from, n, width int) (done int) {
	if f >= formAVX512 {
		return move512(dst, src, last, starts, ends, from, n, width)
	}
	return move256(dst, src, last, starts, ends, from, n, width)
}

func vectorMarksOf(f form, mask *uint64, marks *byte, words int) {
	if f >= formAVX512 {
		marks512(mask, marks, words)
	} else {
		marks256(mask, marks, words)
	}
}

func vectorRankOf(indices *uint32, n int, mask *uint64, before *uint32) {
	rank256(indices, n, mask, before)
}

func vectorRisingOf(offsets *int32, n int) (signs uint32) { return rising256(offsets, n) }

// vectorExtractOf brings the bits of word that are set in mask together at the low
// end. It is slow unless extracts.
func vectorExtractOf(word, mask uint64) uint64 { return extract(word, mask) }

// selected8 and selected4 have, for each mask of 8 or 4 lanes, the numbers of the
// selected lanes, a byte each, and then the first again. Those of selected4 are pairs of
// lanes of 32 bits.
var selected8, selected4 = selectedLanes(8, 1), selectedLanes(4, 2)

func selectedLanes(n, width int) []uint64 {
	table := make([]uint64, 1<<n)
	for mask := range table {
		var lanes []int
		for i := range n {
			if mask>>i&1 != 0 {
				lanes = append(lanes, i)
			}
		}
		for k := 0; k < 8 && lanes != nil; k++ {
			lane := lanes[0]
			if k/width < len(lanes) {
				lane = lanes[k/width]
			}
			table[mask] |= uint64(lane*width+k%width) << (8 * k)
		}
	}
	return table
}

//go:noescape
func codes256(dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32)

//go:noescape
func codes512(dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32)

//go:noescape
func widen256(dst *uint32, src unsafe.Pointer, n int, kind uint8)

//go:noescape
func widen512(dst *uint32, src unsafe.Pointer, n int, kind uint8)

//go:noescape
func advance256(states, classes *uint32, n int, next *uint32, size int)

//go:noescape
func advance512(states, classes *uint32, n int, next *uint32, size int)

//go:noescape
func accept256(mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32)

//go:noescape
func accept512(mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32)

//go:noescape
func shown256(mask *uint64, indices *uint32, n int, shown *byte, size int) (wrong uint32)

//go:noescape
func pairs256(s *pairScan) (wrong uint32)

//go:noescape
func few256(s *pairScan) (wrong uint32)

//go:noescape
func triples256(s *pairScan) (wrong uint32)

//go:noescape
func one256(mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, tail uint32)

//go:noescape
func one512(mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, tail uint32)

//go:noescape
func planes256(s *textScan)

//go:noescape
func perfect256(s *textScan)

//go:noescape
func few512(s *textScan)

//go:noescape
func handful512(s *textScan)

//go:noescape
func perfect512(s *textScan)

//go:noescape
func take32x256(dst, src *uint32, mask *uint64, words, dstLen, srcLen int, lanes *uint64) (most uint32)

//go:noescape
func take32x512(dst, src *uint32, mask *uint64, words int) (most uint32)

//go:noescape
func take64x256(dst, src *uint64, mask *uint64, words, dstLen, srcLen int, lanes *uint64)

//go:noescape
func take64x512(dst, src *uint64, mask *uint64, words int)

//go:noescape
func offsets256(starts, ends, offsets *int32, mask *uint64, words int, limit int32, dstLen, srcLen int, lanes *uint64) (most, signs int32)

//go:noescape
func offsets512(starts, ends, offsets *int32, mask *uint64, words int, limit int32) (most, signs int32)

//go:noescape
func move256(dst, src *byte, last uint64, starts, ends *int32, from, n, width int) (done int)

//go:noescape
func move512(dst, src *byte, last uint64, starts, ends *int32, from, n, width int) (done int)

//go:noescape
func marks256(mask *uint64, marks *byte, words int)

//go:noescape
func marks512(mask *uint64, marks *byte, words int)

//go:noescape
func rank256(indices *uint32, n int, mask *uint64, before *uint32)

//go:noescape
func rising256(offsets *int32, n int) (signs uint32)

//go:noescape
func extract(word, mask uint64) uint64
