package tabular

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Limits of one IPC message. They are far above what writers produce, and keep
// a few flipped bits from asking for more memory than a machine has.
const (
	maxMetadata   = 256 << 20 // bytes
	maxRows       = 1 << 28   // rows a batch
	maxBuffer     = 2 << 30   // bytes of one buffer, decompressed
	maxExpansion  = 1 << 12   // decompressed bytes for each compressed one,
	freeExpansion = 16 << 20  // except in buffers smaller than this
	maxWindow     = 128 << 20 // of Zstandard, as its own command line allows
)

// frames hands the messages of a stream or file to the IPC reader, each one
// checked first: what it claims about itself must fit the bytes that are there.
type frames struct {
	next  nextFrame
	prune *Prune // nil reads everything
	msg   *ipc.Message

	seen   int // messages so far
	layout layout
}

var _ ipc.MessageReader = (*frames)(nil)

func (f *frames) Retain() {}

func (f *frames) Release() {
	if f.msg != nil {
		f.msg.Release()
		f.msg = nil
	}
}

// Message returns the next message, valid until the next call.
func (f *frames) Message() (*ipc.Message, error) {
	var meta, body []byte
	for left := true; left; {
		var err error
		meta, body, err = f.next(func(meta []byte, body int64) bool {
			left = f.seen > 0 && f.prune.leaves(meta, body)
			return !left
		})
		if err != nil {
			return nil, err
		}
	}
	if err := f.check(meta, body); err != nil {
		return nil, fmt.Errorf("message %d: %w", f.seen+1, err)
	}
	f.seen++
	f.Release()
	f.msg = ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body))
	return f.msg, nil
}

// The types of a message, in the order a stream has them.
const (
	messageSchema     = 1
	messageDictionary = 2
	messageRecord     = 3
)

func (f *frames) check(meta, body []byte) error {
	b := newFlat(meta)
	t := b.root()
	header := b.table(t, 2)
	b.keyValues(t, 4)
	kind := b.byte(t, 1)
	if b.bad || header == 0 {
		return errMetadata
	}
	if v := b.version(t); v != version4 && v != version5 {
		return fmt.Errorf("metadata version %d, want %d or %d", v+1, version4+1, version5+1)
	}
	switch {
	case (kind == messageSchema) != (f.seen == 0):
		return errors.New("want one schema, at the start")
	case kind == messageSchema:
		f.layout = b.schema(header)
	case kind == messageRecord:
		if n := len(f.layout.dictionaries); f.seen <= n {
			return fmt.Errorf("a batch before the %d dictionaries it may need", n)
		}
		return checkBatch(b, header, f.need(b, t, f.layout.record), body)
	case kind == messageDictionary:
		id := b.long(header, 0)
		values, ok := f.layout.dictionaries[id]
		if !ok {
			return fmt.Errorf("no column has the dictionary %d", id)
		}
		data := b.table(header, 1)
		if data == 0 {
			return errMetadata
		}
		// The reader takes dictionaries for those of the oldest version.
		values.buffers += values.unions
		return checkBatch(b, data, values, body)
	default:
		return fmt.Errorf("unknown type %d", kind)
	}
	if b.bad {
		return errMetadata
	}
	return nil
}

// Versions of the metadata as they are written, one less than their names. The
// older ones never left their time, and other readers refuse them, too.
const (
	version4 = 3
	version5 = 4
)

// version returns the version of a message.
func (f *flat) version(message table) int {
	if pos := f.field(message, 0); pos > 0 {
		return f.u16(pos)
	}
	return 0
}

// need is n for the version of a message: before version 5 unions had a
// validity bitmap.
func (f *frames) need(b *flat, message table, n need) need {
	if b.version(message) < version5 {
		n.buffers += n.unions
	}
	return n
}

// checkBatch looks at a RecordBatch table: as many entries as the columns need,
// row counts, and buffers inside the body that do not explode when they are
// decompressed.
func checkBatch(b *flat, t table, want need, body []byte) error {
	nodes, nodeCount := b.vector(t, 1, 16)
	buffers, bufferCount := b.vector(t, 2, 16)
	views, viewCount := b.vector(t, 4, 8) // buffers of each view column
	for i := range min(viewCount, want.views) {
		n := b.i64(views + 8*i)
		if n < 0 || n > int64(bufferCount) {
			return errMetadata
		}
		want.buffers += int(n)
	}
	if nodeCount < want.nodes || bufferCount < want.buffers || viewCount < want.views {
		return fmt.Errorf("got %d columns with %d buffers, want %d with %d", nodeCount, bufferCount, want.nodes, want.buffers)
	}
	compression := b.table(t, 3)
	zstandard := b.byte(compression, 0) == 1 // or LZ4, whose blocks are small
	counts := []int64{b.long(t, 0)}
	for i := range nodeCount {
		rows, nulls := b.i64(nodes+16*i), b.i64(nodes+16*i+8)
		if nulls < 0 || nulls > rows {
			return fmt.Errorf("%d nulls of %d rows", nulls, rows)
		}
		counts = append(counts, rows)
	}
	if b.bad {
		return errMetadata
	}
	for _, n := range counts {
		if n < 0 || n > maxRows {
			return fmt.Errorf("got %d rows in a batch, want at most %d", n, maxRows)
		}
	}
	// Buffers may overlap, and each is copied: together they stay bounded too.
	total, most := int64(0), int64(2*maxBuffer)
	if compression == 0 {
		most = 4*int64(len(body)) + 1<<20
	}
	for i := range bufferCount {
		offset, size := b.i64(buffers+16*i), b.i64(buffers+16*i+8)
		if offset < 0 || size < 0 || offset > int64(len(body)) || size > int64(len(body))-offset {
			return fmt.Errorf("buffer %d: bytes %d to %d of a body of %d", i, offset, offset+size, len(body))
		}
		if offset%8 != 0 { // the format wants it, and other readers insist
			return fmt.Errorf("buffer %d: begins at byte %d, want a multiple of 8", i, offset)
		}
		if compression > 0 && size > 0 {
			if size < 8 {
				return fmt.Errorf("buffer %d: got %d bytes, want at least 8", i, size)
			}
			full := int64(binary.LittleEndian.Uint64(body[offset:]))
			if full < -1 || full > maxBuffer || full > freeExpansion && full/maxExpansion > size {
				return fmt.Errorf("buffer %d: %d bytes would become %d", i, size, full)
			}
			if zstandard && full >= 0 {
				if window, ok := zstdWindow(body[offset+8 : offset+size]); !ok {
					return fmt.Errorf("buffer %d: no Zstandard frame", i)
				} else if window > maxWindow {
					return fmt.Errorf("buffer %d: a window of %d bytes, want at most %d", i, window, maxWindow)
				}
			}
			size = max(full, size)
		}
		if total += size; total > most {
			return fmt.Errorf("a batch of more than %d bytes", most)
		}
	}
	return nil
}
