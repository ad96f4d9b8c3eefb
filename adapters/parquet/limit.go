package parquet

import (
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A limit is the allocator the library decodes with. An allocator can only
// refuse by a panic; guard turns it into an error. That needs the panic to be
// on our goroutine, so while the library runs one of its own (see open), the
// limit is soft: it hands out memory, which is bounded then, and remembers.
//
// What counts is the growth since begin, not the total: batches a caller keeps
// are the caller's. The count is atomic because buffers are released by callers
// on any goroutine and by finalizers of the library.
type limit struct {
	mem  memory.Allocator
	max  int64
	used atomic.Int64
	soft atomic.Bool
	hit  atomic.Bool
}

func newLimit(mem memory.Allocator, max int64) *limit { return &limit{mem: mem, max: max} }

// begin starts the count anew.
func (l *limit) begin() { l.used.Store(0); l.hit.Store(false) }

// exceeded reports whether a soft limit was passed.
func (l *limit) exceeded() error {
	if l.hit.Load() {
		return tooLarge("over %d bytes", l.max)
	}
	return nil
}

func (l *limit) grow(n int) {
	if l.used.Add(int64(n)) > l.max {
		l.hit.Store(true)
		if !l.soft.Load() {
			panic(tooLarge("over %d bytes for one record", l.max))
		}
	}
}

func (l *limit) Allocate(size int) []byte {
	if size < 0 {
		panic(corrupt("a buffer of %d bytes", size))
	}
	l.grow(size)
	return l.mem.Allocate(size)
}

func (l *limit) Reallocate(size int, b []byte) []byte {
	if size < 0 {
		panic(corrupt("a buffer of %d bytes", size))
	}
	l.grow(size - len(b))
	return l.mem.Reallocate(size, b)
}

func (l *limit) Free(b []byte) {
	l.used.Add(-int64(len(b)))
	l.mem.Free(b)
}
