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
	for f := formAVX2; f <= bestForm(); f++ {
		forms = append(forms, f)
	}
	return forms
}

// allForms returns all forms that this process has.
func allForms() []form { return append([]form{formGo}, vectorForms()...) }

// eachVector runs a test for each form in assembly.
func eachVector(t *testing.T, run func(t *testing.T, f form)) {
	if len(vectorForms()) == 0 {
		t.Skip("this processor or build has no vectors")
	}
	for _, f := range vectorForms() {
		t.Run(formNames[f], func(t *testing.T) { run(t, f) })
	}
}

// TestForm: ROWSIGHT_CPU names the form that is tested, so that a run for one form
// cannot pass with another.
func TestForm(t *testing.T) {
	if name := os.Getenv("ROWSIGHT_CPU"); name != "" {
		require.Equal(t, name, formNames[bestForm()], "this processor or build has another form")
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
	} {
		require.Equal(t, tt.want, formNamed(tt.name, tt.best), tt.reason)
	}
	require.Equal(t, formGo, formOf(pathVector|pathWide))
	require.LessOrEqual(t, formOf(pathWide), formAVX2)
}
