package batch

import (
	"errors"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

type offset interface{ int32 | int64 }

// errTooLong says that the rows of a child, taken more than once, would need
// offsets that do not fit.
var errTooLong = errors.New("the selected rows exceed the offsets of the type")

// sizeOf returns the bytes of an offset.
func sizeOf[O offset]() int { var o O; return int(unsafe.Sizeof(o)) }

// span returns how many bytes of src the selected rows cover, as far as the
// offsets can express it.
func span[O offset](in []O, src []byte, sel *selection) (O, error) {
	total := 0
	for _, r := range sel.runs {
		from, to := in[r.at], in[r.at+r.n]
		if from < 0 || from > to || int(to) > len(src) {
			return 0, errOffsets
		}
		total += int(to - from)
	}
	if int(O(total)) != total {
		return 0, errTooLong
	}
	return O(total), nil
}

// takeBytes copies utf8, binary and their large forms.
func takeBytes[O offset](t *taker, data arrow.ArrayData, sel *selection, castOffsets func([]byte) []O) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel)
	offsets := t.buffer((sel.n + 1) * sizeOf[O]())
	out := castOffsets(offsets.Bytes())
	out[0] = 0
	if sel.n == 0 {
		return t.data(data.DataType(), 0, []*memory.Buffer{valid, offsets, t.buffer(0)}, nil, 0), nil
	}
	in := castOffsets(bufferBytes(data, 1))[data.Offset() : data.Offset()+data.Len()+1]
	src := bufferBytes(data, 2)
	size, err := span(in, src, sel)
	if err != nil {
		return nil, err
	}

	// A null may cover bytes; they stay behind, row by row.
	if nulls > 0 {
		return takeBytesWithNulls(t, data, sel, in, out, valid, offsets, nulls)
	}
	var end, signs O // signs is negative if some row has less than no bytes
	i := 0
	for _, r := range sel.runs {
		rows := in[r.at : r.at+r.n+1]
		shift := end - rows[0]
		for _, o := range rows[1:] {
			i++
			out[i] = o + shift
			signs |= out[i] - end
			end = out[i]
		}
	}
	if signs < 0 {
		return nil, errOffsets
	}
	values := t.buffer(int(size))
	dst := values.Bytes()
	for _, r := range sel.runs {
		n := copy(dst, src[in[r.at]:in[r.at+r.n]])
		dst = dst[n:]
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, offsets, values}, nil, 0), nil
}

func takeBytesWithNulls[O offset](t *taker, data arrow.ArrayData, sel *selection, in, out []O, valid, offsets *memory.Buffer, nulls int) (arrow.ArrayData, error) {
	bitmap := valid.Bytes()
	var end, signs O
	i := 0
	for _, r := range sel.runs {
		for k := r.at; k < r.at+r.n; k++ {
			n := in[k+1] - in[k]
			signs |= n
			if bitAt(bitmap, i) {
				end += n
			}
			i++
			out[i] = end
		}
	}
	if signs < 0 {
		return nil, errOffsets
	}
	values := t.buffer(int(end))
	dst, src := values.Bytes(), bufferBytes(data, 2)
	i = 0
	for _, r := range sel.runs {
		for k := r.at; k < r.at+r.n; k++ {
			if bitAt(bitmap, i) {
				n := copy(dst, src[in[k]:in[k+1]])
				dst = dst[n:]
			}
			i++
		}
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, offsets, values}, nil, nulls), nil
}
