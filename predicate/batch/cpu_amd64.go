//go:build amd64 && !purego

package batch

import "sync"

// detectForm returns the largest form that the processor and the operating system
// have. AVX-512 as wanted here is in Intel's servers since Ice Lake and AMD's processors
// since Zen 4; AVX2 with BMI2 in Intel's since Haswell and AMD's since Zen.
//
// AMD's processors load the lanes of a gather one by one, and store lanes that a mask selects
// slowly. On Zen 4 the loops for AVX2, which do neither, take two thirds of the
// time of those for AVX-512 where texts or their offsets are concerned.
func detectForm() form {
	const (
		osxsave   = 1 << 27                               // leaf 1, c
		saved     = 0x6                                   // the registers that the system saves: SSE, AVX
		savedWide = 0xe6                                  // and AVX-512
		wanted    = 1<<3 | 1<<5 | 1<<8                    // leaf 7, b: BMI1, AVX2, BMI2
		wantedC   = 1<<12 | 1<<23                         // leaf 1, c: FMA, which no processor with AVX2 lacks, POPCNT
		wide      = 1<<16 | 1<<17 | 1<<28 | 1<<30 | 1<<31 // leaf 7, b: F, DQ, CD, BW, VL
		vbmi      = 1 << 1                                // leaf 7, c
	)
	if highest, _, _, _ := cpuid(0, 0); highest < 7 {
		return formGo
	}
	_, _, c1, _ := cpuid(1, 0)
	if c1&osxsave == 0 || c1&wantedC != wantedC {
		return formGo
	}
	_, b, c, _ := cpuid(7, 0)
	system := xgetbv()
	switch {
	case b&wanted != wanted || system&saved != saved:
		return formGo
	case b&wide != wide || c&vbmi != vbmi || system&savedWide != savedWide:
		return formAVX2
	case isAMD():
		return formMixed
	default:
		return formAVX512
	}
}

func isAMD() bool {
	_, b, c, d := cpuid(0, 0)
	return b == 0x68747541 && d == 0x69746e65 && c == 0x444d4163 // AuthenticAMD
}

// extracts reports whether the processor extracts bits in a few cycles. AMD's before
// Zen 3 take some hundred, longer than the loop in Go.
var extracts = sync.OnceValue(func() bool {
	a, _, _, _ := cpuid(1, 0)
	return !isAMD() || a>>8&0xf+a>>20&0xff >= 0x19
})

func cpuid(leaf, sub uint32) (a, b, c, d uint32)

func xgetbv() (low uint32)
