package csvtext

import (
	"bytes"
	"fmt"
	"io"
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
			r.queue = r.queue[:0] // the next scan finds them again
		}
		if r.err != nil {
			return r.err
		}
		r.fill()
	}
}

// scan finds the fields of the record at the start of b and sets size. It
// reports false if b ends before the record does; atEnd says that no more will
// come.
func (r *Reader) scan(b []byte, atEnd bool) bool {
	r.fields, r.queue, r.unescaped, r.open = r.fields[:0], r.queue[:0], r.unescaped[:0], 0
	r.seen = place{line: r.line}
	kind := &r.kind
	for i := 0; ; {
		f := field{start: int32(i), lo: int32(i)}
		quoted := i < len(b) && b[i] == byte(r.opts.Quote)
		if quoted {
			end, ok := r.scanQuoted(b, i, &f)
			if !ok {
				if !atEnd {
					r.open = i
					return false
				}
				r.problem(i, ErrUnterminated)
				r.size, r.ended = len(b), true
				return true
			}
			if end == len(b) && !atEnd {
				return false // a second quote may follow
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
					return false
				}
			case lineFeed:
				after = 1
				break scan
			case carriageReturn:
				if i+1 == len(b) && !atEnd {
					return false
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
			return false
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
			return true
		}
	}
}

// scanQuoted finds the end of the quoted field that begins at b[i], just past
// the closing quote, and reports false if there is none.
func (r *Reader) scanQuoted(b []byte, i int, f *field) (end int, ok bool) {
	q := byte(r.opts.Quote)
	i++
	f.lo = int32(i)
	for {
		n := bytes.IndexByte(b[i:], q)
		if n < 0 {
			return 0, false
		}
		closing := i + n
		if closing+1 == len(b) || b[closing+1] != q {
			if f.escaped {
				r.unescaped = append(r.unescaped, b[i:closing]...)
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
		r.unescaped = append(r.unescaped, b[i:closing+1]...) // one of the two quotes
		i = closing + 2
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
