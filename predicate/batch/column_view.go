package batch

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
)

// views reads string_view: 16 bytes a row, with the text inside if it is of at
// most 12 bytes, and otherwise a reference into one of several buffers.
//
//	0        4        8        12       16
//	| length |  up to 12 bytes of text  |
//	| length | prefix | buffer | offset |
type views struct {
	lookup  *lookup
	headers []byte // of the rows
	buffers [][]byte
	valid   []byte
	bit     int
}

const (
	viewSize   = arrow.ViewHeaderSizeBytes
	inlineView = 12 // the longest text a view holds itself
)

func openViews(data arrow.ArrayData, l *lookup) codes {
	off, n := data.Offset(), data.Len()
	v := &views{lookup: l, valid: validity(data), bit: off}
	if n > 0 {
		v.headers = bufferBytes(data, 1)[off*viewSize : (off+n)*viewSize]
	}
	for i := 2; i < len(data.Buffers()); i++ {
		v.buffers = append(v.buffers, bufferBytes(data, i))
	}
	return v
}

func (v *views) read(dst []uint32, from int) error {
	if v.lookup.vectors() && v.readShort(dst, from) {
		return nil
	}
	for i := range dst {
		dst[i] = v.code(from + i)
	}
	return nil
}

// code looks up one row.
func (v *views) code(row int) uint32 {
	if v.valid != nil && !bitAt(v.valid, v.bit+row) {
		return v.lookup.null // a null's reference may lead nowhere
	}
	b, at, n := viewBytes(v.headers[row*viewSize:], v.buffers)
	return v.lookup.find(b, at, n)
}

// readShort puts the texts that views hold themselves behind each other, as
// utf8 does, and has those looked up together. It reports false, and does
// nothing that matters, if that cannot be done.
func (v *views) readShort(dst []uint32, from int) bool {
	if len(dst) == 0 || len(dst) > blockRows {
		return false
	}
	var texts [(blockRows + 1) * viewSize]byte
	var ends [blockRows + 1]int32
	var long [blockRows / 64]uint64
	at := uint32(0)
	for i := range dst {
		header := v.headers[(from+i)*viewSize:][:viewSize]
		n := binary.LittleEndian.Uint32(header)
		if n > inlineView {
			long[i>>6] |= 1 << (i & 63)
			n = 0
		}
		copy(texts[at:at+inlineView], header[4:]) // what is too much the next overwrites
		at += n
		ends[i+1] = int32(at)
	}
	lookupTexts(v.lookup, dst, ends[:len(dst)+1], texts[:int(at)+viewSize])
	for i, w := range long {
		for ; w != 0; w &= w - 1 {
			k := i<<6 + bits.TrailingZeros64(w)
			dst[k] = v.code(from + k)
		}
	}
	if v.valid != nil {
		setNulls(dst, v.lookup.null, v.valid, v.bit+from)
	}
	return true
}

// viewBytes returns where the text of the view at the start of header lies. A
// view with the prefix of another text lies nowhere: b holds no byte of it.
func viewBytes(header []byte, buffers [][]byte) (b []byte, at, n int) {
	n = int(int32(binary.LittleEndian.Uint32(header)))
	if n <= inlineView {
		return header[:viewSize], 4, n
	}
	b, at = buffers[binary.LittleEndian.Uint32(header[8:])], int(binary.LittleEndian.Uint32(header[12:]))
	if at+n <= len(b) && [4]byte(b[at:]) != [4]byte(header[4:]) {
		b = nil
	}
	return b, at, n
}
