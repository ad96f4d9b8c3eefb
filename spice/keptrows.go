package spice

import (
	"container/list"
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
)

// keptRows keeps columns of visible rows in memory, up to a number of bytes. The rows
// that were used least recently go first, unless a question uses them. A nil *keptRows
// keeps nothing.
//
// Like a kept answer, kept rows are no permission: each question decides anew which
// rows of which version its session sees, and finds rows only if they are just these.
type keptRows struct {
	most int64

	mu    sync.Mutex
	size  int64      // bytes of all parts, those that a question still uses included
	order *list.List // of *part, the one that was used last first
	byKey map[rowsKey]*part
}

// A rowsKey is what the rows of a part depend on: the rows that the rules admit, and a
// digest of the version of the dataset.
type rowsKey struct {
	rows    uint64 // hash of the predicate, which part.rows confirms
	version [sha256.Size]byte
}

// A part is the rows of one version that one predicate admits.
type part struct {
	key     rowsKey
	uid     string // of the dataset
	keyARN  string // that it is encrypted under
	rows    predicate.Predicate
	place   *list.Element // nil: it goes with its last use
	size    int64
	users   int
	filling chan struct{} // closed at the end of the question that reads what is missing; nil without one

	read    bool            // chunks are known
	chunks  []keptChunk     // replaced, never changed: questions use them without the lock
	columns map[string]bool // that each chunk has
	large   []string        // columns that were too large to keep, the last that were tried
}

// A keptChunk is the visible rows of one chunk.
type keptChunk struct {
	at      chunkAt
	rows    int64
	mask    *array.Boolean // of the visible rows of the chunk; nil if it has none
	columns map[string]arrow.Array
}

// A loan is the use of a part by one question.
type loan struct {
	part    *part
	chunks  []keptChunk // with all columns that the question needs, unless fills
	fills   bool        // the question reads what is missing
	missing []string    // columns
	added   int64       // bytes that are counted, and not yet part of the part
	arrays  []arrow.Array
}

func newKeptRows(most int64) *keptRows {
	if most <= 0 {
		return nil
	}
	return &keptRows{most: most, order: list.New(), byKey: make(map[rowsKey]*part)}
}

