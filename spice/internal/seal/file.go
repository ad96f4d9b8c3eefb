package seal

import (
	"errors"
	"io"
	"slices"
	"sync"
)

// A Writer writes the chunks of one file, one behind the other. It is not safe
// for concurrent use. After an error it writes nothing more.
type Writer struct {
	w    io.Writer
	box  *Box
	part Part
	buf  []byte // the sealed chunk; used again
	err  error
}

// NewWriter returns a writer of a file of a kind, which must be the only one of
// that kind in its version.
func NewWriter(w io.Writer, b *Box, kind string) *Writer {
	return &Writer{w: w, box: b, part: Part{Kind: kind}}
}

// WriteChunk seals and writes one chunk and returns its number, from 0.
func (w *Writer) WriteChunk(plain []byte) (n int, err error) {
	if w.err != nil {
		return 0, w.err
	}
	n = len(w.part.Chunks)
	if w.buf, err = w.box.Seal(w.buf[:0], w.part.Kind, n, plain); err != nil {
		w.err = err
		return 0, err
	}
	if _, err := w.w.Write(w.buf); err != nil {
		w.err = &Error{w.part.Kind, n, err}
		return 0, w.err
	}
	c := Chunk{Offset: w.part.Size(), Size: len(w.buf)}
	copy(c.Tag[:], w.buf[len(w.buf)-tagSize:])
	w.part.Chunks = append(w.part.Chunks, c)
	return n, nil
}

// Part lists what was written so far, for the manifest.
func (w *Writer) Part() Part {
	return Part{w.part.Kind, slices.Clone(w.part.Chunks)}
}

// A Reader opens chunks of one file, in any order. It is safe for concurrent use
// if the io.ReaderAt is, as files are.
type Reader struct {
	r    io.ReaderAt
	box  *Box
	part Part
	bufs sync.Pool // of *[]byte: sealed chunks
}

// NewReader returns a reader of the chunks that a part of an opened manifest
// lists. size is the length of the file, which must be that of the part: a file
// that was cut, or that goes on, is refused as a whole.
func NewReader(r io.ReaderAt, size int64, b *Box, p Part) (*Reader, error) {
	if size != p.Size() {
		return nil, &Error{p.Kind, -1, ErrLength}
	}
	return &Reader{r: r, box: b, part: p}, nil
}

// Len returns the number of chunks.
func (r *Reader) Len() int { return len(r.part.Chunks) }

// Size returns the bytes of chunk n as [Reader.Chunk] appends them, 0 if there is no such
// chunk.
func (r *Reader) Size(n int) int {
	if n < 0 || n >= len(r.part.Chunks) {
		return 0
	}
	return max(0, r.part.Chunks[n].Size-Overhead)
}

// Chunk appends chunk n to dst, after it was authenticated. After an error dst
// is returned as it was.
func (r *Reader) Chunk(dst []byte, n int) ([]byte, error) {
	if n < 0 || n >= len(r.part.Chunks) {
		return dst, &Error{r.part.Kind, n, ErrNoChunk}
	}
	c := r.part.Chunks[n]
	buf, _ := r.bufs.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	defer r.bufs.Put(buf)
	*buf = slices.Grow((*buf)[:0], c.Size)[:c.Size]
	if got, err := r.r.ReadAt(*buf, c.Offset); got < c.Size {
		if err == nil || errors.Is(err, io.EOF) { // shorter than it was when it was opened
			err = ErrLength
		}
		return dst, &Error{r.part.Kind, n, err}
	}
	// A chunk of this place that was sealed another time has another tag.
	if [tagSize]byte((*buf)[c.Size-tagSize:]) != c.Tag {
		return dst, &Error{r.part.Kind, n, ErrAltered}
	}
	return r.box.Open(dst, r.part.Kind, n, *buf)
}
