package where

import "slices"

// A superset describes the plain comparison of a dialect, which uses the collation
// of the column. It is true wherever the exact comparison is, because every
// collation finds a text equal to itself. It is written before the exact one, and
// the engine can answer it from an index, a zone map or a partition.
//
// Dialects whose plain comparison is exact need none.
type superset struct {
	on          bool
	between     bool                // one value is a range: from an equality the engine would conclude too much
	left, right string              // around a value
	packed      bool                // also for a list that is one argument
	sends       func(v string) bool // reports whether the engine receives v unchanged; nil is always true
}

// longSuperset is the longest list with a plain comparison. Above it, engines are
// faster without the index.
const longSuperset = 1000

// supersets reports whether the plain comparison is written before the exact one
// of atom a in form f.
func (l *lowering) supersets(a int, f form) bool {
	s := &l.spec.superset
	switch {
	case !s.on || l.kinds[a] == MixedText || l.kinds[a] == UUID:
		return false
	case l.manyLists && l.spec.scanned != "": // a second comparison would double the time that the engine plans
		return false
	case f == packedValues && !s.packed, f > packedValues, f == someValues && len(l.values[a]) > longSuperset:
		return false
	}
	return s.sends == nil || !slices.ContainsFunc(l.values[a], func(v string) bool { return !s.sends(v) })
}
