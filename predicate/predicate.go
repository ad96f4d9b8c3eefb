package predicate

import (
	"iter"
	"slices"
)

// A Predicate is an immutable set of rows, described by the text in their
// columns. The zero Predicate selects no row (S1).
//
// Predicates are small values: pass them by value, share them between
// goroutines, keep them as long as you like. They are always in canonical
// form, so equal ones print equal. Compare them with [Predicate.Equal], not
// with ==.
type Predicate struct{ n *node }

// node is shared by every copy of a Predicate and never written after it is
// built. Which fields are set follows from op.
type node struct {
	op     Op
	boxed  bool        // OpAnd: every operand is an OpIn or OpHasValue
	set    *columnSet  // what is restricted without a condition, of any op
	column string      // OpIn, OpHasValue
	values []string    // OpIn: increasing, at least one, never ""
	args   []Predicate // OpAnd, OpOr: at least two, in canonical order
	sig    uint64      // OpIn: one bit per value hash; a subset has a subset of the bits
	first  uint64      // OpIn: hash of the first value
	order  uint64      // OpIn: the first 8 bytes of the first value, to be compared as a number
	digest uint64      // of op and what it holds, but not of set: see Hash
}

var allNode = &node{op: OpAll, digest: uint64(OpAll)}

// Op returns the kind of p.
func (p Predicate) Op() Op {
	if p.n == nil {
		return OpNone
	}
	return p.n.op
}

// Args returns the operands of an [OpAnd] or [OpOr] in canonical order, and
// nothing for any other predicate. An operand of an OpAnd is never an OpAnd
// and an operand of an OpOr never an OpOr; none is OpNone or OpAll.
func (p Predicate) Args() iter.Seq[Predicate] { return slices.Values(p.args()) }

// Column returns the column an [OpIn] or [OpHasValue] tests, and "" for any
// other predicate.
func (p Predicate) Column() string {
	if p.n == nil {
		return ""
	}
	return p.n.column
}

// Values returns the values of an [OpIn] in increasing order of their bytes,
// each once, and nothing for any other predicate.
func (p Predicate) Values() iter.Seq[string] { return slices.Values(p.values()) }

// Len returns how many values an [OpIn] has, or how many operands an [OpAnd]
// or [OpOr]; 0 for any other predicate.
func (p Predicate) Len() int { return len(p.values()) + len(p.args()) }

// Columns returns the columns that p has conditions on, sorted, each once. A
// target must have the columns of [Predicate.Restricted].
func (p Predicate) Columns() []string {
	seen := perColumn[struct{}]{names: []string{}}
	p.columns(&seen)
	slices.Sort(seen.names)
	return seen.names
}

func (p Predicate) columns(seen *perColumn[struct{}]) {
	if p.atom() {
		seen.of(p.n.column)
	}
	for _, q := range p.args() {
		q.columns(seen)
	}
}

// Match reports whether a row is in p. value returns the text the row holds in
// a column; false stands for NULL. NULL and "" are in no set (S2).
//
// Match is the meaning of a Predicate: every faster form, on Arrow or in SQL,
// is tested against it.
func (p Predicate) Match(value func(column string) (string, bool)) bool {
	switch p.Op() {
	case OpAll:
		return true
	case OpIn:
		s, ok := value(p.n.column)
		if !ok || s == "" {
			return false
		}
		_, found := slices.BinarySearch(p.n.values, s)
		return found
	case OpHasValue:
		s, ok := value(p.n.column)
		return ok && s != ""
	case OpAnd:
		for _, q := range p.n.args {
			if !q.Match(value) {
				return false
			}
		}
		return true
	case OpOr:
		for _, q := range p.n.args {
			if q.Match(value) {
				return true
			}
		}
		return false
	default:
		return false
	}
}

// Equal reports whether p and q have the same canonical form. Equal predicates
// select the same rows. Some predicates that select the same rows have
// different canonical forms; to find these, call [Predicate.Implies] in both
// directions. Equal ignores restricted columns without a condition; see
// [Predicate.Same].
func (p Predicate) Equal(q Predicate) bool { return p.digest() == q.digest() && compare(p, q) == 0 }

// Hash returns a hash of p for look-ups. It is equal for predicates that are
// [Predicate.Same]; confirm a match with Same (S6). The hash differs in every
// process, so that an attacker cannot write rules with equal hashes. Do not
// store it.
func (p Predicate) Hash() uint64 {
	h := p.digest()
	for _, name := range p.unconditioned() {
		h = mix(h, hash(name))
	}
	return h
}

// digest is the hash of the rows of p alone.
func (p Predicate) digest() uint64 {
	if p.n == nil {
		return uint64(OpNone)
	}
	return p.n.digest
}

func (p Predicate) values() []string {
	if p.n == nil {
		return nil
	}
	return p.n.values
}

func (p Predicate) args() []Predicate {
	if p.n == nil {
		return nil
	}
	return p.n.args
}

// atom reports whether p tests one column and nothing else.
func (p Predicate) atom() bool { op := p.Op(); return op == OpIn || op == OpHasValue }

// box reports whether p is an atom or a conjunction of atoms.
func (p Predicate) box() bool { return p.atom() || p.n != nil && p.n.boxed }

// atoms returns the conditions of a box, one a column, by column name.
func (p Predicate) atoms() []Predicate {
	if p.atom() {
		return []Predicate{p}
	}
	return p.args()
}

// atomAt is atoms()[i].
func (p Predicate) atomAt(i int) Predicate {
	if p.atom() {
		return p
	}
	return p.n.args[i]
}
