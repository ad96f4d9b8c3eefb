package predicate

import "slices"

// Bounds is what is known, without looking at the rows, of the text that a set
// of rows holds in one column: the rows of a file, of a row group, of a
// partition. Statistics, dictionaries and bloom filters tell it.
//
// Whatever is set must be true of every row of the set, and may be as weak as
// the source is: Min and Max may be cut off or widened, Contains may say yes
// too often. The zero Bounds knows nothing, so a source that forgets a field
// costs time and hides no row.
type Bounds struct {
	// Min and Max enclose every text in the column that is not "", both
	// included, in the order of bytes. "" stands for no bound.
	Min, Max string
	// Blank says that the column is NULL or "" in every row.
	Blank bool
	// Contains reports whether a row may hold value, which is never "" and
	// lies between Min and Max. False must be certain. Nil says always yes.
	Contains func(value string) bool
}

// MayMatch reports whether a row of some set of rows may be in p, by what is
// known of the set's columns. False is certain: [Predicate.Match] is false for
// every row, and the rows need not be read. True promises nothing; the rows
// must still be filtered. (NULL and "" are in no set, S2.)
//
// bounds is asked for columns that p looks at, some more than once, and
// returns the zero Bounds for one it knows nothing of. Contains is called in
// increasing order of values until it first says yes, for p's values between
// the bounds and no others.
func (p Predicate) MayMatch(bounds func(column string) Bounds) bool {
	switch p.Op() {
	case OpAll:
		return true
	case OpIn:
		return bounds(p.n.column).mayHold(p.n.values)
	case OpHasValue:
		return !bounds(p.n.column).Blank
	case OpAnd:
		// Each operand may be matched by another row: that the columns together
		// rule all rows out is not seen.
		return !slices.ContainsFunc(p.n.args, func(q Predicate) bool { return !q.MayMatch(bounds) })
	case OpOr:
		return slices.ContainsFunc(p.n.args, func(q Predicate) bool { return q.MayMatch(bounds) })
	default:
		return false
	}
}

// mayHold reports whether a row may hold one of values, which are increasing.
func (b Bounds) mayHold(values []string) bool {
	if b.Blank {
		return false
	}
	first, _ := slices.BinarySearch(values, b.Min)
	values = values[first:]
	if b.Max != "" {
		n, found := slices.BinarySearch(values, b.Max)
		if found {
			n++
		}
		values = values[:n]
	}
	if b.Contains == nil {
		return len(values) > 0
	}
	return slices.ContainsFunc(values, b.Contains)
}
