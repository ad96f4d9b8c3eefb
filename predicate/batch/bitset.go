package batch

import (
	"math/bits"
	"slices"
)

// A bitset is a set of small integers.
type bitset []uint64

func newBitset(n int) bitset      { return make(bitset, (n+63)/64) }
func (s bitset) set(i int)        { s[i>>6] |= 1 << (i & 63) }
func (s bitset) bit(i int) uint64 { return s[i>>6] >> (i & 63) & 1 }
func (s bitset) has(i int) bool   { return s.bit(i) != 0 }
func (s bitset) empty() bool      { return !slices.ContainsFunc(s, func(w uint64) bool { return w != 0 }) }

func (s bitset) hash(secret salt) uint64 {
	h := uint64(0)
	for _, w := range s {
		h = secret.scatter(h ^ w)
	}
	return h
}

// both yields what is in s and in t, which is as long, in increasing order.
func (s bitset) both(t bitset) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i, w := range s {
			for w &= t[i]; w != 0; w &= w - 1 {
				if !yield(i<<6 | bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// A bitMatrix is a set in each of its rows, all of one length.
type bitMatrix struct {
	rows, columns int
	bits          []uint64 // row by row, whole words each
}

func newBitMatrix(d *draft, rows, columns int) bitMatrix {
	return bitMatrix{rows, columns, d.words.zeroed(rows * ((columns + 63) / 64))}
}

func (m *bitMatrix) row(i int) bitset {
	words := (m.columns + 63) / 64
	return m.bits[i*words : (i+1)*words : (i+1)*words]
}

// transposed returns the matrix whose rows are the columns of m. It goes by
// squares of 64 bits each way.
func (m *bitMatrix) transposed(d *draft) bitMatrix {
	t := newBitMatrix(d, m.columns, m.rows)
	words, tWords := (m.columns+63)/64, (m.rows+63)/64
	var square [64]uint64
	for i := 0; i < m.rows; i += 64 {
		for w := range words {
			any := uint64(0)
			n := min(64, m.rows-i)
			for j := range n {
				square[j] = m.bits[(i+j)*words+w]
				any |= square[j]
			}
			if any == 0 {
				continue
			}
			clear(square[n:])
			transpose(&square)
			for j := range min(64, m.columns-64*w) {
				t.bits[(64*w+j)*tWords+i/64] = square[j]
			}
		}
	}
	return t
}

// transpose turns a square of bits about its diagonal: it exchanges two of its
// quarters, then two of the quarters of each quarter, and so on.
func transpose(square *[64]uint64) {
	for half, keep := 32, uint64(1<<32-1); half > 0; {
		for k := 0; k < 64; k = (k + half + 1) &^ half {
			above, below := &square[k&63], &square[(k+half)&63]
			differ := (*above>>half ^ *below) & keep
			*above ^= differ << half
			*below ^= differ
		}
		half >>= 1
		keep ^= keep << half
	}
}
