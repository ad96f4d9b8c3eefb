package batch

import "math/bits"

// walkDicts decides a block of rows whose columns are all dictionaries with
// 32-bit indices, by far the most usual kind, in one loop: from index to memo
// to state to bit, with nothing stored in between. It reports false, and does
// nothing that matters, where it cannot: for other numbers of columns and for
// indices that lead out of a dictionary.
func (t *table) walkDicts(from, n int, mask []uint64, open []codes) bool {
	var d [3]*dict[int32]
	if len(open) < 2 || len(open) > len(d) {
		return false
	}
	for i, column := range open {
		var ok bool
		if d[i], ok = column.(*dict[int32]); !ok {
			return false
		}
	}
	for i := 0; i < n; i += 64 {
		at, to := from+i, from+min(i+64, n)
		var w uint64
		var ok bool
		if d[2] == nil {
			w, ok = walk2(d[0].indices[at:to], d[1].indices[at:to], d[0].memo, d[1].memo, t.steps[0].final)
		} else {
			w, ok = walk3(d[0].indices[at:to], d[1].indices[at:to], d[2].indices[at:to], d[0].memo, d[1].memo, d[2].memo, t.steps[0].next, t.steps[1].final)
		}
		if !ok {
			return false
		}
		// Rows with a null went wherever the index under it led; they go again.
		var nulls uint64
		for _, column := range d[:len(open)] {
			if column.valid != nil {
				nulls |= ^bitsAt(column.valid, column.bit+at)
			}
		}
		if to-at < 64 {
			nulls &= 1<<(to-at) - 1
		}
		for ; nulls != 0; nulls &= nulls - 1 {
			k := bits.TrailingZeros64(nulls)
			w = w&^(1<<k) | t.row(at+k, d[:len(open)])<<k
		}
		mask[i/64] = w
	}
	return true
}

func walk2(a, b []int32, memoA, memoB []uint32, final finals) (w uint64, ok bool) {
	b = b[:len(a)]
	for k, i := range a {
		j := b[k]
		if uint(uint32(i)) >= uint(len(memoA)) || uint(uint32(j)) >= uint(len(memoB)) {
			return 0, false
		}
		w |= final.at(memoA[i]+memoB[j]) << (k & 63)
	}
	return w, true
}

func walk3(a, b, c []int32, memoA, memoB, memoC, next []uint32, final finals) (w uint64, ok bool) {
	b, c = b[:len(a)], c[:len(a)]
	for k, i := range a {
		j, l := b[k], c[k]
		if uint(uint32(i)) >= uint(len(memoA)) || uint(uint32(j)) >= uint(len(memoB)) || uint(uint32(l)) >= uint(len(memoC)) {
			return 0, false
		}
		w |= final.at(next[memoA[i]+memoB[j]]+memoC[l]) << (k & 63)
	}
	return w, true
}

// row decides one row, 1 if it is visible. Its indices are in range.
func (t *table) row(row int, columns []*dict[int32]) uint64 {
	state := columns[0].code(row)
	for i, step := range t.steps {
		class := columns[i+1].code(row)
		if step.final != nil {
			return step.final.at(state + class)
		}
		state = step.next[state+class]
	}
	return uint64(state)
}

func (d *dict[I]) code(row int) uint32 {
	if d.valid != nil && !bitAt(d.valid, d.bit+row) {
		return d.null
	}
	return d.memo[d.indices[row]]
}
