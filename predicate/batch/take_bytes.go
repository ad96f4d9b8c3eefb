package batch

import (
	"errors"
	"math/bits"
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
func takeBytes[O offset](t *gatherer, data arrow.ArrayData, sel *selection, shown *memory.Buffer, castOffsets func([]byte) []O) (arrow.ArrayData, error) {
	valid, nulls := t.takeValidity(data, sel, shown)
	offsets := t.buffer((sel.n + 1) * sizeOf[O]())
	out := castOffsets(offsets.Bytes())
	out[0] = 0
	if sel.n == 0 {
		return t.data(data.DataType(), 0, []*memory.Buffer{valid, offsets, t.buffer(0)}, nil, 0), nil
	}
	in := castOffsets(bufferBytes(data, 1))[data.Offset() : data.Offset()+data.Len()+1]
	src := bufferBytes(data, 2)
	var values *memory.Buffer
	var err error
	switch {
	case nulls > 0 && (shown != nil && coverMasked(in, valid.Bytes(), sel) || validity(data) != nil && coverBytes(in, validity(data), data.Offset(), sel)):
		if sel.far {
			values, err = copyValidFar(t, out, src, in, valid.Bytes(), sel)
		} else {
			values, err = copyValid(t, out, src, in, valid.Bytes(), sel.eachRow())
		}
	case t.form.has(loopCopies) && sel.manyTexts() && narrow(in) != nil:
		values, err = copyVector(t, narrow(out), src, narrow(in), sel)
	case sel.dense:
		values, err = copyRuns(t, out, src, in, sel)
	default:
		values, err = copyRows(t, out, src, in, sel.eachRow())
	}
	if err != nil {
		return nil, err
	}
	return t.data(data.DataType(), sel.n, []*memory.Buffer{valid, offsets, values}, nil, nulls), nil
}

// coverBytes reports whether some selected null covers bytes, which must stay
// behind. offset is the bit of row 0 in valid.
func coverBytes[O offset](in []O, valid []byte, offset int, sel *selection) bool {
	if sel.mask == nil {
		for _, r := range sel.eachRun() {
			for row := r.at; row < r.at+r.n; row++ {
				if !bitAt(valid, offset+row) && in[row] != in[row+1] {
					return true
				}
			}
		}
		return false
	}
	for i, w := range sel.mask {
		for nulls := w &^ bitsAt(valid, offset+i<<6); nulls != 0; nulls &= nulls - 1 {
			if row := i<<6 + bits.TrailingZeros64(nulls); in[row] != in[row+1] {
				return true
			}
		}
	}
	return false
}

// coverMasked is coverBytes for rows that are null since something masks them:
// valid is that of the result.
func coverMasked[O offset](in []O, valid []byte, sel *selection) bool {
	if sel.far {
		return true // or may
	}
	rows := sel.eachRow()
	return !eachNullIs(valid, sel.n, func(i int) bool { return in[rows[i]] == in[rows[i]+1] })
}

// copyRuns copies texts run by run.
func copyRuns[O offset](t *gatherer, out []O, src []byte, in []O, sel *selection) (*memory.Buffer, error) {
	total := 0
	for _, r := range sel.eachRun() {
		from, to := in[r.at], in[r.at+r.n]
		if from < 0 || from > to || int(to) > len(src) {
			return nil, errOffsets
		}
		total += int(to - from)
	}
	if int(O(total)) != total {
		return nil, errTooLong
	}
	values := t.buffer(total)
	dst := values.Bytes()
	var end, signs O // signs is negative if some row has less than no bytes
	i := 0
	for _, r := range sel.eachRun() {
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
	if signs < 0 {
		return nil, errOffsets
	}
	return values, nil
}

// copyValidFar copies the texts of the rows that are not null, some of which may
// be too far for copyValid.
func copyValidFar[O offset](t *gatherer, out []O, src []byte, in []O, valid []byte, sel *selection) (*memory.Buffer, error) {
	total, i := 0, 0
	for _, r := range sel.eachRun() {
		for k := r.at; k < r.at+r.n; k++ {
			if in[k] < 0 || in[k] > in[k+1] || int(in[k+1]) > len(src) {
				return nil, errOffsets
			}
			if bitAt(valid, i) {
				total += int(in[k+1] - in[k])
			}
			i++
			out[i] = O(total)
			if int(out[i]) != total {
				return nil, errTooLong
			}
		}
	}
	values := t.buffer(total)
	dst := values.Bytes()
	i = 0
	for _, r := range sel.eachRun() {
		for k := r.at; k < r.at+r.n; k++ {
			if bitAt(valid, i) {
				dst = dst[copy(dst, src[in[k]:in[k+1]]):]
			}
			i++
		}
	}
	return values, nil
}

// copySlack is how far copyRows may write past the last text. What it writes
// there belongs to other rows; the buffer that is handed out ends before it.
const copySlack = 64

// copyRows copies texts row by row: first it makes the offsets, and sees that
// none leads astray, then it moves bytes. Short texts are moved as 16 or 64
// bytes, whatever their length, and what is too much is overwritten by the
// next: a fixed size is a few instructions, where copy is a call and a
// mispredicted branch.
func copyRows[O offset](t *gatherer, out []O, src []byte, in []O, rows []uint32) (*memory.Buffer, error) {
	total, wrong, most := 0, 0, 0 // wrong is negative if some offset is
	starts, ends := scratchOffsets[O](t, len(rows)), out[1:len(rows)+1]
	for i, row := range rows {
		texts := in[row : row+2]
		s, e := int(texts[0]), int(texts[1])
		wrong |= s | (e - s) | (len(src) - e)
		most = max(most, e-s)
		total += e - s
		starts[i], ends[i] = O(s), O(total)
	}
	switch {
	case wrong < 0:
		return nil, errOffsets
	case int(O(total)) != total:
		return nil, errTooLong
	}
	values, dst := t.slack(total, copySlack)
	if narrow(starts) != nil && t.form.has(loopCopies) && len(src) <= maxVector {
		moveVector(t, dst, src, narrow(starts), narrow(ends), most)
	} else {
		move(dst, src, starts, ends)
	}
	return values, nil
}

// scratchOffsets returns memory for n offsets. What it holds is undefined.
func scratchOffsets[O offset](t *gatherer, n int) []O {
	var words []uint64
	if sizeOf[O]() == 8 {
		words = t.arena.words.take(n)
	} else {
		words = t.arena.words.take((n + 1) / 2)
	}
	return unsafe.Slice((*O)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// copyValid is copyRows for rows of which some are null: the texts of these stay
// behind. valid has a bit for each of rows.
func copyValid[O offset](t *gatherer, out []O, src []byte, in []O, valid []byte, rows []uint32) (*memory.Buffer, error) {
	total, wrong := 0, 0
	starts, ends := scratchOffsets[O](t, len(rows)), out[1:len(rows)+1]
	for i, row := range rows {
		texts := in[row : row+2]
		s, e := int(texts[0]), int(texts[1])
		wrong |= s | (e - s) | (len(src) - e)
		total += (e - s) & -int(valid[i>>3]>>(i&7)&1) // 0 for a null
		starts[i], ends[i] = O(s), O(total)
	}
	switch {
	case wrong < 0:
		return nil, errOffsets
	case int(O(total)) != total:
		return nil, errTooLong
	}
	values, dst := t.slack(total, copySlack)
	move(dst, src, starts, ends)
	return values, nil
}

// move is the second half of copyRows, for offsets that lead nowhere wrong. It
// writes up to copySlack bytes past the last end.
func move[O offset](dst, src []byte, starts, ends []O) {
	from, to := unsafe.Pointer(unsafe.SliceData(src)), unsafe.Pointer(unsafe.SliceData(dst))
	start := 0
	starts = starts[:len(ends)]
	for i, end := range ends {
		s, end := int(starts[i]), int(end)
		switch n := end - start; {
		case n <= 16 && s+16 <= len(src):
			*(*[16]byte)(unsafe.Add(to, start)) = *(*[16]byte)(unsafe.Add(from, s))
		case n <= 64 && s+64 <= len(src):
			*(*[64]byte)(unsafe.Add(to, start)) = *(*[64]byte)(unsafe.Add(from, s))
		default:
			copy(dst[start:end], src[s:])
		}
		start = end
	}
}
