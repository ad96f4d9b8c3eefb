package tabular

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// nextFrame returns the next message, and io.EOF after the last. A message that
// is not wanted, by its metadata and the size of its body, comes without a body.
type nextFrame func(wanted func(meta []byte, body int64) bool) (meta, body []byte, err error)

const continuation = 0xFFFFFFFF

// streamFrames reads messages one after the other:
//
//	[ FFFFFFFF | int32 metadata size | metadata | body ] …  [ FFFFFFFF 00000000 ]
//
// Streams from before Arrow 0.15 lack the FFFFFFFF. The stream ends with a
// size of 0 or with the last byte after a body.
func streamFrames(r io.Reader) nextFrame {
	done := false
	return func(wanted func(meta []byte, body int64) bool) ([]byte, []byte, error) {
		if done {
			return nil, nil, io.EOF
		}
		var word [4]byte
		if _, err := io.ReadFull(r, word[:]); err == io.EOF {
			return nil, nil, io.EOF
		} else if err != nil {
			return nil, nil, truncated(err)
		}
		if binary.LittleEndian.Uint32(word[:]) == continuation {
			if _, err := io.ReadFull(r, word[:]); err != nil {
				return nil, nil, truncated(err)
			}
		}
		size := int64(binary.LittleEndian.Uint32(word[:]))
		if size == 0 {
			done = true
			if n, err := r.Read(word[:1]); n > 0 {
				return nil, nil, errors.New("bytes after the end of the stream")
			} else if err != nil && err != io.EOF {
				return nil, nil, err
			}
			return nil, nil, io.EOF
		}
		if size > maxMetadata {
			return nil, nil, fmt.Errorf("got %d bytes of metadata, want at most %d", size, maxMetadata)
		}
		meta, err := readN(r, size)
		if err != nil {
			return nil, nil, err
		}
		b := newFlat(meta)
		bodySize := b.long(b.root(), 3)
		if b.bad || bodySize < 0 {
			return nil, nil, errMetadata
		}
		if !wanted(meta, bodySize) {
			return meta, nil, pass(r, bodySize)
		}
		body, err := readN(r, bodySize)
		return meta, body, err
	}
}

// pass goes on behind n bytes that are there, and reads them only if there is
// no other way.
func pass(r io.Reader, n int64) error {
	if section, ok := r.(*io.SectionReader); ok {
		at, err := section.Seek(n, io.SeekCurrent)
		if err == nil && at > section.Size() {
			err = errTruncated
		}
		return err
	}
	_, err := io.CopyN(io.Discard, r, n)
	return truncated(err)
}

// readN reads n bytes. It asks for memory as the bytes arrive, so that a wrong
// n costs no more than what the input really holds.
func readN(r io.Reader, n int64) ([]byte, error) {
	const step = 1 << 20
	section, known := r.(*io.SectionReader)
	if n <= step || known && n <= section.Size() {
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		return b, truncated(err)
	}
	var buf bytes.Buffer
	buf.Grow(step)
	if got, err := io.CopyN(&buf, r, n); err != nil {
		return nil, truncated(err)
	} else if got != n {
		return nil, truncated(io.ErrUnexpectedEOF)
	}
	return buf.Bytes(), nil
}

func truncated(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errTruncated
	}
	return err
}

var errTruncated = errors.New("the data ends in the middle: it is cut off")

// fileFrames reads the messages of a file in the order its footer gives:
// the schema, every dictionary, then the batches.
//
//	ARROW1 00 00 | messages… | footer | int32 footer size | ARROW1
func fileFrames(r io.ReaderAt, size int64) (nextFrame, error) {
	const head, tail = 8, 10
	if size < head+tail {
		return nil, errTruncated
	}
	end := make([]byte, tail)
	if _, err := r.ReadAt(end, size-tail); err != nil {
		return nil, err
	}
	if string(end[4:]) != ArrowMagic {
		return nil, errTruncated
	}
	n := int64(binary.LittleEndian.Uint32(end))
	if n == 0 || n > maxMetadata || n > size-head-tail {
		return nil, fmt.Errorf("footer of %d bytes in a file of %d", n, size)
	}
	footer := make([]byte, n)
	if _, err := r.ReadAt(footer, size-tail-n); err != nil {
		return nil, err
	}
	limit := size - tail - n
	b := newFlat(footer)
	t := b.root()
	type block struct{ offset, meta, body int64 }
	var blocks []block
	for _, field := range []int{2, 3} { // dictionaries, record batches
		pos, count := b.vector(t, field, 24)
		for i := range count {
			p := pos + 24*i
			blocks = append(blocks, block{b.i64(p), int64(int32(b.u32(p + 8))), b.i64(p + 16)})
		}
	}
	if b.bad {
		return nil, errMetadata
	}
	first := true
	return func(wanted func([]byte, int64) bool) ([]byte, []byte, error) {
		if first {
			first = false
			return streamFrames(io.NewSectionReader(r, head, limit-head))(wanted)
		}
		if len(blocks) == 0 {
			return nil, nil, io.EOF
		}
		k := blocks[0]
		blocks = blocks[1:]
		if k.offset < head || k.meta < 0 || k.body < 0 || k.offset > limit || k.meta > limit-k.offset || k.body > limit-k.offset-k.meta {
			return nil, nil, fmt.Errorf("footer names bytes %d to %d of %d", k.offset, k.offset+k.meta+k.body, limit)
		}
		meta, body, err := streamFrames(io.NewSectionReader(r, k.offset, k.meta+k.body))(wanted)
		if err == io.EOF {
			err = errMetadata // an end mark where the footer says there is a message
		}
		return meta, body, err
	}, nil
}
