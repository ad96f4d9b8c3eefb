package batch

import (
	"math/bits"
	"sync"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A Pool is an allocator that reuses freed memory without clearing it. A text
// of a released record may then become a text of another record, perhaps of
// another viewer. Clone every string that you keep, and read no record after
// its release. A filter uses a Pool only if you set it as [Options.Allocator].
//
// A stream that releases each record before the next one then reuses a few
// buffers, which saves clearing and collecting new ones.
//
// A Pool is safe for concurrent use. The zero Pool is ready and keeps up to 256
// MiB.
type Pool struct {
	// MaxBytes limits the memory that the Pool keeps; 0 is 256 MiB. Do not
	// change it while the Pool is in use.
	MaxBytes int

	mu   sync.Mutex
	free [poolClasses][][]byte // by size: 64 bytes, 128 bytes, …
	kept int
}

const (
	poolClasses = 25 // the largest is 1 GiB
	poolLeast   = 6  // the smallest is 1 << poolLeast bytes
	poolDefault = 256 << 20
)

// class returns the index of the smallest class that holds size bytes.
func class(size int) int { return max(bits.Len(uint(size-1))-poolLeast, 0) }

// Allocate returns size bytes that start at a multiple of 64. What they hold is
// undefined.
func (p *Pool) Allocate(size int) []byte {
	if size <= 0 {
		return nil
	}
	k := class(size)
	if k >= poolClasses {
		return memory.NewGoAllocator().Allocate(size)
	}
	p.mu.Lock()
	if n := len(p.free[k]); n > 0 {
		b := p.free[k][n-1]
		p.free[k][n-1] = nil
		p.free[k] = p.free[k][:n-1]
		p.kept -= cap(b)
		p.mu.Unlock()
		return b[:size]
	}
	p.mu.Unlock()
	whole := 1 << (k + poolLeast)
	return memory.NewGoAllocator().Allocate(whole)[:size:whole]
}

// Reallocate returns size bytes that begin with those of b, and frees b if they
// are not b itself.
func (p *Pool) Reallocate(size int, b []byte) []byte {
	if 0 < size && size <= cap(b) {
		return b[:size]
	}
	grown := p.Allocate(size)
	copy(grown, b)
	p.Free(b)
	return grown
}

// Free keeps b for a later Allocate. If the Pool is full, or b did not come
// from a Pool, it leaves b to the garbage collector.
func (p *Pool) Free(b []byte) {
	size := cap(b)
	if size < 1<<poolLeast || size&(size-1) != 0 || class(size) >= poolClasses {
		return
	}
	limit := p.MaxBytes
	if limit == 0 {
		limit = poolDefault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept+size <= limit {
		k := class(size)
		p.free[k] = append(p.free[k], b[:size])
		p.kept += size
	}
}
