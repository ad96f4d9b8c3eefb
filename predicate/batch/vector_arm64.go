//go:build arm64 && !purego

package batch

import "unsafe"

// detectForm returns the form for NEON, which every arm64 processor has.
func detectForm() form { return formNEON }

// Each of these copies the table of a loop to as many bytes as fill its registers. So no
// index reads memory, whatever it is: one that leads out of the table gives 0. The
// largest index is returned and compared here. Where they take n rows, it is a multiple
// of 16, of 64 for accept, shown, pairs and one; texts take a multiple of 8.

func vectorCodesOf(_ form, dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32) {
	var table [neonCodes]uint32
	copy(table[:], unsafe.Slice(memo, size))
	return exceeds(codesNEON(dst, indices, n, &table[0]), size)
}

// vectorAcceptOf has a bit of 0 for what leads out of final.
func vectorAcceptOf(_ form, mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32) {
	var table [neonBits / 32]uint32
	copy(table[:], unsafe.Slice(final, (size+31)/32))
	if classes == nil {
		var zero [blockRows]uint32
		classes = &zero[0]
		if n > blockRows {
			return 1
		}
	}
	return exceeds(acceptNEON(mask, states, classes, n, &table[0]), size)
}

func vectorShownOf(mask *uint64, indices *uint32, n int, shown *byte, size int) (wrong uint32) {
	table := spread(shown, size)
	return exceeds(shownNEON(mask, indices, n, &table[0]), size)
}

func vectorPairsOf(s *pairScan) (wrong uint32) {
	table := spread(s.shown, s.pairs)
	first, second := pairsNEON(s.mask, s.first, s.second, s.n, &table[0], s.shift)
	return exceeds(first, int(s.firsts)) | exceeds(second, int(s.seconds))
}

// spread returns a table whose bytes have all bits set where those of shown are 1.
func spread(shown *byte, size int) (table [neonBytes]byte) {
	for i, b := range unsafe.Slice(shown, size) {
		table[i] = -b
	}
	return table
}

// exceeds returns 1 if most is no index of a table of that size.
func exceeds(most uint32, size int) (wrong uint32) {
	if int64(most) >= int64(size) {
		return 1
	}
	return 0
}

// keepText has, for a text of each length up to 15, the bytes that are its own.
var keepText = func() (keep [16][16]byte) {
	for n := range keep {
		for i := range n {
			keep[n][i] = 0xff
		}
	}
	return keep
}()

// vectorTextsOf looks texts up in planes.
func vectorTextsOf(_ form, s *textScan) {
	shift := uint32(28)
	if s.planes.half {
		shift = 29
	}
	planesNEON(s, &keepText[0][0], -shift)
}

func vectorMarksOf(_ form, mask *uint64, marks *byte, words int) { marksNEON(mask, marks, words) }

func vectorRisingOf(offsets *int32, n int) (signs uint32) { return risingNEON(offsets, n) }

func vectorOneOf(_ form, mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, _ uint32) {
	oneNEON(mask, offsets, n, data, last, size, first, keep)
}

//go:noescape
func codesNEON(dst, indices *uint32, n int, table *uint32) (most uint32)

//go:noescape
func acceptNEON(mask *uint64, states, classes *uint32, n int, table *uint32) (most uint32)

//go:noescape
func shownNEON(mask *uint64, indices *uint32, n int, table *byte) (most uint32)

//go:noescape
func pairsNEON(mask *uint64, first, second *uint32, n int, table *byte, shift uint64) (mostFirst, mostSecond uint32)

//go:noescape
func planesNEON(s *textScan, keep *byte, shift uint32)

//go:noescape
func marksNEON(mask *uint64, marks *byte, words int)

//go:noescape
func risingNEON(offsets *int32, n int) (signs uint32)

//go:noescape
func oneNEON(mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep uint32)
