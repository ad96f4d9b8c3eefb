package parquet

import "sync"

// A freeList keeps what no goroutine uses at the moment, such as buffers. A sync.Pool would
// lose it to the garbage collector, which runs often where memory is short.
type freeList[T any] struct {
	mu   sync.Mutex
	free []*T
}

// get returns one that is free, or a new one.
func (l *freeList[T]) get() *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.free)
	if n == 0 {
		return new(T)
	}
	t := l.free[n-1]
	l.free = l.free[:n-1]
	return t
}

// put gives one back.
func (l *freeList[T]) put(t *T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, t)
}
