package direct

import (
	"context"
	"sync"
)

// A turn is a lock that can be waited for as long as a context lasts. The zero
// turn is free.
type turn struct {
	once sync.Once
	c    chan struct{}
}

func (t *turn) channel() chan struct{} {
	t.once.Do(func() { t.c = make(chan struct{}, 1) })
	return t.c
}

func (t *turn) take(ctx context.Context) error {
	select {
	case t.channel() <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t *turn) give() { <-t.channel() }
