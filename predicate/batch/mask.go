package batch

import (
	"encoding/binary"
	"math/bits"
)

// Masks are bitmaps in words of 64 rows: bit i&63 of word i>>6 is row i. Bits
// past the last row are always 0, so that counting needs no special case and
// nothing that is not a row is ever taken for one.

func maskWords(rows int) int { return (rows + 63) / 64 }

// fillMask sets the bits of all rows.
func fillMask(mask []uint64, rows int) {
	for i := range mask {
		mask[i] = ^uint64(0)
	}
	if rows&63 != 0 {
		mask[len(mask)-1] = 1<<(rows&63) - 1
	}
}

func countMask(mask []uint64) int {
	n := 0
	for _, w := range mask {
		n += bits.OnesCount64(w)
	}
	return n
}

// bitsAt returns the 64 bits of an Arrow bitmap that start at bit from. Bits
// past the end of the bitmap are 0.
func bitsAt(bitmap []byte, from int) uint64 {
	at, shift := from>>3, uint(from&7)
	if at+9 <= len(bitmap) {
		w := binary.LittleEndian.Uint64(bitmap[at:])
		if shift == 0 {
			return w
		}
		return w>>shift | uint64(bitmap[at+8])<<(64-shift)
	}
	var b [9]byte
	if at < len(bitmap) {
		copy(b[:], bitmap[at:])
	}
	w := binary.LittleEndian.Uint64(b[:8])
	if shift == 0 {
		return w
	}
	return w>>shift | uint64(b[8])<<(64-shift)
}

func bitAt(bitmap []byte, i int) bool { return bitmap[i>>3]>>(i&7)&1 != 0 }

// setNulls sets codes to null where a validity bitmap has a 0; the first code
// belongs to bit from.
func setNulls(codes []uint32, null uint32, valid []byte, from int) {
	for i := 0; i < len(codes); i += 64 {
		n := min(64, len(codes)-i)
		nulls := ^bitsAt(valid, from+i)
		if n < 64 {
			nulls &= 1<<n - 1
		}
		for ; nulls != 0; nulls &= nulls - 1 {
			codes[i+bits.TrailingZeros64(nulls)] = null
		}
	}
}

// copyWords writes words into a bitmap, as far as it goes.
func copyWords(bitmap []byte, words []uint64) {
	for i, w := range words {
		if rest := bitmap[i*8:]; len(rest) >= 8 {
			binary.LittleEndian.PutUint64(rest, w)
		} else {
			for k := range rest {
				rest[k] = byte(w >> (8 * k))
			}
		}
	}
}
