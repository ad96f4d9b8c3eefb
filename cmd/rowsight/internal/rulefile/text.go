package rulefile

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text makes plain CSV of the text of a file, and finds its delimiter.
func (f *File) text(o Options) error {
	if err := f.decode(); err != nil {
		return err
	}
	f.lineEnds()
	f.sepLine()
	if f.Delimiter == 0 {
		f.findDelimiter(o.Headers, len(o.Names))
	}
	f.dropEmptyColumns()
	f.findHint()
	return nil
}

const bom = "\uFEFF"

// isUTF16 reports whether a text begins with a byte order mark of UTF-16.
func isUTF16(text []byte) bool {
	return bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF})
}

// decode makes UTF-8 of UTF-16 with a byte order mark (U19). Text in another
// encoding says nothing of which one, so that letters could only be guessed.
func (f *File) decode() error {
	var order string
	switch text := f.Text; {
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(text, []byte{0, 0, 0xFE, 0xFF}):
		return fmt.Errorf("%w: it is UTF-32; save it as CSV UTF-8", ErrFormat)
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		order = "little"
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		order = "big"
	case !utf8.Valid(text):
		return fmt.Errorf("%w: it is not UTF-8; in Excel, save it as CSV UTF-8 (comma delimited)", ErrFormat)
	case bytes.IndexByte(text, 0) >= 0:
		return fmt.Errorf("%w: it holds NUL characters, as UTF-16 without a byte order mark and binary files do; save it as CSV UTF-8", ErrFormat)
	default:
		return nil
	}
	if len(f.Text)%2 != 0 {
		return fmt.Errorf("%w: it is UTF-16 and ends in half a character", ErrFormat)
	}
	units := make([]uint16, 0, len(f.Text)/2-1)
	for i := 2; i < len(f.Text); i += 2 {
		unit := uint16(f.Text[i]) | uint16(f.Text[i+1])<<8
		if order == "big" {
			unit = unit<<8 | unit>>8
		}
		units = append(units, unit)
	}
	for i, unit := range units {
		high, low := unit&0xFC00 == 0xD800, unit&0xFC00 == 0xDC00
		if high && (i+1 == len(units) || units[i+1]&0xFC00 != 0xDC00) || low && (i == 0 || units[i-1]&0xFC00 != 0xD800) {
			return fmt.Errorf("%w: it is UTF-16 and holds half a character", ErrFormat)
		}
	}
	f.Text = []byte(string(utf16.Decode(units)))
	f.assume("UTF-16 was read, %s-endian", order)
	return nil
}

// lineEnds makes line feeds of carriage returns in a file that has no line feed,
// as old programs on the Macintosh write it. Those between quotes stay.
func (f *File) lineEnds() {
	if bytes.IndexByte(f.Text, '\n') >= 0 || bytes.IndexByte(f.Text, '\r') < 0 {
		return
	}
	quoted := false
	for i, c := range f.Text {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\r' && !quoted:
			f.Text[i] = '\n'
		}
	}
	f.assume("lines end in carriage returns")
}

// sepLine takes the delimiter from a first line such as sep=; that Excel writes
// and reads, and leaves an empty line, which is no record.
func (f *File) sepLine() {
	text := strings.TrimPrefix(string(f.Text[:min(len(f.Text), 32)]), bom)
	line, _, found := strings.Cut(text, "\n")
	line = strings.TrimSuffix(line, "\r")
	if line = strings.Trim(line, `"`); !found || len(line) < 5 || !strings.EqualFold(line[:4], "sep=") {
		return
	}
	delimiter, size := utf8.DecodeRuneInString(line[4:])
	if len(line) != 4+size || f.Delimiter != 0 && f.Delimiter != delimiter || strings.ContainsRune("\"\r\n\x00", delimiter) {
		return // the reader takes the line for a header, and refuses it
	}
	f.Text = f.Text[bytes.IndexByte(f.Text, '\n'):]
	f.Delimiter = delimiter
	f.assume("the first line says that fields are divided by %q", delimiter)
}

