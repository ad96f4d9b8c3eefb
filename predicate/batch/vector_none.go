//go:build !amd64 || purego

package batch

import "unsafe"

// Loops that only amd64 has: see loopsNEON.

func vectorWidenOf(f form, dst *uint32, src unsafe.Pointer, n int, kind uint8) {}

func vectorAdvanceOf(f form, states, classes *uint32, n int, next *uint32, size int) {}

func vectorTake32Of(f form, dst, src *uint32, mask *uint64, words, dstLen, srcLen int) (most uint32) {
	return 0
}

func vectorTake64Of(f form, dst, src *uint64, mask *uint64, words, dstLen, srcLen int) {}

func vectorOffsetsOf(f form, starts, ends, offsets *int32, mask *uint64, words int, limit int32, dstLen, srcLen int) (most, signs int32) {
	return 0, -1
}

func vectorMoveOf(f form, dst, src *byte, last uint64, starts, ends *int32, from, n, width int) (done int) {
	return from
}

func vectorRankOf(indices *uint32, n int, mask *uint64, before *uint32) {}

func vectorExtractOf(word, mask uint64) uint64 { return compress(word, mask) }

func extracts() bool { return false }
