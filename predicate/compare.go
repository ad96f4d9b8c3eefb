package predicate

import (
	"cmp"
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
		if c := compareColumns(p, q); c != 0 { // an In and a HasValue
			return c
		}
		return cmp.Compare(p.n.op, q.n.op)
	case p.atom():
		if c := compareColumns(p, q); c != 0 {
			return c
		}
		// A sort of many rules spends its time here.
		a, b := p.n.values, q.n.values
		for i := range min(len(a), len(b)) {
			if c := strings.Compare(a[i], b[i]); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(a), len(b))
	default:
		a, b := p.n.args, q.n.args
		for i := range min(len(a), len(b)) {
			if c := compare(a[i], b[i]); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(a), len(b))
	}
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

// signature folds values into 64 bits, one a value. If a set is a subset of
// another, so are its bits; most pairs that are not subsets show it here
// without a look at the values.
func signature(values []string) uint64 {
	var sig uint64
	for _, v := range values {
		sig |= 1 << (hash(v) >> 58)
	}
	return sig
}

// hash is FNV-1a with a final mix: fixed, so that canonical forms do not
// depend on the process. Nothing but speed rests on it.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return (h ^ h>>32) * 0x9e3779b97f4a7c15
}
