package studio

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/rowsight/rowsight/internal/csvtext"
)

// A Table is CSV text as records of fields, each with the text it was written
// with. A Table never changes: an edit makes another one that shares the records
// it does not touch. The zero Table has no record.
type Table struct {
	prefix    string // a byte order mark, or a line that names the delimiter
	records   []*record
	tail      string // blank lines after the last record
	delimiter string

	places sync.Once
	starts []int // the line of each record

	joined sync.Once
	text   string
}

// A record is one record of a Table, which never changes.
type record struct {
	lead   string   // blank lines before it
	raw    []string // the fields as they are written
	fields []string // what they say
	end    string   // its line end; "" of the last one in some files
}

// ErrTable is why a text is not a Table: a reader of CSV refuses it, or reads it
// in another way.
var ErrTable = errors.New("not a table")

const byteOrderMark = "\uFEFF"

// ParseTable splits CSV text. The prefix comes before the text in the file and
// is no record.
func ParseTable(prefix, text string, delimiter rune) (*Table, error) {
	delimiter = cmp.Or(delimiter, ',')
	t := &Table{prefix: prefix, delimiter: string(delimiter)}
	rest := text
	if cut, ok := strings.CutPrefix(text, byteOrderMark); ok {
		t.prefix, rest = prefix+byteOrderMark, cut
	}
	t.scan(rest)
	// What this package reads must be what the rules are read from.
	r := csvtext.NewReader(strings.NewReader(text), &csvtext.Options{Delimiter: delimiter})
	for i := 0; ; i++ {
		fields, err := r.Read()
		if err == io.EOF && i == len(t.records) && i > 0 {
			return t, nil
		}
		if err == io.EOF {
			err = errors.New("the file has no header")
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTable, err)
		}
		if i >= len(t.records) || !slices.Equal(fields, t.records[i].fields) {
			return nil, fmt.Errorf("%w: record %d can be read in two ways", ErrTable, i+1)
		}
	}
}

// scan splits text into records. Every byte of it belongs to one part.
func (t *Table) scan(text string) {
	for at := 0; at < len(text); {
		start := at
		if len(t.records) == 0 || len(t.records[0].raw) > 1 { // of one column, a blank line is a record
			for n := lineEnd(text[at:]); n > 0; n = lineEnd(text[at:]) {
				at += n
			}
		}
		rec := &record{lead: text[start:at]}
		if at == len(text) {
			t.tail = rec.lead
			return
		}
		for {
			raw, field := t.scanField(text[at:])
			rec.raw, rec.fields = append(rec.raw, raw), append(rec.fields, field)
			at += len(raw)
			if !strings.HasPrefix(text[at:], t.delimiter) {
				break
			}
			at += len(t.delimiter)
		}
		n := lineEnd(text[at:])
		rec.end = text[at : at+n]
		at += n
		t.records = append(t.records, rec)
		if n == 0 && at < len(text) { // text after a closing quote; the reader refuses it
			t.tail = text[at:]
			return
		}
	}
}

// lineEnd returns the length of the line end that text begins with, 0 for none.
func lineEnd(text string) int {
	switch {
	case strings.HasPrefix(text, "\n"):
		return 1
	case strings.HasPrefix(text, "\r\n"):
		return 2
	}
	return 0
}

// scanField returns the field that text begins with.
func (t *Table) scanField(text string) (raw, field string) {
	if !strings.HasPrefix(text, `"`) {
		end := len(text)
		if i := strings.Index(text, t.delimiter); i >= 0 {
			end = i
		}
		if i := strings.IndexByte(text[:end], '\n'); i >= 0 {
			if end = i; i > 0 && text[i-1] == '\r' {
				end--
			}
		}
		return text[:end], text[:end]
	}
	for at := 1; ; {
		i := strings.IndexByte(text[at:], '"')
		if i < 0 {
			return text, text // unterminated; the reader refuses it
		}
		at += i + 1
		if !strings.HasPrefix(text[at:], `"`) {
			return text[:at], strings.ReplaceAll(text[1:at-1], `""`, `"`)
		}
		at++
	}
}

// Text returns the whole text of the file.
func (t *Table) Text() string {
	t.joined.Do(func() {
		var b strings.Builder
		b.WriteString(t.prefix)
		for _, rec := range t.records {
			rec.append(&b, t.delimiter)
		}
		b.WriteString(t.tail)
		t.text = b.String()
	})
	return t.text
}

func (rec *record) append(b *strings.Builder, delimiter string) {
	b.WriteString(rec.lead)
	for i, raw := range rec.raw {
		if i > 0 {
			b.WriteString(delimiter)
		}
		b.WriteString(raw)
	}
	b.WriteString(rec.end)
}

// Header returns the names of the columns, which must not be changed.
func (t *Table) Header() []string {
	if len(t.records) == 0 {
		return nil
	}
	return t.records[0].fields
}

// Len returns the number of records below the header.
func (t *Table) Len() int { return max(0, len(t.records)-1) }

// Fields returns the fields of row i, from 0; row -1 is the header. They must not
// be changed.
func (t *Table) Fields(i int) []string { return t.records[i+1].fields }

// Line returns the line of the file that row i begins on.
func (t *Table) Line(i int) int { return t.lines()[i+1] }

func (t *Table) lines() []int {
	t.places.Do(func() {
		line := 1 + strings.Count(t.prefix, "\n")
		for _, rec := range t.records {
			line += strings.Count(rec.lead, "\n")
			t.starts = append(t.starts, line)
			for _, raw := range rec.raw {
				line += strings.Count(raw, "\n")
			}
			line += strings.Count(rec.end, "\n")
		}
	})
	return t.starts
}

// At returns the row and the field at a line and a byte of it, both from 1. Row
// -1 is the header; ok is false if no record is there.
func (t *Table) At(line, column int) (row, field int, ok bool) {
	starts := t.lines()
	i, found := slices.BinarySearch(starts, line)
	if !found {
		i--
	}
	if i < 0 || i >= len(starts) {
		return 0, 0, false
	}
	rec := t.records[i]
	at, col := starts[i], 1
	for c, raw := range rec.raw {
		if at > line || at == line && col > column {
			break
		}
		field = c
		if n := strings.Count(raw, "\n"); n > 0 {
			at += n
			col = len(raw) - strings.LastIndexByte(raw, '\n')
		} else {
			col += len(raw)
		}
		col += len(t.delimiter)
	}
	return i - 1, field, true
}
