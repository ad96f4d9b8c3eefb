package batch

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// vectorForms returns the forms in assembly that this process has, Go alone if
// it has none.
func vectorForms() []form {
	var forms []form
	for f := range form(len(formNames)) {
		if f != formGo && bestForm().includes(f) {
			forms = append(forms, f)
		}
	}
	return forms
}

// allForms returns all forms that this process has.
func allForms() []form { return append([]form{formGo}, vectorForms()...) }

// eachVector runs a test for each form that has these loops in assembly.
func eachVector(t *testing.T, l loops, run func(t *testing.T, f form)) {
	ran := false
	for _, f := range vectorForms() {
		if f.has(l) {
			ran = true
			t.Run(formNames[f], func(t *testing.T) { run(t, f) })
		}
	}
	if !ran {
		t.Skip("this processor or build does not have them")
	}
}

// TestForm: ROWSIGHT_CPU names the form that is tested, so that a run for one form
// cannot pass with another.
func TestForm(t *testing.T) {
	if name := os.Getenv("ROWSIGHT_CPU"); name != "" {
		require.Equal(t, name, Form(), "this processor or build has another form")
	}
	for _, tt := range []struct {
		reason, name string
		best, want   form
	}{
		{"nothing is named", "", formMixed, formMixed},
		{"the best of a processor that mixes", "avx512", formMixed, formAVX512},
		{"the best is named", "avx512", formAVX512, formAVX512},
		{"a smaller one", "avx2", formAVX512, formAVX2},
		{"Go alone", "purego", formAVX512, formGo},
		{"one that the processor lacks", "avx512", formAVX2, formAVX2},
		{"a name of no form", "AVX2", formAVX512, formAVX512},
		{"the best of arm64", "neon", formNEON, formNEON},
		{"Go alone, of arm64", "purego", formNEON, formGo},
		{"one of amd64", "avx2", formNEON, formNEON},
		{"one of arm64", "neon", formMixed, formMixed},
	} {
		require.Equal(t, tt.want, formNamed(tt.name, tt.best), tt.reason)
	}
	require.Equal(t, formGo, formOf(pathVector|pathWide))
	if bestForm() != formNEON {
		require.LessOrEqual(t, formOf(pathWide), formAVX2)
	}
}

// TestLoops: Go alone has no loop in assembly, arm64 has some, amd64 all.
func TestLoops(t *testing.T) {
	for l := loopCodes; l <= loopRising; l <<= 1 {
		require.False(t, formGo.has(l))
		require.Equal(t, loopsNEON&l != 0, formNEON.has(l))
		for f := formAVX2; f <= formMixed; f++ {
			require.True(t, f.has(l))
		}
	}
	require.False(t, formNEON.has(loopCodes|loopAdvance), "one of two")
}
