package output

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/internal/columns"
)

// The rows of a table wait until so many have come: their widest cells decide
// the width of each column, up to maxWidth. Wider cells are cut.
const (
	tableRows = 1000
	maxWidth  = 40
)

// tableWriter writes columns for people's eyes:
//
//	Region  Segment      Sales
//	──────  ──────────  ──────
//	EMEA    Enterprise  261.96
//
// Nothing in a cell reaches the terminal as a control sequence.
type tableWriter struct {
	w       *bufio.Writer
	schema  *arrow.Schema
	color   bool
	waiting [][]string
	widths  []int // nil until they are decided
	right   []bool
	text    []byte
}

func newTable(w io.Writer, schema *arrow.Schema, opts *Options) (*tableWriter, error) {
	t := &tableWriter{w: bufio.NewWriter(w), schema: schema, color: opts.Color}
	for _, f := range schema.Fields() {
		id := f.Type.ID()
		t.right = append(t.right, arrow.IsInteger(id) || arrow.IsFloating(id) || arrow.IsDecimal(id))
	}
	return t, nil
}

const null = "NULL"

// Write implements [Writer].
func (t *tableWriter) Write(rec arrow.Record) error {
	cells, err := cellsOf(rec, csvCell)
	if err != nil {
		return err
	}
	for row := range int(rec.NumRows()) {
		line := make([]string, len(cells))
		for i, cell := range cells {
			if rec.Column(i).IsNull(row) {
				line[i] = null
				continue
			}
			if t.text, err = cell(t.text[:0], row); err != nil {
				return columnError(rec, i, err)
			}
			line[i] = visible(t.text)
		}
		if t.widths != nil {
			t.line(line)
			continue
		}
		if t.waiting = append(t.waiting, line); len(t.waiting) == tableRows {
			t.start()
		}
	}
	return t.w.Flush()
}

// Close implements [Writer].
func (t *tableWriter) Close() error {
	if t.widths == nil {
		t.start()
	}
	return t.w.Flush()
}

// start decides the widths and writes what waited.
func (t *tableWriter) start() {
	header := make([]string, t.schema.NumFields())
	t.widths = make([]int, len(header))
	for i, f := range t.schema.Fields() {
		header[i] = visible([]byte(f.Name))
	}
	for _, line := range append(t.waiting, header) {
		for i, s := range line {
			t.widths[i] = min(maxWidth, max(t.widths[i], columns.Width(s)))
		}
	}
	rule := make([]string, len(header))
	for i, n := range t.widths {
		rule[i] = strings.Repeat("─", n)
	}
	if t.color {
		t.w.WriteString("\x1b[1m")
	}
	t.line(header)
	if t.color {
		t.w.WriteString("\x1b[0m")
	}
	t.line(rule)
	for _, line := range t.waiting {
		t.line(line)
	}
	t.waiting = nil
}

func (t *tableWriter) line(cells []string) {
	for i, s := range cells {
		s = columns.Cut(s, t.widths[i])
		pad := columns.Pad(s, t.widths[i])
		if i > 0 {
			t.w.WriteString("  ")
		}
		if t.right[i] {
			s, pad = pad, s
		}
		t.w.WriteString(s)
		if i < len(cells)-1 || t.right[i] {
			t.w.WriteString(pad)
		}
	}
	t.w.WriteByte('\n') // a bufio.Writer keeps its error for Flush
}

// visible returns text with everything that does not print written as an
// escape: a cell must not move the cursor, or hide behind a character that
// turns the direction of text.
func visible(text []byte) string {
	plain := true
	for _, r := range string(text) {
		plain = plain && unicode.IsPrint(r)
	}
	if plain {
		return string(text)
	}
	var b strings.Builder
	for _, r := range string(text) {
		switch {
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	return b.String()
}
