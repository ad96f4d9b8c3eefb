package batch

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeFixed copies values of width bytes each: numbers, times, intervals,
// decimals and fixed-size binaries.
func (t *gatherer) takeFixed(data arrow.ArrayData, sel *selection, shown *memory.Buffer, width int) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel, shown)
	values := t.takeValues(bufferBytes(data, 1), data.Offset(), sel, width)
	if nulls > 0 {
		b := values.Bytes()
		eachNull(valid.Bytes(), sel.n, func(i int) { clear(b[i*width : (i+1)*width]) })
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, values}, nil, nulls), nil
}

// takeValues copies selected values of width bytes; offset is that of row 0.
func (t *gatherer) takeValues(src []byte, offset int, sel *selection, width int) *memory.Buffer {
	buf := t.buffer(sel.n * width)
	if sel.n == 0 || width == 0 {
		return buf
	}
	dst, src := buf.Bytes(), src[offset*width:]
	if t.form.has(loopCopies) && sel.many() && vectorTake(t.form, dst, src, sel, width) {
		return buf
	}
	if sel.dense {
		for _, r := range sel.eachRun() {
			n := copy(dst, src[r.at*width:(r.at+r.n)*width])
			dst = dst[n:]
		}
		return buf
	}
	rows := sel.eachRow()
	switch width {
	case 1:
		gather(cast[uint8](dst), cast[uint8](src), rows)
	case 2:
		gather(cast[uint16](dst), cast[uint16](src), rows)
	case 4:
		gather(cast[uint32](dst), cast[uint32](src), rows)
	case 8:
		gather(cast[uint64](dst), cast[uint64](src), rows)
	case 16:
		gather(cast[[2]uint64](dst), cast[[2]uint64](src), rows)
	case 32:
		gather(cast[[4]uint64](dst), cast[[4]uint64](src), rows)
	default:
		for i, row := range rows {
			copy(dst[i*width:(i+1)*width], src[int(row)*width:])
		}
	}
	return buf
}

func gather[T any](dst, src []T, rows []uint32) {
	dst = dst[:len(rows)]
	for i, row := range rows {
		dst[i] = src[row]
	}
}

// cast views bytes as values of T. Values need not be aligned: Arrow aligns
// them, but a buffer cut out of a file may not be, which amd64, arm64, ppc64le
// and riscv64 all read alike.
func cast[T any](b []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}
