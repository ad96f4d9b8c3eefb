package batch

import (
	"container/list"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate"
)

// A Cache shares filters between viewers who see the same rows: a million
// principals with a thousand different predicates need a thousand compilations.
//
// The key of a filter is the canonical form of the predicate, its restricted
// columns, and the fields of the schema, which are compared in full. Two
// principals cannot share a filter by accident (S6). Concurrent requests for
// one predicate compile it once. If the filters need more than MaxBytes, the
// least recently used are evicted; an evicted filter still works.
//
// A Cache is safe for concurrent use. The zero Cache is ready.
type Cache struct {
	// Options apply to every filter. Do not change them or MaxBytes after the
	// first use of the Cache.
	Options *Options
	// MaxBytes limits the memory of cached filters; 0 is 256 MiB.
	MaxBytes int64

	mu      sync.Mutex
	entries map[cacheKey][]*list.Element // of *cacheEntry; hashes may collide
	recent  list.List                    // the entry used last first
	stats   CacheStats
}

const cacheDefault = 256 << 20

// CacheStats are the counters of a Cache.
type CacheStats struct {
	Hits    int64 // filters found
	Misses  int64 // filters compiled, including failed attempts
	Evicted int64 // filters evicted
	Filters int   // filters in the cache
	Bytes   int64 // their memory
}

// HitRatio returns the share of requests whose filter was in the cache, or 0
// before the first request.
func (s CacheStats) HitRatio() float64 {
	if s.Hits+s.Misses == 0 {
		return 0
	}
	return float64(s.Hits) / float64(s.Hits+s.Misses)
}

type cacheKey struct {
	predicate uint64
	columns   int
}

type cacheEntry struct {
	key       cacheKey
	predicate predicate.Predicate
	schema    *arrow.Schema
	ready     chan struct{} // closed when filter or err is set
	filter    *Filter
	err       error
	bytes     int64
	gone      bool // removed, perhaps before it was ready
}

// Bind is [Bind] with the cache. Errors are not cached. The schema of a cached
// filter may be another object with the same fields.
func (c *Cache) Bind(p predicate.Predicate, schema *arrow.Schema) (*Filter, error) {
	f, _, err := c.BindCached(p, schema)
	return f, err
}

// BindCached is [Cache.Bind], and also reports whether the filter was in the
// cache or being compiled by another goroutine.
func (c *Cache) BindCached(p predicate.Predicate, schema *arrow.Schema) (f *Filter, cached bool, err error) {
	if schema == nil {
		return nil, false, ErrSchema
	}
	e, found := c.find(p, schema)
	if found {
		<-e.ready
		if e.err == nil {
			c.settle(e) // it may remember more dictionaries than last time
		}
		return e.filter, true, e.err
	}
	func() {
		defer close(e.ready)
		e.err = errBind // should the compilation panic
		e.filter, e.err = Bind(p, schema, c.Options)
	}()
	c.settle(e)
	return e.filter, false, e.err
}

// find returns the entry of p and schema, and whether it was there.
func (c *Cache) find(p predicate.Predicate, schema *arrow.Schema) (*cacheEntry, bool) {
	key := cacheKey{p.Hash(), schema.NumFields()}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, at := range c.entries[key] {
		e := at.Value.(*cacheEntry)
		if e.predicate.Same(p) && sameFields(e.schema, schema) == nil {
			c.recent.MoveToFront(at)
			c.stats.Hits++
			return e, true
		}
	}
	if c.entries == nil {
		c.entries = make(map[cacheKey][]*list.Element)
	}
	e := &cacheEntry{key: key, predicate: p, schema: schema, ready: make(chan struct{})}
	c.entries[key] = append(c.entries[key], c.recent.PushFront(e))
	c.stats.Misses++
	c.stats.Filters++
	return e, false
}

// settle counts the memory of a filter and makes room for it; one that could
// not be compiled is taken out again.
func (c *Cache) settle(e *cacheEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case e.gone:
		return
	case e.err != nil:
		c.remove(e)
		return
	}
	size := e.filter.Size()
	c.stats.Bytes += size - e.bytes
	e.bytes = size
	limit := c.MaxBytes
	if limit == 0 {
		limit = cacheDefault
	}
	for c.stats.Bytes > limit && c.recent.Len() > 0 {
		c.remove(c.recent.Back().Value.(*cacheEntry))
		c.stats.Evicted++
	}
}

func (c *Cache) remove(e *cacheEntry) {
	e.gone = true
	same := c.entries[e.key]
	for i, at := range same {
		if at.Value == e {
			c.recent.Remove(at)
			same[i] = same[len(same)-1]
			same[len(same)-1] = nil
			c.entries[e.key] = same[:len(same)-1]
			c.stats.Filters--
			c.stats.Bytes -= e.bytes
		}
	}
	if len(c.entries[e.key]) == 0 {
		delete(c.entries, e.key)
	}
}

// Stats returns the current counters of c.
func (c *Cache) Stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
