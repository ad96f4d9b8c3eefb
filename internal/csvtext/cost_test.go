package csvtext

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A pieces reader hands a text out in pieces of at most some size.
type pieces struct {
	text string
	size func() int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), max(p.size(), 1))], p.text)
	p.text = p.text[n:]
	return n, nil
}

// all returns what a reader returns, problems and positions of fields included,
// and how many bytes it scanned.
func all(src io.Reader, opts *Options) (lines []string, looked int) {
	r := NewReader(src, opts)
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return lines, r.looked
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%q %v", fields, err)
		for i := range fields {
			row, column := r.FieldPos(i)
			fmt.Fprintf(&b, " %d:%d", row, column)
		}
		if lines = append(lines, b.String()); err != nil && len(lines) > 100_000 {
			return lines, r.looked
		}
	}
}

// TestPieces: a file in pieces is read as it is in one.
func TestPieces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	tokens := []string{`"`, `"`, `""`, ",", ",", "\n", "\r\n", "\r", "a", "bc", "»", "\xc2", "\xff", "é", " ", "x\ny"}
	quoted := 0
	for range 30_000 {
		var b strings.Builder
		for range rnd.IntN(30) {
			b.WriteString(tokens[rnd.IntN(len(tokens))])
		}
		opts := &Options{Ragged: rnd.IntN(2) == 0, Delimiter: []rune{',', '»'}[rnd.IntN(2)]}
		want, _ := all(strings.NewReader(b.String()), opts)
		most := 1 + rnd.IntN(6)
		got, _ := all(&pieces{b.String(), func() int { return 1 + rnd.IntN(most) }}, opts)
		require.Equal(t, want, got, "%q", b.String())
		if len(want) > 1 && strings.Count(b.String(), `"`) > 1 {
			quoted++
		}
	}
	require.Greater(t, quoted, 5000)
}

// TestCost: a byte is scanned a few times, whatever the text is and in whatever
// pieces it comes.
func TestCost(t *testing.T) {
	const n = 1 << 16
	for reason, text := range map[string]string{
		"lines":                      strings.Repeat("ab,cd\n", n/6),
		"one record":                 strings.Repeat("ab,", n/3) + "\n",
		"lines in quotes":            `"` + strings.Repeat("ab\n", n/3) + "\"\n",
		"lines in quotes, no end":    `"` + strings.Repeat("ab\n", n/3),
		"doubled quotes":             `"` + strings.Repeat("\"\"\n", n/3) + "\"\n",
		"fields in quotes":           strings.Repeat("\"a\nb\",", n/6) + "\n",
		"text behind quotes":         `"` + strings.Repeat("\n", n/2) + `"` + strings.Repeat("a", n/2) + "\n",
		"quotes where none may be":   strings.Repeat("a\"b\n", n/4),
		"carriage returns":           strings.Repeat("a\rb", n/3) + "\n",
		"carriage returns in quotes": `"` + strings.Repeat("a\r\n", n/3) + "\"\r\n",
		"no UTF-8":                   strings.Repeat("\xff,\n", n/3),
		"problems before a quote":    strings.Repeat("a\"b,", 200) + `"` + strings.Repeat("\n", n/2) + "\"\n",
		"empty lines":                strings.Repeat("\n", n),
	} {
		for _, size := range []int{1, 2, 3, 100, 4096, n} {
			lines, looked := all(&pieces{text, func() int { return size }}, &Options{Ragged: true})
			require.Equal(t, reason == "empty lines", len(lines) == 0)
			require.LessOrEqual(t, looked, 4*len(text), "%s, in pieces of %d", reason, size)
		}
	}
}
