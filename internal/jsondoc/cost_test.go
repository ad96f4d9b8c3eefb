package jsondoc

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/textpos"
)

// TestManyProblems: a document that is wrong everywhere is answered with a message
// that a person can read, whatever its shape.
func TestManyProblems(t *testing.T) {
	const n = 3000
	keys := func(format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	deep := strings.Repeat("k", 120)
	for reason, text := range map[string]string{
		"one name again and again":       `{` + strings.Repeat(`"a":[],`, n) + `"x":1}`,
		"names that nobody knows":        `{` + keys(`"k%d":1,`) + `"x":1}`,
		"one name again, deep":           strings.Repeat(`{"`+deep+`":`, n) + `{"a":1,"a":1}` + strings.Repeat(`}`, n),
		"half characters":                `{"a":[` + strings.Repeat(`"\ud800",`, n) + `1]}`,
		"YAML, one name again":           strings.Repeat("a: 1\n", n),
		"YAML, aliases":                  "x: &x 1\ny: [" + strings.Repeat("*x,", n) + "]",
		"YAML, one name again in a line": "y: {" + strings.Repeat("a: 1, ", n) + "b: 1}",
	} {
		t.Run(reason, func(t *testing.T) {
			d, err := Read(strings.NewReader(text), "f", &Options{YAML: true})
			require.NoError(t, err)
			d.Object(d.Root, "", []Field{{Name: "Known", Must: true, Decode: func(*Value, string) {}}})
			problems := textpos.Flat(d.Err())
			require.NotEmpty(t, problems)
			require.LessOrEqual(t, len(problems), MaxProblems+1)
			require.Less(t, len(d.Err().Error()), (MaxProblems+1)*(2*maxPath))
			if len(d.problems) > MaxProblems {
				last := problems[MaxProblems]
				require.ErrorIs(t, last, ErrMore)
				require.ErrorContains(t, last, fmt.Sprint(len(d.problems)-MaxProblems))
			}
		})
	}
}

// TestPositions: every value of a YAML document has the position of its text, also
// where a line holds many, and characters of several bytes.
func TestPositions(t *testing.T) {
	var b strings.Builder
	b.WriteString("top: 1\nlist: [")
	for i := range 500 {
		fmt.Fprintf(&b, "ü%d, {é: v%d}, ", i, i)
	}
	b.WriteString("end]\nmap:\n  a:\n    - x\n    - {b: y, ç: [p, q]}\n  z: w\n")
	text := b.String()
	d, err := Read(strings.NewReader(text), "", &Options{YAML: true})
	require.NoError(t, err)
	seen := 0
	var look func(v *Value)
	look = func(v *Value) {
		if v.Kind == Text {
			seen++
			require.True(t, strings.HasPrefix(text[v.at:], v.Text), "%q", v.Text)
			before := text[:v.at]
			require.Equal(t, Position{Line: 1 + strings.Count(before, "\n"), Column: len(before) - strings.LastIndexByte(before, '\n')}, d.Pos(v))
		}
		for _, item := range v.Items {
			look(item)
		}
		for _, m := range v.Members {
			require.True(t, strings.HasPrefix(text[m.at:], m.Name), "%q", m.Name)
			look(m.Value)
		}
	}
	look(d.Root)
	require.Greater(t, seen, 1000)
	require.Equal(t, Position{Line: 1 + strings.Count(text, "\n"), Column: 1}, d.position(len(text)+5))
	require.True(t, utf8.ValidString(text))
}