// delimiters are those that programs put in the place of a comma.
var delimiters = []rune{';', '\t', '|'}

// findDelimiter looks for the delimiter in the header: a comma unless another
// one makes a column of a known name, and the comma does not.
// Without a header, the one that makes as many columns as there are names counts.
func (f *File) findDelimiter(headers []string, columns int) {
	where := "in the header"
	known := func(delimiter rune) bool {
		names, err := reader(f.Text, delimiter).Read()
		if columns > 0 {
			where = "in the first line"
			return err == nil && len(names) == columns
		}
		return err == nil && len(names) > 1 && slices.ContainsFunc(names, func(name string) bool {
			return slices.ContainsFunc(headers, func(h string) bool { return strings.EqualFold(h, strings.TrimPrefix(name, bom)) })
		})
	}
	if len(headers) == 0 && columns == 0 || known(',') {
		return
	}
	var found []rune
	for _, d := range delimiters {
		if known(d) {
			found = append(found, d)
		}
	}
	if len(found) == 1 {
		f.Delimiter = found[0]
		f.assume("fields are divided by %q, as %s", found[0], where)
	}
}

func reader(text []byte, delimiter rune) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	return r
}

func (f *File) delimiter() rune {
	if f.Delimiter == 0 {
		return ','
	}
	return f.Delimiter
}

// dropEmptyColumns drops columns at the end that have neither a name nor a
// value: cells of a spreadsheet that held something once.
func (f *File) dropEmptyColumns() {
	d := string(f.delimiter())
	first, _, _ := bytes.Cut(f.Text, []byte("\n"))
	if !bytes.HasSuffix(bytes.TrimRight(first, "\r"), []byte(d)) {
		return
	}
	r := reader(f.Text, f.delimiter())
	names, err := r.Read()
	if err != nil {
		return
	}
	width := len(strings.TrimRight(strings.Join(names, "\x00"), "\x00"))
	keep := strings.Count(strings.Join(names, "\x00")[:width], "\x00") + 1
	drop := len(names) - keep
	if drop <= 0 || width == 0 {
		return
	}
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil || len(record) != len(names) || slices.ContainsFunc(record[keep:], func(s string) bool { return s != "" }) {
			return // the reader says what is wrong
		}
	}
	// Every line ends in delimiters, or in delimiters and pairs of quotes, that
	// belong to the dropped columns. Only plain ones are taken out, so that
	// nothing else of the text changes.
	tail := strings.Repeat(d, drop)
	var out []byte
	quoted := false
	for line := range bytes.Lines(f.Text) {
		body := bytes.TrimRight(line, "\r\n")
		end := line[len(body):]
		quoted = quoted != (bytes.Count(body, []byte{'"'})%2 == 1)
		if !quoted && len(body) > 0 {
			cut, ok := bytes.CutSuffix(body, []byte(tail))
			if !ok {
				return
			}
			body = cut
		}
		out = append(append(out, body...), end...)
	}
	f.Text = out
	f.ignored(drop)
}

// findHint finds what a spreadsheet or a word processor did to quotes, for the
// reader refuses the lines and cannot say why.
func (f *File) findHint() {
	switch text := f.Text; {
	case bytes.ContainsAny(text, "“”„«»") && bytes.IndexByte(text, '"') < 0:
		f.hint = `if the curly quotes are meant to keep a list together, write straight ones: "EMEA,US"; rowsight fix does`
	case bytes.IndexByte(text, '"') < 0 && bytes.Contains(text, []byte(string(f.delimiter())+"'")):
		f.hint = `single quotes do not keep a list together: write "EMEA,US"`
	case bytes.Contains(text, []byte(string(f.delimiter())+` "`)):
		f.hint = `a quote counts only at the beginning of a field: take out the blank before it, or let rowsight fix do so`
	}
}
