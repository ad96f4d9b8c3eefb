package predicate

import (
	"cmp"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
)

// compare is the canonical order. Atoms come first, by column, so that a
// conjunction reads like a row of a rule file from left to right; HasValue
// stands after every In of its column.
func compare(p, q Predicate) int {
	switch {
	case p.n == q.n:
		return 0
	case p.n == nil || q.n == nil || p.n.op != q.n.op:
		if c := cmp.Compare(rank(p), rank(q)); c != 0 {
			return c
		}
		if p.n == nil || q.n == nil { // both select no row
			return 0
		}
		if c := compareColumns(p, q); c != 0 { // an In and a HasValue
			return c
		}
		return cmp.Compare(p.n.op, q.n.op)
	case p.atom():
		if c := compareColumns(p, q); c != 0 {
			return c
		}
		// A sort of many rules spends its time here.
		if p.n.order != q.n.order {
			return cmp.Compare(p.n.order, q.n.order)
		}
		return slices.CompareFunc(p.n.values, q.n.values, strings.Compare)
	default:
		return slices.CompareFunc(p.n.args, q.n.args, compare)
	}
}

// order returns a number that is less for a text that comes first, if the first
// 8 bytes tell.
func order(s string) (n uint64) {
	if len(s) >= 8 {
		return bits.ReverseBytes64(word(s))
	}
	for i := range len(s) {
		n |= uint64(s[i]) << (56 - 8*i)
	}
	return n
}

func rank(p Predicate) int {
	switch p.Op() {
	case OpNone:
		return 0
	case OpAll:
		return 1
	case OpIn, OpHasValue:
		return 2
	case OpAnd:
		return 3
	default:
		return 4
	}
}

func compareColumns(p, q Predicate) int { return strings.Compare(p.n.column, q.n.column) }

// hash uses the numbers in seed, so that nobody who writes rules can look for
// texts that have one hash. Nothing but speed rests on it: no canonical form, no
// witness and no output may depend on the process.
func hash(s string) uint64 {
	h := uint64(len(s)) ^ seed[0]
	for len(s) >= 8 {
		h = mix(h, word(s))
		s = s[8:]
	}
	var last uint64
	for i := range len(s) {
		last = last<<8 | uint64(s[i])
	}
	return mix(h, last)
}

// seed is secret: with h and w known, mix is easy to turn round.
var seed = [3]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64()}

// mix adds a word to a hash.
func mix(h, w uint64) uint64 {
	hi, lo := bits.Mul64(h^seed[1], w^seed[2])
	return hi ^ lo
}

// word returns the first 8 bytes of s.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
