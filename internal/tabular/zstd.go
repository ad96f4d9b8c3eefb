package tabular

import "encoding/binary"

// zstdWindow reads from the header of a Zstandard frame (RFC 8878, 3.1.1.1) how
// much memory decompressing it takes, before anything does so.
//
//	FD2FB528 | descriptor | window? | dictionary id? | content size?
//
// Frames that are to be skipped over, which no writer of Arrow puts there, are
// no frames.
func zstdWindow(b []byte) (window uint64, ok bool) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != 0xFD2FB528 {
		return 0, false
	}
	descriptor := b[4]
	b = b[5:]
	if single := descriptor&(1<<5) != 0; !single {
		base := uint64(1) << (10 + b[0]>>3)
		return base + base/8*uint64(b[0]&7), true
	}
	// The whole content is the window.
	skip := []int{0, 1, 2, 4}[descriptor&3]
	size := []int{1, 2, 4, 8}[descriptor>>6]
	if len(b) < skip+size {
		return 0, false
	}
	var full [8]byte
	copy(full[:], b[skip:skip+size])
	window = binary.LittleEndian.Uint64(full[:])
	if size == 2 {
		window += 256
	}
	return window, true
}
