package csvtext

import (
	"bytes"
	"io"
)

// A Block is a run of bytes of a file that begins with a record. If the file is
// well-formed, it ends with one, too, unless it is cut.
type Block struct {
	Text []byte // its own memory
	Line int    // on which it begins

	// Cut says that the block ends inside a record: one that is longer than
	// [Options.MaxRecord], or that the source failed in. Half a record can look like a
	// whole one, so only a [Reader] of this block and of all that follows may read it.
	Cut bool
}

// Blocks cuts what follows the records that a [Reader] has read into blocks of
// about size bytes, so that several goroutines can look at them. The Reader must
// not be used any more.
//
// A block ends with a line feed outside quotes. Quotes are counted, not
// understood: of a file with a stray quote a block may end anywhere. [Lines] finds
// that out.
type Blocks struct {
	src  io.Reader
	next []byte // read, and not yet handed out
	line int
	size int
	max  int
	err  error
	mem  func(size int) []byte
}

// NewBlocks returns the blocks behind the record that r has read last. mem
// returns memory for a block; nil is make.
func NewBlocks(r *Reader, size int, mem func(size int) []byte) *Blocks {
	if mem == nil {
		mem = func(size int) []byte { return make([]byte, size) }
	}
	return &Blocks{
		src: r.src, next: bytes.Clone(r.buf[r.pos+r.size : r.end]), line: r.line + bytes.Count(r.record(), []byte{'\n'}),
		size: size, max: r.opts.MaxRecord, err: r.err, mem: mem,
	}
}

// Next returns the next block, and io.EOF or the error of the source after the last.
func (s *Blocks) Next() (Block, error) {
	b := s.mem(max(s.size, len(s.next)))
	n := copy(b, s.next)
	s.next = nil
	for {
		for n < len(b) && s.err == nil {
			k := 0
			if k, s.err = readSome(s.src, b[n:]); k > 0 {
				n += k
			}
		}
		text := b[:n]
		end, cut := n, false
		if s.err != io.EOF { // only the end of the file ends a record without a line end
			end = lastEnd(text)
		}
		switch {
		case n == 0:
			return Block{}, s.err
		case end == 0 && n <= s.max && s.err == nil: // a record that is longer than the block
			grown := s.mem(2 * len(b))
			copy(grown, text)
			b = grown
			continue
		case end == 0:
			end, cut = n, true
		}
		s.next = bytes.Clone(text[end:])
		block := Block{Text: text[:end], Line: s.line, Cut: cut}
		s.line += bytes.Count(block.Text, []byte{'\n'})
		return block, nil
	}
}

// lastEnd returns where the last line feed outside quotes ends; 0 if there is none.
func lastEnd(b []byte) int {
	quotes := bytes.Count(b, []byte{'"'})
	for end := len(b); ; {
		at := bytes.LastIndexByte(b[:end], '\n')
		if at < 0 {
			return 0
		}
		if quotes -= bytes.Count(b[at:end], []byte{'"'}); quotes%2 == 0 {
			return at + 1
		}
		end = at
	}
}

// readSome reads at least one byte, or returns an error.
func readSome(src io.Reader, b []byte) (int, error) {
	if src == nil {
		return 0, io.EOF
	}
	for range 100 {
		n, err := src.Read(b)
		if n < 0 || n > len(b) {
			return 0, errCount
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// NewReaderAt returns a Reader of records that begin on a line of a file, each of
// as many fields as the header before them.
func NewReaderAt(src io.Reader, line, fields int, opts *Options) *Reader {
	r := NewReader(src, opts)
	r.line, r.want = line, fields
	r.seen = place{line: line}
	r.inside = true
	return r
}
