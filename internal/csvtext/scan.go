package csvtext

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/textpos"
)

// maxProblems is how many problems of one record are reported. A megabyte of
// stray quotes needs no million messages.
const maxProblems = 100

// next makes the next record the current one, or returns the next problem.
func (r *Reader) next() error {
	if len(r.queue) > 0 {
		return r.pop()
	}
	for {
		r.line += bytes.Count(r.record(), []byte{'\n'})
		r.pos += r.size
		r.size = 0
		if err := r.readRecord(); err != nil {
			return err
		}
		if r.blank() && r.want != 1 {
			continue
		}
		r.check()
		if len(r.queue) > 0 {
			return r.pop()
		}
		return nil
	}
}

// readRecord scans until a whole record is in the buffer.
func (r *Reader) readRecord() error {
	for {
		if len(r.queue) > 0 {
			return r.pop() // what fill found
		}
		if r.ended {
			return io.EOF
		}
		atEnd := r.err == io.EOF
		if b := r.buf[r.pos:r.end]; len(b) > 0 || atEnd {
			if len(b) == 0 {
				return io.EOF
			}
			if r.scan(b, atEnd) {
				return nil
			}
			r.queue = r.queue[:0] // the next scan has them
		}
		if r.err != nil {
			return r.err
		}
		r.fill()
	}
}

// A part is what a scan found of a record whose end was not read yet. The next
// scan goes on there: a record that comes in small pieces, with a line end in
// each, is not scanned from its start for each of them.
type part struct {
	on    bool
	start int // of the field that is not whole

	// Inside quotes: the field, where its text behind the last doubled quote begins,
	// and where to look for the next quote; 0 outside.
	f             field
	segment, from int

	unescaped int      // how much of Reader.unescaped other fields have
	problems  []*Error // of other fields
}

// scan finds the fields of the record at the start of b and sets size. It
// reports false if b ends before the record does; atEnd says that no more will
// come.
func (r *Reader) scan(b []byte, atEnd bool) bool {
	i := 0
	if r.part.on {
		i = r.part.start
		r.queue = append(r.queue[:0], r.part.problems...)
		r.part.on = false
	} else {
		r.fields, r.queue, r.unescaped = r.fields[:0], r.queue[:0], r.unescaped[:0]
		r.seen = place{line: r.line}
	}
	r.open = 0
	first := max(i, r.part.from)
	kind := &r.kind
	for {
		f := field{start: int32(i), lo: int32(i)}
		start, problems, unescaped := i, len(r.queue), len(r.unescaped)
		quoted := i < len(b) && b[i] == byte(r.opts.Quote)
		if quoted {
			segment, from := i+1, i+1
			if r.part.from > 0 {
				f, segment, from, unescaped = r.part.f, r.part.segment, r.part.from, r.part.unescaped
				r.part.from = 0
			} else {
				f.lo = int32(from)
			}
			end, ok := r.scanQuoted(b, segment, from, &f, atEnd)
			if !ok {
				if !atEnd {
					r.open = i
					r.part.on, r.part.start, r.part.f, r.part.unescaped = true, i, f, unescaped
					r.part.problems = slices.Clone(r.queue)
					r.looked += len(b) - first
					return false
				}
				r.problem(i, ErrUnterminated)
				r.size, r.ended = len(b), true
				return true
			}
			i = end
		}
		// What is left of the field: all of it, or nothing after a closing quote.
		from, bad := i, false
		after, more := 0, false
	scan:
		for ; i < len(b); i++ {
			switch kind[b[i]] {
			case plain:
			case comma:
				if len(r.comma) == 1 || bytes.HasPrefix(b[i:], r.comma) {
					after, more = len(r.comma), true
					break scan
				}
				if len(b)-i < len(r.comma) && !atEnd {
					return r.stop(b[first:], start, problems, unescaped)
				}
			case lineFeed:
				after = 1
				break scan
			case carriageReturn:
				if i+1 == len(b) && !atEnd {
					return r.stop(b[first:], start, problems, unescaped)
				}
				if i+1 < len(b) && b[i+1] == '\n' {
					after = 2
					break scan
				}
				if !bad && !quoted {
					r.problem(i, ErrLoneCR)
					bad = true
				}
			case quote:
				if !bad && !quoted {
					r.problem(i, ErrBareQuote)
					bad = true
				}
			}
		}
		if i == len(b) && !atEnd {
			return r.stop(b[first:], start, problems, unescaped)
		}
		if !quoted {
			f.hi = int32(i)
		} else if i > from {
			r.problem(from, ErrAfterQuote)
		}
		if len(r.fields) < maxFields {
			r.fields = append(r.fields, f)
		} else if len(r.queue) == 0 {
			r.problem(i, fmt.Errorf("%w: more than %d fields", ErrTooLarge, maxFields))
			r.size, r.ended = len(b), true
			return true
		}
		i += after
		if !more {
			r.size = i
			r.looked += i - first
			return true
		}
	}
}

