package predicate

import "slices"

// Bounds describes the text of one column in a set of rows, such as a file, a
// row group or a partition. It comes from statistics, dictionaries or bloom
// filters.
//
// Each field must be true of every row of the set, but may be imprecise: Min
// and Max may be truncated or widened, and Contains may return true too often.
// The zero Bounds means that nothing is known. A missing field costs time and
// hides no row.
type Bounds struct {
	// Min and Max are bounds of every text in the column that is not "", in
	// byte order, both inclusive. "" means no bound.
	Min, Max string
	// Blank says that the column is NULL or "" in every row.
	Blank bool
	// Contains reports whether a row may contain value, which is never "" and
	// lies between Min and Max. False must be certain. Nil means that any value
	// is possible.
	Contains func(value string) bool
}

// MayMatch reports whether a row of a set of rows may be in p, according to the
// bounds of its columns. False is certain: [Predicate.Match] is false for every
// row, so the rows need not be read. After true, the rows must still be
// filtered. (NULL and "" are in no set, S2.)
//
// bounds is called for the columns of p, for some more than once. It returns
// the zero Bounds for an unknown column. Contains is called in increasing order
// with the values of p between the bounds, until it returns true.
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
