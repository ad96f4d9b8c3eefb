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
func (t *taker) takeViews(data arrow.ArrayData, sel *selection) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel)
	headers := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, viewSize)
	dst := headers.Bytes()
	if nulls > 0 {
		eachNull(valid.Bytes(), sel.n, func(i int) { clear(dst[i*viewSize : (i+1)*viewSize]) })
	}
	var buffers [][]byte
	for i := 2; i < len(data.Buffers()); i++ {
		buffers = append(buffers, bufferBytes(data, i))
	}
	size := 0
	for i := range sel.n {
		b, at, n := viewBytes(dst[i*viewSize:], buffers)
		if n < 0 || at+n > len(b) {
			return nil, errOffsets
		}
		if n > inlineView {
			size += n
		}
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
				clear(header[4+n:]) // padding
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
