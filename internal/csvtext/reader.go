package csvtext

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// A Reader reads one file, record by record. It is not safe for concurrent
// use. Build it with [NewReader]; the zero Reader has nothing to read.
type Reader struct {
	src    io.Reader
	opts   Options
	kind   [256]byte // what a byte may begin, outside quotes
	comma  []byte    // the delimiter in UTF-8
	bom    bool
	inside bool // the source does not begin with the file

	// buf[pos:end] is read and not yet handed out; the current record is its
	// first size bytes, and starts on line.
	//
	//	buf  ……… handed out ………│ current record ┊ read ahead │ free
	//	                       pos           pos+size      end
	buf       []byte
	pos, end  int
	size      int
	line      int
	fields    []field
	unescaped []byte // fields that held a doubled quote, written out
	part      part   // what the last scan found, if it found no end
	looked    int    // bytes that were scanned
	open      int    // where a quote opened that the last scan found no end of
	want      int    // fields of the first record; -1 before it
	queue     []*Error
	seen      place
	err       error // what the source ended with; the reader ends with it too
	ended     bool  // after a problem that nothing can follow

	strings []string
	slices  [][]byte
}

// A field is a piece of the current record, or of unescaped if escaped is set.
// start is where it begins in the record, opening quote included.
type field struct {
	start, lo, hi int32
	escaped       bool
}

// A place is an offset in the current record, the line it is on, and where that
// line starts in the record.
type place struct{ offset, line, start int }

const (
	plain = iota
	comma
	lineFeed
	carriageReturn
	quote
)

// NewReader returns a Reader of src. Options that make no sense are reported
// by the first read.
func NewReader(src io.Reader, opts *Options) *Reader {
	o, ok := opts.withDefaults()
	r := &Reader{src: src, opts: o, line: 1, seen: place{line: 1}, want: -1, buf: make([]byte, min(64<<10, o.MaxRecord+4))}
	if !ok {
		r.err = ErrOptions
		return r
	}
	r.comma = utf8.AppendRune(nil, o.Delimiter)
	r.kind[r.comma[0]] = comma
	r.kind['\n'] = lineFeed
	r.kind['\r'] = carriageReturn
	r.kind[byte(o.Quote)] = quote
	return r
}

// Read returns the fields of the next record, and io.EOF after the last. The
// slice is reused by the next read, the strings stay good; those of one record
// share memory, so clone one that is kept for long.
//
// A record with problems is not returned. Each of its problems is, as an
// [*Error], by one call after the other in the order of their positions; the
// call after that goes on with the next record; after problems of the first, the
// first record returned is not the header. Nothing follows
// [ErrUnterminated], [ErrTooLarge] and [ErrUTF16] but io.EOF. Any other error
// comes from the source, or is [ErrOptions], and every later call returns it
// again.
func (r *Reader) Read() ([]string, error) {
	if err := r.next(); err != nil {
		return nil, err
	}
	text := string(r.record())
	var unescaped string
	if len(r.unescaped) > 0 {
		unescaped = string(r.unescaped)
	}
	r.strings = r.strings[:0]
	for _, f := range r.fields {
		s := text
		if f.escaped {
			s = unescaped
		}
		r.strings = append(r.strings, s[f.lo:f.hi])
	}
	return r.strings, nil
}

// Next returns the next record without problems, as [Reader.Read] does, and calls
// bad with each problem before it. bad may be nil. It returns io.EOF after the last
// record, or the error of the source or of the options.
func (r *Reader) Next(bad func(*Error)) ([]string, error) {
	for {
		record, err := r.Read()
		e, ok := err.(*Error)
		if !ok {
			return record, err
		}
		if bad != nil {
			bad(e)
		}
	}
}

// ReadBytes is [Reader.Read] without a copy: the slice and the bytes in it are
// good until the next read, and must not be changed.
func (r *Reader) ReadBytes() ([][]byte, error) {
	if err := r.next(); err != nil {
		return nil, err
	}
	text := r.record()
	r.slices = r.slices[:0]
	for _, f := range r.fields {
		b := text
		if f.escaped {
			b = r.unescaped
		}
		r.slices = append(r.slices, b[f.lo:f.hi:f.hi])
	}
	return r.slices, nil
}

// FieldPos returns where field i of the record that was just read begins, in
// lines and in bytes of that line, both from 1. It panics if there is no such
// field.
func (r *Reader) FieldPos(i int) (line, column int) { return r.position(int(r.fields[i].start)) }

// BOM reports whether the file began with a UTF-8 byte order mark. It knows
// after the first read.
func (r *Reader) BOM() bool { return r.bom }

// record returns the current record as it stands in the file.
func (r *Reader) record() []byte { return r.buf[r.pos : r.pos+r.size] }

// position returns the place of the byte at offset i of the current record. It
// goes on from the last place asked for, so that asking for all fields of a
// record takes one pass, not one for each.
func (r *Reader) position(i int) (line, column int) {
	if i < r.seen.offset {
		r.seen = place{line: r.line}
	}
	b := r.buf[r.pos+r.seen.offset : r.pos+i]
	if n := bytes.Count(b, []byte{'\n'}); n > 0 {
		r.seen.line += n
		r.seen.start = r.seen.offset + bytes.LastIndexByte(b, '\n') + 1
	}
	r.seen.offset = i
	return r.seen.line, i - r.seen.start + 1
}
