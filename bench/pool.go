package main

import (
	"math/bits"
	"sync"
)

// A pool is an Arrow allocator that hands out again what was released: what a
// program does that reads a stream and drops each record before the next. Like
// malloc, and unlike Go, it does not zero what it hands out again.
type pool struct {
	mu   sync.Mutex
	free [48][][]byte // by the power of two of their capacity
}

func newPool() *pool { return &pool{} }

// Allocate returns size bytes, aligned to 64.
func (p *pool) Allocate(size int) []byte {
	class := bits.Len(uint(max(size, 64) - 1))
	p.mu.Lock()
	defer p.mu.Unlock()
	if list := p.free[class]; len(list) > 0 {
		b := list[len(list)-1]
		p.free[class] = list[:len(list)-1]
		return b[:size]
	}
	// Go aligns blocks of a power of two from 64 bytes on to 64.
	return make([]byte, size, 1<<class)
}

// Reallocate returns b with another size.
func (p *pool) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	grown := p.Allocate(size)
	copy(grown, b)
	p.Free(b)
	return grown
}

// Free takes b back.
func (p *pool) Free(b []byte) {
	class := bits.Len(uint(cap(b))) - 1
	if cap(b) < 64 || cap(b) != 1<<class {
		return // not from Allocate
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free[class] = append(p.free[class], b[:0])
}
