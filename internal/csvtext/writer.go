package csvtext

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// A Writer writes records so that a [Reader] with the same options returns
// exactly what was written. Call [Writer.Flush] at the end. It is not safe for
// concurrent use.
type Writer struct {
	w    *bufio.Writer
	opts Options
	ok   bool
	line []byte
}

// NewWriter returns a Writer to w. Of the options it uses Delimiter and Quote.
func NewWriter(w io.Writer, opts *Options) *Writer {
	o, ok := opts.withDefaults()
	return &Writer{w: bufio.NewWriterSize(w, 64<<10), opts: o, ok: ok}
}

// Write writes one record, ended by a line feed. Fields must be valid UTF-8.
// A record without fields cannot be told from no record, and writes nothing.
func (w *Writer) Write(record []string) error {
	if !w.ok {
		return ErrOptions
	}
	for _, s := range record {
		if !utf8.ValidString(s) {
			return ErrUTF8
		}
	}
	w.line = appendRecord(w.line[:0], record, w.opts)
	_, err := w.w.Write(w.line)
	return err
}

// Flush hands everything written so far to the underlying writer.
func (w *Writer) Flush() error { return w.w.Flush() }

// AppendRecord appends one record and a line feed to b, with commas and double
// quotes; see [Writer] for other delimiters.
func AppendRecord(b []byte, record []string) []byte {
	return appendRecord(b, record, Options{Delimiter: ',', Quote: '"'})
}

// AppendRecordWith is [AppendRecord] with another delimiter.
func AppendRecordWith(b []byte, record []string, delimiter rune) []byte {
	return appendRecord(b, record, Options{Delimiter: delimiter, Quote: '"'})
}

func appendRecord(b []byte, record []string, o Options) []byte {
	if len(record) == 1 && record[0] == "" {
		// The line would be blank, and a blank line is no record.
		return append(b, byte(o.Quote), byte(o.Quote), '\n')
	}
	for i, s := range record {
		if i > 0 {
			b = utf8.AppendRune(b, o.Delimiter)
		}
		b = appendField(b, s, o)
	}
	if len(record) > 0 {
		b = append(b, '\n')
	}
	return b
}

// appendField quotes s only where it must: for what a Reader would take for
// structure or for a byte order mark, and for outer spaces, which other
// programs trim.
func appendField(b []byte, s string, o Options) []byte {
	if s == "" {
		return b
	}
	plain := s[0] != ' ' && s[len(s)-1] != ' ' && !strings.HasPrefix(s, "\uFEFF")
	for i := 0; i < len(s) && plain; i++ {
		switch c := s[i]; {
		case c == '\n', c == '\r', c == byte(o.Quote):
			plain = false
		case c == byte(o.Delimiter) && o.Delimiter < utf8.RuneSelf:
			plain = false
		}
	}
	if plain && (o.Delimiter < utf8.RuneSelf || !strings.ContainsRune(s, o.Delimiter)) {
		return append(b, s...)
	}
	q := byte(o.Quote)
	b = append(b, q)
	for {
		i := strings.IndexByte(s, q)
		if i < 0 {
			break
		}
		b = append(b, s[:i+1]...)
		b = append(b, q)
		s = s[i+1:]
	}
	b = append(b, s...)
	return append(b, q)
}
