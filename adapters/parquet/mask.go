package parquet

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow/array"
)

// A mask has a bit for each row of a row group.
type mask struct {
	words   []uint64
	rows    int64
	visible int64
}

func newMask(rows int64) *mask {
	return &mask{words: make([]uint64, (rows+63)/64), rows: rows}
}

// set says that the rows from one on, before another, are visible. They were not.
func (m *mask) set(from, to int64) {
	m.visible += to - from
	setBits(m.words, from, to)
}

// setBits sets the bits from one on, before another.
func setBits(words []uint64, from, to int64) {
	for at := from; at < to; at = (at | 63) + 1 {
		word := ^uint64(0) << (at & 63)
		if left := to - at&^63; left < 64 {
			word &= 1<<left - 1
		}
		words[at>>6] |= word
	}
}

// pick says which of the visible rows of a window of another mask are visible.
func (m *mask) pick(w window, chosen *array.Boolean) {
	data := chosen.Data()
	b, at := data.Buffers()[1].Bytes(), int64(data.Offset())
	for from, to := nextRun(w.words, w.from, w.to); from < w.to; from, to = nextRun(w.words, to, w.to) {
		for row := from; row < to; {
			if row&63 == 0 && at&7 == 0 && to-row >= 64 && at>>3+8 <= int64(len(b)) {
				m.put(row, binary.LittleEndian.Uint64(b[at>>3:]))
				row, at = row+64, at+64
				continue
			}
			m.put(row, uint64(b[at>>3]>>(at&7)&1))
			row, at = row+1, at+1
		}
	}
}

// put adds bits of the rows from one on, which are of one word.
func (m *mask) put(row int64, word uint64) {
	m.words[row>>6] |= word << (row & 63)
	m.visible += int64(bits.OnesCount64(word))
}

// A window is a range of rows of a row group.
type window struct {
	*mask
	from, to int64
	visible  int64 // in the range
}

// window returns the rows from one on, up to so many visible ones.
func (m *mask) window(from, most int64) window {
	w := window{mask: m, from: from, to: m.rows}
	for start, end := nextRun(m.words, from, m.rows); start < m.rows; start, end = nextRun(m.words, end, m.rows) {
		if w.visible+end-start > most {
			w.to = start + most - w.visible
			w.visible = most
			break
		}
		w.visible += end - start
	}
	return w
}

// none reports whether no row from one on is visible.
func (m *mask) none(from int64) bool { return find(m.words, from, m.rows, 0) == m.rows }

// nextRun returns the first run of ones from a bit on, before another: where it begins and
// ends. It begins at to if there is none.
func nextRun(words []uint64, at, to int64) (start, end int64) {
	start = find(words, at, to, 0)
	return start, find(words, start, to, ^uint64(0))
}

// find returns the first bit from one on, before another, that is not as in flip; to if
// there is none.
func find(words []uint64, at, to int64, flip uint64) int64 {
	for at < to {
		if word := (words[at>>6] ^ flip) >> (at & 63); word != 0 {
			return min(at+int64(bits.TrailingZeros64(word)), to)
		}
		at = (at | 63) + 1
	}
	return to
}

// ones counts the bits from one on, before another.
func ones(words []uint64, from, to int64) (n int64) {
	for w := from >> 6; w<<6 < to; w++ {
		word := words[w]
		if w == from>>6 {
			word &= ^uint64(0) << (from & 63)
		}
		if left := to - w<<6; left < 64 {
			word &= 1<<left - 1
		}
		n += int64(bits.OnesCount64(word))
	}
	return n
}
