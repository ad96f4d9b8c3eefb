package rls

import (
	"math/bits"
	"math/rand/v2"
)

// index finds the rules of each user and of each group, once, so that For
// never looks at a rule of somebody else. Rules that repeat another are left
// out (U13); empty ones name nobody (U6).
func (rs *Rules) index() {
	repeated, _ := rs.repeated([2]uint64{rand.Uint64(), rand.Uint64()})
	skip := func(i uint32) bool { return repeated[i/64]>>(i%64)&1 != 0 }
	rs.user.index(len(rs.lines), skip)
	rs.group.index(len(rs.lines), func(i uint32) bool {
		return skip(i) || rs.opts.Dual == UserFirst && rs.user.ofRule(i) != 0
	})
}

// repeated returns one bit a rule: whether an earlier rule names the same
// principals and has the same cell texts; and how many other rules it looked at.
//
// It is a hash table of rule numbers, at most half full. A text has one number,
// so that numbers are compared and no text is. The seed is another each time, so
// that nobody can write rules that all fall on one place.
func (rs *Rules) repeated(seed [2]uint64) (again []uint64, steps int) {
	n := len(rs.lines)
	again = make([]uint64, n/64+1)
	rs.repeats = nil
	slots := make([]uint32, 1<<bits.Len(uint(2*n))) // rule + 1; 0 is free
	mask := uint64(len(slots) - 1)
	for i := range uint32(n) {
		for at := rs.hash(i, seed) & mask; ; at = (at + 1) & mask {
			if slots[at] == 0 {
				slots[at] = i + 1
				break
			}
			if rs.equal(slots[at]-1, i) {
				again[i/64] |= 1 << (i % 64)
				rs.repeats = append(rs.repeats, repeat{i, slots[at] - 1})
				break
			}
			steps++
		}
	}
	return again, steps
}

// A repeat is a rule and the first that it repeats. They are kept by rule.
type repeat struct{ rule, first uint32 }

func (rs *Rules) equal(i, j uint32) bool {
	if rs.user.ofRule(i) != rs.user.ofRule(j) || rs.group.ofRule(i) != rs.group.ofRule(j) {
		return false
	}
	for _, f := range rs.fields {
		if f.of[i] != f.of[j] {
			return false
		}
	}
	return true
}

func (rs *Rules) hash(i uint32, seed [2]uint64) uint64 {
	h := mix(uint64(rs.user.ofRule(i))<<32|uint64(rs.group.ofRule(i)), seed[0])
	for _, f := range rs.fields {
		h = mix(h^uint64(f.of[i]), seed[1])
	}
	return h
}

// mix multiplies h with a secret, and keeps of the product what depends on all of
// both.
func mix(h, secret uint64) uint64 {
	hi, lo := bits.Mul64(h^secret, secret|1)
	return hi ^ lo
}
