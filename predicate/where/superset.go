package where

// A superset says how a dialect compares a column as the column itself is
// compared: a condition that holds wherever the exact one does, because every
// comparison finds a text equal to itself. It stands in front of the exact one,
// and the engine can answer it from an index, a zone map or a partition.
//
// Where the exact comparison is the plain one already, there is none.
type superset struct {
	on          bool
	left, right string              // around a value
	packed      bool                // also for a list that is one argument
	sends       func(v string) bool // whether the engine compares v as it is; nil is always
}

// longSuperset is from how many values on an engine reads a list of them faster
// without an index.
const longSuperset = 1000

// supersets reports whether the plain comparison goes in front of atom a in a
// form.
func (l *lowering) supersets(a int, f form) bool {
	s := &l.spec.superset
	switch {
	case !s.on || l.kinds[a] == MixedText || l.kinds[a] == UUID:
		return false
	case l.crowded && l.spec.scanned != "": // the engine plans long enough
		return false
	case f == packedValues && !s.packed, f > packedValues, f == someValues && len(l.values[a]) > longSuperset:
		return false
	case s.sends == nil:
		return true
	}
	for _, v := range l.values[a] {
		if !s.sends(v) {
			return false
		}
	}
	return true
}
