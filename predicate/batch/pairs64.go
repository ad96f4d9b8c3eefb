package batch

import "unsafe"

// The loops below decide 64 rows of dictionaries in Go, several rows a turn. They read
// two indices of 32 bits as one word and check both at once. Adding 1<<31 less the
// number of values sets the highest bit of a half that is not below it, unless it was set
// before:
//
//	half          0 … n-1      n … 1<<31-1    1<<31 …
//	half | sum    bit 31 is 0  set            set
//
// So no row needs a branch, and no look-up behind the check needs another. Rows go from
// the last to the first, so that a bit is shifted in by an addition.

// twice has the lowest bit of each half.
const twice = 1<<32 | 1

// beyond returns what is added to two indices into n values, at most maxVector.
func beyond(n int) uint64 { return (1<<31 - uint64(n)) * twice }

// outside is the highest bit of each half.
const outside = twice << 31

// pair returns two indices as a word, the first in its low half on every processor.
func pair(p unsafe.Pointer) uint64 {
	two := (*[2]uint32)(p)
	return uint64(two[0]) | uint64(two[1])<<32
}

// rows64 views 64 indices.
func rows64(rows []int32) *[64]uint32 { return (*[64]uint32)(words32(rows)) }

// byteAt returns the byte at an index that was checked.
func byteAt(table unsafe.Pointer, i uint64) uint64 { return uint64(*(*byte)(unsafe.Add(table, i))) }

// wordAt returns the number at an index that was checked.
func wordAt(table unsafe.Pointer, i uint64) uint32 { return *(*uint32)(unsafe.Add(table, i*4)) }

// low returns the first of two indices. The second is the pair shifted by 32.
func low(two uint64) uint64 { return uint64(uint32(two)) }

// shown64 is shownWord for 64 rows.
func shown64(rows *[64]uint32, shown []byte) (w uint64, ok bool) {
	table, over := unsafe.Pointer(unsafe.SliceData(shown)), beyond(len(shown))
	for i := 4 * 56; i >= 0; i -= 4 * 8 {
		eight := unsafe.Add(unsafe.Pointer(rows), i)
		a, b, c, d := pair(eight), pair(unsafe.Add(eight, 8)), pair(unsafe.Add(eight, 16)), pair(unsafe.Add(eight, 24))
		if (a|(a+over)|b|(b+over)|c|(c+over)|d|(d+over))&outside != 0 {
			return 0, false
		}
		w = w*2 + byteAt(table, d>>32)
		w = w*2 + byteAt(table, low(d))
		w = w*2 + byteAt(table, c>>32)
		w = w*2 + byteAt(table, low(c))
		w = w*2 + byteAt(table, b>>32)
		w = w*2 + byteAt(table, low(b))
		w = w*2 + byteAt(table, a>>32)
		w = w*2 + byteAt(table, low(a))
	}
	return w, true
}

// pairs64 is walk2 for 64 rows. The table of pairs has at most maxPairs, so that both pairs of
// a word are one product.
func (w *dictWalk) pairs64(first, second *[64]uint32) (word uint64, ok bool) {
	table, stride := unsafe.Pointer(unsafe.SliceData(w.shown)), uint64(1)<<(w.shift&31)
	overFirst, overSecond := beyond(len(w.columns[0].memo)), beyond(int(w.seconds))
	p, q := unsafe.Pointer(first), unsafe.Pointer(second)
	for i := 4 * 60; i >= 0; i -= 4 * 4 {
		a, b := pair(unsafe.Add(p, i)), pair(unsafe.Add(p, i+8))
		c, d := pair(unsafe.Add(q, i)), pair(unsafe.Add(q, i+8))
		if (a|(a+overFirst)|b|(b+overFirst)|c|(c+overSecond)|d|(d+overSecond))&outside != 0 {
			return 0, false
		}
		a, b = a*stride+c, b*stride+d
		word = word*2 + byteAt(table, b>>32)
		word = word*2 + byteAt(table, low(b))
		word = word*2 + byteAt(table, a>>32)
		word = word*2 + byteAt(table, low(a))
	}
	return word, true
}

// triples64 is walk3 for 64 rows.
func (w *dictWalk) triples64(first, second, third *[64]uint32, final finals) (word uint64, ok bool) {
	memo := w.columns[2].memo
	if len(memo) == 0 || len(memo) > maxVector {
		return 0, false
	}
	states, classes := unsafe.Pointer(unsafe.SliceData(w.states)), unsafe.Pointer(unsafe.SliceData(memo))
	stride := uint64(1) << (w.shift & 31)
	overFirst, overSecond, overThird := beyond(len(w.columns[0].memo)), beyond(int(w.seconds)), beyond(len(memo))
	p, q, r := unsafe.Pointer(first), unsafe.Pointer(second), unsafe.Pointer(third)
	for i := 4 * 62; i >= 0; i -= 4 * 2 {
		a, b, c := pair(unsafe.Add(p, i)), pair(unsafe.Add(q, i)), pair(unsafe.Add(r, i))
		if (a|(a+overFirst)|b|(b+overSecond)|c|(c+overThird))&outside != 0 {
			return 0, false
		}
		a = a*stride + b
		y, x := wordAt(states, a>>32)+wordAt(classes, c>>32), wordAt(states, low(a))+wordAt(classes, low(c))
		word = word*2 + final.at(y)
		word = word*2 + final.at(x)
	}
	return word, true
}
