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

// takeBytes copies utf8, binary and their large forms.
func takeBytes[O offset](t *taker, data arrow.ArrayData, sel *selection, castOffsets func([]byte) []O) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel)
	offsets := t.buffer((sel.n + 1) * sizeOf[O]())
	out := castOffsets(offsets.Bytes())
	out[0] = 0
	var in []O
	if sel.n > 0 {
		in = castOffsets(bufferBytes(data, 1))[data.Offset() : data.Offset()+data.Len()+1]
	}
	src := bufferBytes(data, 2)
	size, err := span(in, src, sel)
	if err != nil {
		return nil, err
	}
	values := t.buffer(size + copySlack)
	dst := values.Bytes()
	ok := true
	switch {
	case nulls > 0 && coverBytes(in, valid.Bytes(), sel):
		size, ok = copyValid(dst[:size], out, src, in, valid.Bytes(), sel)
	case sel.dense:
		ok = copyRuns(dst[:size], out, src, in, sel)
	default:
		ok = copyRows(dst, out, src, in, sel.indices())
	}
	if !ok {
		return nil, errOffsets
	}
	clear(dst[size:])
	values.ResizeNoShrink(size)
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, offsets, values}, nil, nulls), nil
}

// span returns how many bytes of src the selected rows cover.
func span[O offset](in []O, src []byte, sel *selection) (int, error) {
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
	return total, nil
}

// coverBytes reports whether some null covers bytes, which must stay behind.
func coverBytes[O offset](in []O, valid []byte, sel *selection) bool {
	covers := false
	rows := sel.indices()
	eachNull(valid, sel.n, func(i int) { covers = covers || in[rows[i]] != in[rows[i]+1] })
	return covers
}

// copyRuns copies texts run by run. It reports false if offsets decrease.
func copyRuns[O offset](dst []byte, out []O, src []byte, in []O, sel *selection) bool {
	var end, signs O // signs is negative if some row has less than no bytes
	i := 0
	for _, r := range sel.runs {
		rows := in[r.at : r.at+r.n+1]
		dst = dst[copy(dst, src[rows[0]:rows[r.n]]):]
		shift := end - rows[0]
		for _, o := range rows[1:] {
			i++
			out[i] = o + shift
			signs |= out[i] - end
			end = out[i]
		}
	}
	return signs >= 0
}

// copyValid copies the texts of the rows that are not null, and returns how
// many bytes that made.
func copyValid[O offset](dst []byte, out []O, src []byte, in []O, valid []byte, sel *selection) (int, bool) {
	end := 0
	i := 0
	for _, r := range sel.runs {
		for k := r.at; k < r.at+r.n; k++ {
			if in[k] > in[k+1] || int(in[k+1]) > len(src) {
				return 0, false
			}
			if bitAt(valid, i) {
				end += copy(dst[end:], src[in[k]:in[k+1]])
			}
			i++
			out[i] = O(end)
		}
	}
	return end, true
}

// copySlack is how far copyRows may write past the last text. What it writes
// there belongs to other rows and is cleared.
const copySlack = 64

// copyRows copies texts row by row. Short ones are copied as 16 or 64 bytes,
// whatever their length, and what is too much overwritten by the next: a fixed
// size is a few moves, where copy is a call and a mispredicted branch. It
// reports false if offsets decrease or lead out of src.
func copyRows[O offset](dst []byte, out []O, src []byte, in []O, rows []uint32) bool {
	end, limit := 0, len(dst)-copySlack
	out = out[1 : len(rows)+1]
	from, to := unsafe.Pointer(unsafe.SliceData(src)), unsafe.Pointer(unsafe.SliceData(dst))
	for i, row := range rows {
		texts := in[row : row+2]
		s, e := int(texts[0]), int(texts[1])
		n := e - s
		if uint(n) > uint(limit-end) || uint(e) > uint(len(src)) {
			return false
		}
		switch {
		case n <= 16 && s+16 <= len(src):
			*(*[16]byte)(unsafe.Add(to, end)) = *(*[16]byte)(unsafe.Add(from, s))
		case n <= 64 && s+64 <= len(src):
			*(*[64]byte)(unsafe.Add(to, end)) = *(*[64]byte)(unsafe.Add(from, s))
		default:
			copy(dst[end:], src[s:e])
		}
		end += n
		out[i] = O(end)
	}
	return true
}
