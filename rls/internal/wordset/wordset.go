// Package wordset holds sets of small numbers, one bit each.
package wordset

import (
	"iter"
	"math/bits"
)

// A Set is a set of numbers from 0. Bit i%64 of word i/64 says whether i is in it.
// The nil Set is empty.
type Set []uint64

// New returns an empty set that numbers below n can be added to.
func New(n int) Set { return make(Set, (n+63)/64) }

// Full returns the set of all numbers below n.
func Full(n int) Set {
	s := New(n)
	for i := range s {
		s[i] = ^uint64(0)
	}
	if n%64 != 0 {
		s[len(s)-1] = 1<<(n%64) - 1
	}
	return s
}

// Has reports whether i is in s.
func (s Set) Has(i int) bool { return i/64 < len(s) && s[i/64]>>(i%64)&1 != 0 }

// Set adds numbers.
func (s Set) Set(numbers ...uint32) {
	for _, i := range numbers {
		s[i/64] |= 1 << (i % 64)
	}
}

// Unset removes a number.
func (s Set) Unset(i uint32) { s[i/64] &^= 1 << (i % 64) }

// Add adds the members of o, which is not longer.
func (s Set) Add(o Set) {
	for i, w := range o {
		s[i] |= w
	}
}

// Keep removes what is not in o.
func (s Set) Keep(o Set) {
	n := min(len(s), len(o))
	for i := range n {
		s[i] &= o[i]
	}
	clear(s[n:])
}

// Drop removes the members of o, which is not longer.
func (s Set) Drop(o Set) {
	for i, w := range o {
		s[i] &^= w
	}
}

// Len returns the number of members.
func (s Set) Len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// All returns the members in increasing order.
func (s Set) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(64*i + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}