// stop ends a scan of some bytes in a field that is not whole, and forgets what
// was found of it.
func (r *Reader) stop(scanned []byte, start, problems, unescaped int) bool {
	r.unescaped = r.unescaped[:unescaped]
	r.part = part{on: true, start: start, problems: slices.Clone(r.queue[:problems])}
	r.looked += len(scanned)
	return false
}

// scanQuoted finds the end of a quoted field, just past the closing quote. It looks
// from an offset on for a quote; what stands behind the last doubled one begins at
// segment. It reports false if there is no end, and notes where to go on.
func (r *Reader) scanQuoted(b []byte, segment, from int, f *field, atEnd bool) (end int, ok bool) {
	q := byte(r.opts.Quote)
	for {
		n := bytes.IndexByte(b[from:], q)
		closing := from + n
		if n < 0 {
			closing = len(b)
		}
		if n < 0 || closing+1 == len(b) && !atEnd { // a second quote may follow
			r.part.segment, r.part.from = segment, closing
			return 0, false
		}
		if closing+1 == len(b) || b[closing+1] != q {
			if f.escaped {
				r.unescaped = append(r.unescaped, b[segment:closing]...)
				f.hi = int32(len(r.unescaped))
			} else {
				f.hi = int32(closing)
			}
			return closing + 1, true
		}
		if !f.escaped {
			f.escaped = true
			f.lo = int32(len(r.unescaped))
		}
		r.unescaped = append(r.unescaped, b[segment:closing+1]...) // one of the two quotes
		segment, from = closing+2, closing+2
	}
}

// blank reports whether the current record is an empty line.
func (r *Reader) blank() bool {
	b := r.record()
	return len(b) > 0 && (b[0] == '\n' || b[0] == '\r' && r.size == 2 && b[1] == '\n')
}

// check adds the problems that show only in the whole record, and puts all in
// order.
func (r *Reader) check() {
	if !utf8.Valid(r.record()) {
		r.checkUTF8()
		textpos.Sort(r.queue)
	}
	n := len(r.fields)
	if r.want < 0 {
		r.want = n
	}
	// A record that is wrong in itself is not counted: a stray quote changes
	// how many fields there seem to be.
	if n != r.want && !r.opts.Ragged && len(r.queue) == 0 {
		r.problem(0, fmt.Errorf("%w: got %d, want %d", ErrFieldCount, n, r.want))
	}
}

// checkUTF8 reports the first invalid byte of every field.
func (r *Reader) checkUTF8() {
	b := r.record()
	for i, f := range r.fields {
		end := len(b)
		if i+1 < len(r.fields) {
			end = int(r.fields[i+1].start)
		}
		for j := int(f.start); j < end; {
			c, n := utf8.DecodeRune(b[j:end])
			if c == utf8.RuneError && n == 1 {
				r.problem(j, fmt.Errorf("%w: byte 0x%02X", ErrUTF8, b[j]))
				break
			}
			j += n
		}
	}
}

func (r *Reader) problem(i int, err error) {
	if len(r.queue) < maxProblems {
		line, column := r.position(i)
		r.queue = append(r.queue, &Error{Pos: textpos.At(r.opts.File, line, column), Err: err})
	}
}

func (r *Reader) pop() error {
	e := r.queue[0]
	r.queue = r.queue[1:]
	return e
}
