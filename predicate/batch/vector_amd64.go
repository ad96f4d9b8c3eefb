//go:build amd64 && !purego

package batch

import "unsafe"

// hasVector says that the processor and the operating system have what
// vector_amd64.s uses: AVX-512 F, BW, CD, DQ, VL and VBMI, and BMI2, as Intel's
// processors since Ice Lake and AMD's since Zen 4 do.
var hasVector = detectVector()

func detectVector() bool {
	const (
		osxsave = 1 << 27                                      // leaf 1, c
		saved   = 0xe6                                         // the registers that the system saves: SSE, AVX, AVX-512
		wanted  = 1<<8 | 1<<16 | 1<<17 | 1<<28 | 1<<30 | 1<<31 // leaf 7, b: BMI2, F, DQ, CD, BW, VL
		vbmi    = 1 << 1                                       // leaf 7, c
	)
	if highest, _, _, _ := cpuid(0, 0); highest < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&osxsave == 0 || xgetbv()&saved != saved {
		return false
	}
	_, b, c, _ := cpuid(7, 0)
	return b&wanted == wanted && c&vbmi == vbmi
}

func cpuid(leaf, sub uint32) (a, b, c, d uint32)

func xgetbv() (low uint32)

// Where these take n rows, it is a multiple of 16, of 64 for accept and one; the
// scans take a multiple of 8.

//go:noescape
func vectorCodesOf(dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32)

//go:noescape
func vectorWidenOf(dst *uint32, src unsafe.Pointer, n int, kind uint8)

//go:noescape
func vectorAdvanceOf(states, classes *uint32, n int, next *uint32, size int)

//go:noescape
func vectorAcceptOf(mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32)

//go:noescape
func vectorFewOf(s *textScan)

//go:noescape
func vectorHandfulOf(s *textScan)

//go:noescape
func vectorPerfectOf(s *textScan)

//go:noescape
func vectorTake32Of(dst, src *uint32, mask *uint64, words int) (most uint32)

//go:noescape
func vectorTake64Of(dst, src *uint64, mask *uint64, words int)

//go:noescape
func vectorOffsetsOf(starts, ends, offsets *int32, mask *uint64, words int, limit int32) (most, signs int32)

//go:noescape
func vectorMoveOf(dst, src *byte, last uint64, starts, ends *int32, from, n, width int) (done int)

//go:noescape
func vectorMarksOf(mask *uint64, marks *byte, words int)

// vectorExtractOf brings the bits of word that are set in mask together at the
// low end.
//
//go:noescape
func vectorExtractOf(word, mask uint64) uint64

//go:noescape
func vectorOneOf(mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, tail uint32)
