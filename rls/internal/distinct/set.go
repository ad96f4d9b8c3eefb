package distinct

import (
	"iter"
	"math/bits"
)

// A Set is a set of combinations of one [Table], one bit each. The nil Set is
// empty.
type Set []uint64

// Has reports whether a combination is in s.
func (s Set) Has(combo int) bool { return combo/64 < len(s) && s[combo/64]>>(combo%64)&1 != 0 }

// Add adds the members of o, a set of the same table.
func (s Set) Add(o Set) {
	for i, w := range o {
		s[i] |= w
	}
}

// Keep removes what is not in o, a set of the same table.
func (s Set) Keep(o Set) {
	for i := range s {
		if i < len(o) {
			s[i] &= o[i]
		} else {
			s[i] = 0
		}
	}
}

// Drop removes the members of o, a set of the same table.
func (s Set) Drop(o Set) {
	for i, w := range o {
		s[i] &^= w
	}
}

// Len returns the number of combinations in s.
func (s Set) Len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// All returns the combinations in s in the order of their first rows.
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

func (s Set) set(combos []uint32) {
	for _, c := range combos {
		s[c/64] |= 1 << (c % 64)
	}
}

// None returns an empty set that others may be added to.
func (t *Table) None() Set { return make(Set, (t.Len()+63)/64) }

// All returns the set of all combinations.
func (t *Table) All() Set {
	s := t.None()
	for i := range s {
		s[i] = ^uint64(0)
	}
	if n := t.Len(); n%64 != 0 {
		s[len(s)-1] = 1<<(n%64) - 1
	}
	return s
}

// RowsOf returns how many rows of the data hold a combination of s.
func (t *Table) RowsOf(s Set) (rows int) {
	for c := range s.All() {
		rows += t.counts[c]
	}
	return rows
}
