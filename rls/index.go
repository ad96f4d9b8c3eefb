package rls

import "math/bits"

// index finds the rules of each user and of each group, once, so that For
// never looks at a rule of somebody else. Rules that repeat another are left
// out (U13); empty ones name nobody (U6).
func (rs *Rules) index() {
	repeated := rs.repeated()
	skip := func(i uint32) bool { return repeated[i/64]>>(i%64)&1 != 0 }
	rs.user.index(len(rs.lines), skip)
	rs.group.index(len(rs.lines), func(i uint32) bool {
		return skip(i) || rs.dual == UserFirst && rs.user.ofRule(i) != 0
	})
}

// repeated returns one bit a rule: whether an earlier rule names the same
// principals and has the same cell texts.
//
// It is a hash table of rule numbers, at most half full. A text has one number,
// so that numbers are compared and no text is.
func (rs *Rules) repeated() []uint64 {
	n := len(rs.lines)
	again := make([]uint64, n/64+1)
	slots := make([]uint32, 1<<bits.Len(uint(2*n))) // rule + 1; 0 is free
	mask := uint64(len(slots) - 1)
	for i := range uint32(n) {
		for at := rs.hash(i) & mask; ; at = (at + 1) & mask {
			if slots[at] == 0 {
				slots[at] = i + 1
				break
			}
			if rs.equal(slots[at]-1, i) {
				again[i/64] |= 1 << (i % 64)
				break
			}
		}
	}
	return again
}

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

func (rs *Rules) hash(i uint32) uint64 {
	h := uint64(rs.user.ofRule(i))<<32 | uint64(rs.group.ofRule(i))
	h *= 0x9e3779b97f4a7c15
	for _, f := range rs.fields {
		h = (h ^ h>>29 ^ uint64(f.of[i])) * 0xbf58476d1ce4e5b9
	}
	return h ^ h>>32
}
