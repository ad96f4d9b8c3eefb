package batch

import (
	"encoding/binary"

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
	for i := range dst {
		if v.valid != nil && !bitAt(v.valid, v.bit+from+i) {
			dst[i] = v.lookup.null // a null's reference may lead nowhere
			continue
		}
		b, at, n := viewBytes(v.headers[(from+i)*viewSize:], v.buffers)
		dst[i] = v.lookup.find(b, at, n)
	}
	return nil
}

// viewBytes returns where the text of the view at the start of header lies.
func viewBytes(header []byte, buffers [][]byte) (b []byte, at, n int) {
	n = int(int32(binary.LittleEndian.Uint32(header)))
	if n <= inlineView {
		return header[:viewSize], 4, n
	}
	return buffers[binary.LittleEndian.Uint32(header[8:])], int(binary.LittleEndian.Uint32(header[12:])), n
}
