package rulefile

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Change is one change that a repair made to a text.
type Change struct {
	Line int // 0 for the whole file
	What string
}

// String returns "line 3: …".
func (c Change) String() string {
	if c.Line == 0 {
		return c.What
	}
	return fmt.Sprintf("line %d: %s", c.Line, c.What)
}

// Repair makes the text plain CSV: what was assumed to read it is written down,
// and quotes that a spreadsheet or a word processor spoiled are mended. It
// changes nothing inside a value.
func (f *File) Repair() []Change {
	var changes []Change
	for _, assumed := range f.Assumed {
		changes = append(changes, Change{0, assumed})
	}
	if text, ok := strings.CutPrefix(string(f.Text), bom); ok {
		f.Text = []byte(text)
		changes = append(changes, Change{0, "the byte order mark was taken out"})
	}
	more := f.repairQuotes()
	return append(changes, more...)
}

// Quotes of word processors, and the straight one that they stand for.
const (
	opening = "“„«"
	closing = "”“»"
)

// repairQuotes takes out blanks between a delimiter and a quote, and makes curly
// quotes around whole fields straight. A curly quote anywhere else is a
// character of a value.
func (f *File) repairQuotes() []Change {
	var out strings.Builder
	var changes []Change
	d := f.delimiter()
	text := string(f.Text)
	line, quoted, start := 1, false, true // start: at the beginning of a field
	note := func(what string) {
		if n := len(changes); n == 0 || changes[n-1] != (Change{line, what}) {
			changes = append(changes, Change{line, what})
		}
	}
	ends := func(rest string) bool { // a field ends here, after blanks
		rest = strings.TrimLeft(rest, " ")
		r, _ := utf8.DecodeRuneInString(rest)
		return rest == "" || r == d || r == '\n' || r == '\r'
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		char, rest := text[i:i+size], text[i+size:] // not string(r): a byte that is no UTF-8 stays
		switch {
		case quoted:
			if r == '\n' {
				line++
			}
			if r == '"' && strings.HasPrefix(rest, `"`) {
				out.WriteString(`""`)
				i += 2
				continue
			}
			if r == '"' {
				quoted = false
				if after := strings.TrimLeft(rest, " "); len(after) < len(rest) && ends(rest) {
					note("a blank behind a quote was taken out")
					i += len(rest) - len(after)
				}
			}
			out.WriteString(char)
		case start && r == ' ' && strings.HasPrefix(strings.TrimLeft(text[i:], " "), `"`):
			note("a blank before a quote was taken out")
		case start && r == '"':
			quoted, start = true, false
			out.WriteString(char)
		case start && strings.ContainsRune(opening, r):
			end := strings.IndexAny(rest, closing)
			if line := strings.IndexByte(rest, '\n'); end < 0 || line >= 0 && line < end || strings.ContainsRune(rest[:end], '"') {
				out.WriteString(char)
				start = false
				break
			}
			_, width := utf8.DecodeRuneInString(rest[end:])
			if !ends(rest[end+width:]) {
				out.WriteString(char)
				start = false
				break
			}
			note("curly quotes around a field were made straight")
			out.WriteString(`"` + rest[:end] + `"`)
			i += size + end + width
			start = false
			continue
		default:
			out.WriteString(char)
			if start = r == d || r == '\n'; r == '\n' {
				line++
			}
		}
		i += size
	}
	f.Text = []byte(out.String())
	return changes
}
