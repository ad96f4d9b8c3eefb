package direct

import (
	"context"
	"sync"
)

// A ctxMutex is a mutex whose lock can be cancelled by a context. The zero value
// is unlocked.
type ctxMutex struct {
	once sync.Once
	c    chan struct{}
}

func (m *ctxMutex) channel() chan struct{} {
	m.once.Do(func() { m.c = make(chan struct{}, 1) })
	return m.c
}

func (m *ctxMutex) lock(ctx context.Context) error {
	select {
	case m.channel() <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (m *ctxMutex) unlock() { <-m.channel() }
