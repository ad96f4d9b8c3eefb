package csvtext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// fill reads on until the buffer holds a line end that was not there before:
// until then the record cannot be whole, and scanning it again would be
// wasted. It sets err, or queues a problem and sets ended, if that cannot be.
func (r *Reader) fill() {
	if r.src == nil {
		r.err = io.EOF
		return
	}
	first := !r.inside && r.line == 1 && r.pos == 0 && r.end == 0
	if r.pos > 0 {
		copy(r.buf, r.buf[r.pos:r.end])
	}
	r.pos, r.end = 0, r.end-r.pos
	for r.err == nil {
		if r.end == len(r.buf) {
			if r.end > r.opts.MaxRecord {
				r.tooLarge()
				return
			}
			// Twice as much each time: a record of any size is scanned, in all,
			// at most about twice.
			grown := make([]byte, min(2*len(r.buf), r.opts.MaxRecord+4))
			copy(grown, r.buf[:r.end])
			r.buf = grown
		}
		n := r.readSome()
		if first && (r.end >= 3 || r.err != nil) {
			first = false
			if r.mark() {
				return
			}
		}
		if !first && bytes.IndexByte(r.buf[r.end-n:r.end], '\n') >= 0 {
			return
		}
	}
}

var errCount = errors.New("source returned an impossible count from Read")

// readSome reads at least one byte, or sets err.
func (r *Reader) readSome() int {
	n, err := readSome(r.src, r.buf[r.end:])
	r.end += n
	if err != nil {
		r.err = err
	}
	return n
}

// mark drops a UTF-8 byte order mark, and reports true after it refused a
// UTF-16 one.
func (r *Reader) mark() bool {
	b := r.buf[:r.end]
	if bytes.HasPrefix(b, []byte{0xFE, 0xFF}) || bytes.HasPrefix(b, []byte{0xFF, 0xFE}) {
		r.problem(0, ErrUTF16)
		r.ended = true
		return true
	}
	if bytes.HasPrefix(b, []byte("\uFEFF")) {
		r.bom = true
		r.pos = 3
	}
	return false
}

// tooLarge refuses the record in the buffer. If it is that large because a
// quote was never closed, the quote is the place to look at.
func (r *Reader) tooLarge() {
	// What was read since the last scan may hold the quote.
	if r.scan(r.buf[r.pos:r.end], false) {
		return // too many fields
	}
	r.queue = r.queue[:0]
	r.problem(r.open, fmt.Errorf("%w: more than %d bytes without an end", ErrTooLarge, r.opts.MaxRecord))
	r.ended = true
}
