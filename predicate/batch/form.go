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
)

// formNames are the values of ROWSIGHT_CPU, by form.
var formNames = [...]string{"purego", "avx2", "avx512", "mixed"}

// bestForm returns the form that this process uses: the largest that the processor,
// the system and the build have. The environment variable ROWSIGHT_CPU names a
// smaller one, so that a machine can test the forms of others.
var bestForm = sync.OnceValue(func() form { return formNamed(os.Getenv("ROWSIGHT_CPU"), detectForm()) })

// formNamed returns the form of that name, best if it is larger or no form has the
// name.
func formNamed(name string, best form) form {
	for f, n := range formNames {
		if n == name {
			return min(form(f), best)
		}
	}
	return best
}

// formOf returns the form to use if some paths are off.
func formOf(off path) form {
	switch {
	case off&pathVector != 0:
		return formGo
	case off&pathWide != 0:
		return min(bestForm(), formAVX2)
	default:
		return bestForm()
	}
}
