package batch

import "math/bits"

// dictWalk decides rows whose columns are all dictionaries with 32-bit indices, by far
// the most usual kind, in one loop with nothing stored in between. A table has, for each pair
// of values of the first two columns, what they lead to together:
//
//	two columns     index, index → pair → bit
//	three columns   index, index → pair → state, index → class, both → bit
//
// The values of the second column take a power of two of places, so that a pair is a
// shift and an OR:
//
//	pair = first<<shift | second
type dictWalk struct {
	columns [3]*dict[int32]
	n       int    // of columns; 0 if there is no such walk
	seconds uint32 // values of the second column
	shift   uint8
	shown   []byte   // of two columns: 1 for a pair that is visible, and 0
	few     []uint32 // of few values, the same: for each of the first a bit for each of the second
	bits    [16]uint32
	states  []uint32 // of three: the states that pairs lead to
}

// maxPairs bounds the pairs of a walk: their table has to stay in the first cache.
const maxPairs = 1 << 12

// open makes the table of pairs for a record of that many rows. It leaves w without
// columns if they are of other kinds or numbers, or if making the table would take
// longer than it saves.
func (w *dictWalk) open(t *table, rows int, open []codes) {
	w.n = 0
	if len(open) < 2 || len(open) > len(w.columns) {
		return
	}
	for i, column := range open {
		var ok bool
		if w.columns[i], ok = column.(*dict[int32]); !ok {
			return
		}
	}
	first, second := w.columns[0].memo, w.columns[1].memo
	if len(first) == 0 || len(second) == 0 || len(second) > maxPairs {
		return
	}
	w.shift = uint8(bits.Len(uint(len(second) - 1)))
	pairs := len(first) << w.shift
	if pairs > min(maxPairs, rows/4) {
		return
	}
	w.n, w.seconds = len(open), uint32(len(second))
	step := &t.steps[0]
	if w.n == 2 {
		if cap(w.shown) < pairs {
			w.shown = make([]byte, maxPairs)
		}
		w.shown = w.shown[:pairs]
		for i, state := range first {
			row := w.shown[i<<w.shift:][:1<<w.shift]
			clear(row[len(second):])
			for j, class := range second {
				row[j] = byte(step.final.at(state + class))
			}
		}
		w.fewPairs(len(first))
		return
	}
	if cap(w.states) < pairs {
		w.states = make([]uint32, maxPairs)
	}
	w.states = w.states[:pairs]
	for i, state := range first {
		row := w.states[i<<w.shift:][:len(second)]
		for j, class := range second {
			row[j] = step.next[state+class]
		}
	}
}

// fewPairs sets few, nil unless the values fit into two registers.
func (w *dictWalk) fewPairs(firsts int) {
	if firsts > len(w.bits) || w.shift > 5 {
		w.few = nil
		return
	}
	w.few, w.bits = w.bits[:], [16]uint32{}
	for pair, visible := range w.shown {
		w.few[pair>>w.shift] |= uint32(visible) << (pair & (1<<w.shift - 1))
	}
}

// close forgets the columns.
func (w *dictWalk) close() { w.columns, w.n = [3]*dict[int32]{}, 0 }

// walk decides a block of n rows. It reports false, and does nothing that matters,
// for indices that lead out of a dictionary.
func (w *dictWalk) walk(t *table, from, n int, mask []uint64) bool {
	var rows [3][]int32
	for i, d := range w.columns[:w.n] {
		rows[i] = d.indices[from : from+n]
	}
	done := 0
	if t.form.has(loopPairs) && t.form != formAVX512 {
		var ok bool
		if done, ok = vectorPairs(w, t, mask, rows); !ok {
			return false
		}
	}
	for i := done; i < n; i += 64 {
		to := min(i+64, n)
		var word uint64
		var ok bool
		switch {
		case w.n == 2 && to-i == 64:
			word, ok = w.pairs64(rows64(rows[0][i:to]), rows64(rows[1][i:to]))
		case w.n == 3 && to-i == 64:
			word, ok = w.triples64(rows64(rows[0][i:to]), rows64(rows[1][i:to]), rows64(rows[2][i:to]), t.steps[1].final)
		case w.n == 2:
			word, ok = w.walk2(rows[0][i:to], rows[1][i:to])
		default:
			word, ok = w.walk3(rows[0][i:to], rows[1][i:to], rows[2][i:to], t.steps[1].final)
		}
		if !ok {
			return false
		}
		mask[i/64] = word
	}
	w.nulls(t, from, n, mask)
	return true
}

// nulls decides the rows with a null again: they went wherever the index under it
// led.
func (w *dictWalk) nulls(t *table, from, n int, mask []uint64) {
	a, b, c := w.columns[0], w.columns[1], w.columns[2]
	if w.n == 2 {
		c = nil
	}
	for i := 0; i < n; i += 64 {
		nullA, nullB, nullC := a.nulls(from+i), b.nulls(from+i), uint64(0)
		if c != nil {
			nullC = c.nulls(from + i)
		}
		nulls := nullA | nullB | nullC
		if n-i < 64 {
			nulls &= 1<<(n-i) - 1
		}
		word := mask[i/64]
		for ; nulls != 0; nulls &= nulls - 1 {
			k := bits.TrailingZeros64(nulls) & 63
			row := from + i + k
			at := a.codeOf(row, nullA>>k&1 != 0) + b.codeOf(row, nullB>>k&1 != 0)
			if c != nil {
				at = t.steps[0].next[at] + c.codeOf(row, nullC>>k&1 != 0)
			}
			word = word&^(1<<k) | t.steps[len(t.steps)-1].final.at(at)<<k
		}
		mask[i/64] = word
	}
}

// nulls returns which of the 64 rows from row on are null.
func (d *dict[I]) nulls(row int) uint64 {
	if d.valid == nil {
		return 0
	}
	return ^bitsAt(d.valid, d.bit+row)
}

// codeOf returns the code of a row whose index is in range.
func (d *dict[I]) codeOf(row int, null bool) uint32 {
	if null {
		return d.null
	}
	return d.memo[d.indices[row]]
}

// walk2 and walk3 go from the last row to the first, so that a bit is shifted
// in by an addition.
func (w *dictWalk) walk2(a, b []int32) (word uint64, ok bool) {
	shown, seconds, shift := w.shown, w.seconds, w.shift&31
	b = b[:len(a)]
	for k := len(a) - 1; k >= 0; k-- {
		second := uint32(b[k])
		pair := uint64(uint32(a[k]))<<shift | uint64(second)
		if second >= seconds || pair >= uint64(len(shown)) {
			return 0, false
		}
		word = word*2 + uint64(shown[pair])
	}
	return word, true
}

func (w *dictWalk) walk3(a, b, c []int32, final finals) (word uint64, ok bool) {
	states, seconds, shift, memo := w.states, w.seconds, w.shift&31, w.columns[2].memo
	b, c = b[:len(a)], c[:len(a)]
	for k := len(a) - 1; k >= 0; k-- {
		second, third := uint32(b[k]), uint32(c[k])
		pair := uint64(uint32(a[k]))<<shift | uint64(second)
		if second >= seconds || pair >= uint64(len(states)) || uint64(third) >= uint64(len(memo)) {
			return 0, false
		}
		word = word*2 + final.at(states[pair]+memo[third])
	}
	return word, true
}