// borrow returns the use of the rows of a part that has a key: with all columns, or for a question that
// may fill to read those that are missing. While another question reads them, it waits.
// Without a loan nothing is kept. The caller gives the loan back.
func (k *keptRows) borrow(ctx context.Context, of part, columns []string, mayFill bool) (*loan, error) {
	for {
		l, wait := k.lend(of, columns, mayFill)
		if wait == nil {
			return l, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// lend returns a loan, or what to wait for, or neither.
func (k *keptRows) lend(of part, columns []string, mayFill bool) (*loan, <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.byKey[of.key]
	switch {
	case k.most == 0, p == nil && !mayFill, p != nil && !p.rows.Equal(of.rows):
		return nil, nil
	case p == nil:
		p = &of
		p.columns = make(map[string]bool)
		if !k.grow(p, predicateSize(of.rows)+512) {
			return nil, nil
		}
		k.byKey[of.key], p.place = p, k.order.PushFront(p)
	}
	l := &loan{part: p, chunks: p.chunks}
	for _, name := range columns {
		if !p.columns[name] {
			l.missing = append(l.missing, name)
		}
	}
	if !p.read || l.missing != nil {
		switch {
		case !mayFill:
			return nil, nil
		case p.filling != nil:
			return nil, p.filling
		case p.large != nil && !slices.ContainsFunc(p.large, func(name string) bool { return !slices.Contains(l.missing, name) }):
			return nil, nil // it does not fit
		}
		l.fills, p.filling = true, make(chan struct{})
	}
	p.users++
	k.order.MoveToFront(p.place)
	return l, nil
}

// add counts the bytes of arrays that a question has read. It reports false if they are
// too many to be kept.
func (k *keptRows) add(l *loan, arrays []arrow.Array) bool {
	n := int64(128)
	for _, a := range arrays {
		n += arraySize(a)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	l.arrays = append(l.arrays, arrays...)
	if k.most == 0 || !k.grow(l.part, n) {
		return false
	}
	l.added += n
	return true
}

// grow makes room for n more bytes of a part, which may take a quarter of all.
func (k *keptRows) grow(p *part, n int64) bool {
	if p.size+n > k.most/4 {
		return false
	}
	for e := k.order.Back(); k.size+n > k.most; {
		if e == nil {
			return false
		}
		last := e.Value.(*part)
		e = e.Prev()
		if last.users == 0 && last != p {
			k.drop(last)
		}
	}
	k.size, p.size = k.size+n, p.size+n
	return true
}

// filled ends the reading of a loan that fills. Complete chunks are kept.
func (k *keptRows) filled(l *loan, chunks []keptChunk, complete bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := l.part
	l.chunks = chunks
	close(p.filling)
	p.filling = nil
	if !complete {
		return
	}
	p.read, p.chunks, p.large = true, chunks, nil
	for _, name := range l.missing {
		p.columns[name] = true
	}
	l.added, l.arrays = 0, nil
}

// tooLarge notes that the columns of a loan do not fit.
func (k *keptRows) tooLarge(l *loan) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l.part.size+l.part.size/8 > k.most/4 { // and not that others left no room
		l.part.large = l.missing
	}
}

// giveBack ends a loan.
func (k *keptRows) giveBack(l *loan) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, a := range l.arrays {
		a.Release()
	}
	p := l.part
	p.size, k.size = p.size-l.added, k.size-l.added
	if p.users--; p.users == 0 && p.place == nil {
		k.free(p)
	}
}

// drop lets go of a part, at once or with its last use.
func (k *keptRows) drop(p *part) {
	k.order.Remove(p.place)
	delete(k.byKey, p.key)
	if p.place = nil; p.users == 0 {
		k.free(p)
	}
}

func (k *keptRows) free(p *part) {
	for _, c := range p.chunks {
		if c.mask != nil {
			c.mask.Release()
		}
		for _, a := range c.columns {
			a.Release()
		}
	}
	k.size -= p.size
}

// forget lets go of the parts that match.
func (k *keptRows) forget(match func(*part) bool) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range slices.Collect(maps.Values(k.byKey)) {
		if match(p) {
			k.drop(p)
		}
	}
}

// forgetDataset lets go of the rows of a dataset, except those of the version of a
// snapshot, which may be nil.
func (k *keptRows) forgetDataset(uid string, except *snapshot) {
	var version [sha256.Size]byte
	if k != nil && except != nil {
		version = versionOf(uid, except)
	}
	k.forget(func(p *part) bool { return p.uid == uid && p.key.version != version })
}

// forgetKey lets go of the rows of all datasets that are encrypted under a key.
func (k *keptRows) forgetKey(arn string) { k.forget(func(p *part) bool { return p.keyARN == arn }) }

// close lets go of all rows. A question that still runs keeps none.
func (k *keptRows) close() {
	if k == nil {
		return
	}
	k.mu.Lock()
	k.most = 0
	k.mu.Unlock()
	k.forget(func(*part) bool { return true })
}

// versionOf returns a digest of the rows of a dataset and of their columns.
func versionOf(uid string, snap *snapshot) [sha256.Size]byte {
	version := snap.version()
	return sha256.Sum256(append(version[:], uid...))
}

// arraySize returns the bytes of an array: whole buffers, and what an allocation has
// beside them.
func arraySize(arr arrow.Array) (n int64) {
	n = 256
	for _, b := range arr.Data().Buffers() {
		if b != nil {
			n += int64(b.Cap()+63)&^63 + 64
		}
	}
	if d, ok := arr.(*array.Dictionary); ok {
		n += arraySize(d.Dictionary())
	}
	return n
}
