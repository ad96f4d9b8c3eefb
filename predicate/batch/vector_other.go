//go:build !amd64 || purego

package batch

import "unsafe"

const hasVector = false

func vectorCodesOf(dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32) {
	return 1
}

func vectorWidenOf(dst *uint32, src unsafe.Pointer, n int, kind uint8) {}

func vectorAdvanceOf(states, classes *uint32, n int, next *uint32, size int) {}

func vectorAcceptOf(mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32) {
	return 1
}

func vectorFewOf(s *textScan) {}

func vectorHandfulOf(s *textScan) {}

func vectorPerfectOf(s *textScan) {}

func vectorTake32Of(dst, src *uint32, mask *uint64, words int) (most uint32) { return 0 }

func vectorTake64Of(dst, src *uint64, mask *uint64, words int) {}

func vectorOffsetsOf(starts, ends, offsets *int32, mask *uint64, words int, limit int32) (most, signs int32) {
	return 0, -1
}

func vectorMoveOf(dst, src *byte, last uint64, starts, ends *int32, from, n, width int) (done int) {
	return from
}

func vectorMarksOf(mask *uint64, marks *byte, words int) {}

func vectorExtractOf(word, mask uint64) uint64 { return 0 }

func vectorOneOf(mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, tail uint32) {
}
