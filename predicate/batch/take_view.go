package batch

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeViews copies string_view and binary_view. Text of more than 12 bytes is
// brought together in one new buffer, since the old ones also hold that of
// other rows. See views for the layout.
func (t *gatherer) takeViews(data arrow.ArrayData, sel *selection, shown *memory.Buffer) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel, shown)
	headers := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, viewSize)
	dst := headers.Bytes()
	if nulls > 0 {
		eachNull(valid.Bytes(), sel.n, func(i int) { clear(dst[i*viewSize : (i+1)*viewSize]) })
	}
	var buffers [][]byte
	for i := 2; i < len(data.Buffers()); i++ {
		buffers = append(buffers, bufferBytes(data, i))
	}
	size, all := 0, 0
	for _, b := range buffers {
		all += len(b)
	}
	for i := range sel.n {
		b, at, n := viewBytes(dst[i*viewSize:], buffers)
		if n < 0 || at+n > len(b) {
			return nil, errOffsets
		}
		if n < inlineView {
			for _, pad := range b[at+n:] {
				if pad != 0 {
					return nil, errView
				}
			}
		}
		if n > inlineView {
			size += n
		}
	}
	if size > all {
		return t.takeShared(data, valid, headers, buffers, nulls)
	}
	if size > math.MaxInt32 {
		return nil, errTooLong
	}
	out := []*memory.Buffer{valid, headers}
	if size > 0 {
		text := t.buffer(size)
		out = append(out, text)
		end := 0
		for i := range sel.n {
			header := dst[i*viewSize : (i+1)*viewSize]
			b, at, n := viewBytes(header, buffers)
			if n <= inlineView {
				continue
			}
			copy(text.Bytes()[end:], b[at:at+n])
			binary.LittleEndian.PutUint32(header[8:], 0)
			binary.LittleEndian.PutUint32(header[12:], uint32(end))
			end += n
		}
	}
	return t.data(data.DataType(), sel.n, out, nil, nulls), nil
}

// takeShared is takeViews where views share bytes: a small column can refer to
// the same text again and again, so shared bytes are copied once.
func (t *gatherer) takeShared(data arrow.ArrayData, valid, headers *memory.Buffer, buffers [][]byte, nulls int) (arrow.ArrayData, error) {
	dst := headers.Bytes()
	var parts []span // in all buffers, of at most 1<<31 bytes each
	for h := dst; len(h) > 0; h = h[viewSize:] {
		if _, at, n := viewBytes(h, buffers); n > inlineView {
			from := int(binary.LittleEndian.Uint32(h[8:]))<<32 | at
			parts = append(parts, span{from, from + n})
		}
	}
	kept := merge(parts)
	if kept.n > math.MaxInt32 {
		return nil, errTooLong
	}
	for h := dst; len(h) > 0; h = h[viewSize:] {
		if _, at, n := viewBytes(h, buffers); n > inlineView {
			from := int(binary.LittleEndian.Uint32(h[8:]))<<32 | at
			binary.LittleEndian.PutUint32(h[8:], 0)
			binary.LittleEndian.PutUint32(h[12:], uint32(kept.place(from)))
		}
	}
	text := t.buffer(kept.n)
	for i, p := range kept.list {
		copy(text.Bytes()[kept.before[i]:], buffers[p.from>>32][p.from&math.MaxUint32:][:p.to-p.from])
	}
	return t.data(data.DataType(), len(dst)/viewSize, []*memory.Buffer{valid, headers, text}, nil, nulls), nil
}
