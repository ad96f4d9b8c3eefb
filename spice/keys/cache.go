package keys

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"
)

// MaxTTL is the longest time for which a cache keeps a data key (K3).
const MaxTTL = 15 * time.Minute

// A Cache is a key service that caches unwrapped data keys for a fixed time
// after they were unwrapped. Within that time, a disabled key still opens its
// datasets. It is safe for concurrent use. The zero Cache refuses everything.
type Cache struct {
	keys Keys
	ttl  time.Duration

	mu      sync.Mutex
	closed  bool
	entries map[[sha256.Size]byte]*cached
}

// A cached data key.
type cached struct {
	plain []byte
	at    time.Time
	wipe  *time.Timer
}

// NewCache returns k with a cache. With a ttl of 0 it caches nothing, so
// disabling a key takes effect at once. A ttl below 0 or above [MaxTTL] is an
// error.
func NewCache(k Keys, ttl time.Duration) (*Cache, error) {
	if ttl < 0 || ttl > MaxTTL {
		return nil, fmt.Errorf("ttl %v: %w", ttl, ErrTTL)
	}
	return &Cache{keys: k, ttl: ttl, entries: make(map[[sha256.Size]byte]*cached)}, nil
}

// GenerateDataKey implements [Keys]. It does not cache new keys.
func (c *Cache) GenerateDataKey(ctx context.Context, keyARN string, ec Context) (DataKey, error) {
	if c == nil || c.keys == nil {
		return DataKey{}, &Error{"GenerateDataKey", keyARN, ErrClosed}
	}
	return c.keys.GenerateDataKey(ctx, keyARN, ec)
}

// Decrypt implements [Keys].
func (c *Cache) Decrypt(ctx context.Context, keyARN string, wrapped []byte, ec Context) ([]byte, error) {
	if c == nil || c.keys == nil {
		return nil, &Error{"Decrypt", keyARN, ErrClosed}
	}
	if err := ctx.Err(); err != nil {
		return nil, &Error{"Decrypt", keyARN, err}
	}
	name := sha256.Sum256(ec.appendTo(appendText(appendText(nil, keyARN), string(wrapped))))
	if plain := c.get(name); plain != nil {
		return plain, nil
	}
	at := time.Now() // before the key service says yes, so that its yes is never older than ttl
	plain, err := c.keys.Decrypt(ctx, keyARN, wrapped, ec)
	if err == nil {
		c.put(name, plain, at)
	}
	return plain, err
}

// CreateGrant implements [Granter] if the key service does.
func (c *Cache) CreateGrant(ctx context.Context, keyARN string, ec Context) (string, error) {
	if c == nil || c.keys == nil {
		return "", &Error{"CreateGrant", keyARN, ErrClosed}
	}
	if g, ok := c.keys.(Granter); ok {
		return g.CreateGrant(ctx, keyARN, ec)
	}
	return newGrantID(), nil
}

// RetireGrant implements [Granter] if the key service does.
func (c *Cache) RetireGrant(ctx context.Context, keyARN, id string, ec Context) error {
	if c == nil || c.keys == nil {
		return &Error{"RetireGrant", keyARN, ErrClosed}
	}
	if g, ok := c.keys.(Granter); ok {
		return g.RetireGrant(ctx, keyARN, id, ec)
	}
	return nil
}

// get returns a copy of a key that is fresh, or nil.
func (c *Cache) get(name [sha256.Size]byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[name]
	if e == nil || !fresh(e.at, time.Now(), c.ttl) {
		return nil
	}
	return bytes.Clone(e.plain)
}

// fresh reports whether less than ttl has passed by both clocks: one of them
// stands still while a machine sleeps, and the other can be set back.
func fresh(at, now time.Time, ttl time.Duration) bool {
	wall := now.Round(0).Sub(at.Round(0))
	return wall >= 0 && wall < ttl && now.Sub(at) < ttl
}

func (c *Cache) put(name [sha256.Size]byte, plain []byte, at time.Time) {
	if c.ttl == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	if old := c.entries[name]; old != nil {
		old.wipe.Stop()
		clear(old.plain)
	}
	e := &cached{plain: bytes.Clone(plain), at: at}
	e.wipe = time.AfterFunc(c.ttl, func() { c.drop(name, e) })
	c.entries[name] = e
}

// drop wipes an entry whose time is over.
func (c *Cache) drop(name [sha256.Size]byte, e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(e.plain)
	if c.entries[name] == e {
		delete(c.entries, name)
	}
}

// Flush wipes all cached keys.
func (c *Cache) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.entries {
		e.wipe.Stop()
		clear(e.plain)
	}
	clear(c.entries)
}

// Close wipes all cached keys and stops caching. The key service stays open.
func (c *Cache) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.Flush()
	return nil
}
