package arrow18

import "sync/atomic"

// releases are references of one conversion.
type releases []interface{ Release() }

func (r *releases) release() {
	for _, one := range *r {
		one.Release()
	}
}

// A loan is the allocator of a buffer whose bytes belong to the other Arrow
// version. Buffers call Free with their last Release; the loan then releases
// its one reference of the owner. The allocator interfaces of both versions
// have the same three methods, so one type serves both directions.
type loan struct {
	owner interface{ Release() } // a *memory.Buffer of the other version
	ended atomic.Bool
}

// Free ends the loan, once: a buffer resized to 0 frees its bytes and frees
// them again when it is released.
func (l *loan) Free([]byte) {
	if !l.ended.Swap(true) {
		l.owner.Release()
	}
}

// Allocate is only called when somebody resizes a borrowed buffer, which Arrow
// does not do to the buffers of an array.
func (l *loan) Allocate(size int) []byte { return make([]byte, size) }

// Reallocate copies, so that a resize does not write into the owner's bytes.
func (l *loan) Reallocate(size int, b []byte) []byte {
	grown := make([]byte, size)
	copy(grown, b)
	return grown
}
