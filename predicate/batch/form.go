package batch

import (
	"os"
	"sync"
)

// A form is one of the ways in which the hot loops are written. All compute the
// same. A larger form needs more of the processor. Decision 13 in docs/adr says
// why there are these, and docs/bench/forms.md what each takes.
type form uint8

const (
	formGo     form = iota // Go alone
	formAVX2               // AVX2, BMI1 and BMI2
	formAVX512             // AVX-512 F, BW, CD, DQ, VL and VBMI
	formMixed              // AVX-512, but AVX2 for texts and their offsets: see detectForm
	formNEON               // what every arm64 processor has
)

// formNames are the values of ROWSIGHT_CPU, by form.
var formNames = [...]string{"purego", "avx2", "avx512", "mixed", "neon"}

// loops are some of the hot loops.
type loops uint16

const (
	loopCodes   loops = 1 << iota // vectorCodes
	loopWiden                     // widened
	loopAdvance                   // vectorAdvance
	loopAccept                    // vectorAccept
	loopPairs                     // vectorPairs
	loopShown                     // vectorShown
	loopOne                       // vectorOne
	loopFew                       // vectorTexts, of few values
	loopMany                      // vectorTexts, of many
	loopCopies                    // vectorTake and copyVector
	loopRank                      // vectorRank
	loopMarks                     // vectorMarksOf
	loopExtract                   // vectorExtractOf
	loopRising                    // vectorRising
)

// loopsNEON are the loops that arm64 has. They keep a table in registers. What is
// left is loads, stores and multiplications of 64 bits, for which NEON has nothing that Go
// lacks.
const loopsNEON = loopCodes | loopAccept | loopPairs | loopShown | loopOne | loopFew | loopMarks | loopRising

// has reports whether f has all of these loops in assembly.
func (f form) has(l loops) bool {
	switch f {
	case formGo:
		return false
	case formNEON:
		return l&^loopsNEON == 0
	default:
		return true
	}
}

// What fits into the registers of NEON.
const (
	neonCodes = 16  // codes of a dictionary
	neonBits  = 512 // bits of the last step of a table
	neonBytes = 128 // values or pairs of values, a byte each
)

// fits reports whether f takes a table of n, most of which NEON does.
func (f form) fits(n, most int) bool { return f != formNEON || n <= most }

// bestForm returns the form that this process uses: the largest that the processor,
// the system and the build have. The environment variable ROWSIGHT_CPU names a
// smaller one, so that a machine can test the forms of others.
var bestForm = sync.OnceValue(func() form { return formNamed(os.Getenv("ROWSIGHT_CPU"), detectForm()) })

// Form returns the name of the form of the inner loops that this process uses: avx512,
// mixed, avx2, neon, or purego for Go alone. It says what a measurement is of. All
// forms give the same rows.
func Form() string { return formNames[bestForm()] }

// formNamed returns the form of that name, best if the processor lacks it or no form has
// the name.
func formNamed(name string, best form) form {
	for f, n := range formNames {
		if n == name && best.includes(form(f)) {
			return form(f)
		}
	}
	return best
}

// includes reports whether a processor whose largest form is f has the form g.
func (f form) includes(g form) bool {
	return g == formGo || g == f || g < f && f != formNEON
}

// formOf returns the form to use if some paths are off.
func formOf(off path) form {
	switch {
	case off&pathVector != 0:
		return formGo
	case off&pathWide != 0:
		if best := bestForm(); best == formNEON {
			return best
		}
		return min(bestForm(), formAVX2)
	default:
		return bestForm()
	}
}
