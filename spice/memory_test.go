package spice

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

// peak is an allocator that remembers how much was taken at once.
type peak struct {
	memory.Allocator
	mu       sync.Mutex
	now, max int
}

func (p *peak) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now += n
	p.max = max(p.max, p.now)
}

func (p *peak) Allocate(n int) []byte { p.add(n); return p.Allocator.Allocate(n) }

func (p *peak) Free(b []byte) { p.add(-len(b)); p.Allocator.Free(b) }

func (p *peak) Reallocate(n int, b []byte) []byte {
	p.add(n - len(b))
	return p.Allocator.Reallocate(n, b)
}

// A dataset is read chunk by chunk: it may be larger than memory.
func TestMemory(t *testing.T) {
	w := newWorld(t)
	mem := &peak{Allocator: w.mem}
	w.opts.Allocator = mem
	w.open(w.store.disk)
	d, err := w.store.CreateDataset(context.Background(), DatasetInput{ID: "big", ImportMode: SPICE})
	require.NoError(t, err)
	src, err := tenants{200_000}.Records(context.Background())
	require.NoError(t, err)
	require.True(t, src.Next())
	_, err = d.Refresh(context.Background(), same{src.Record()}, RefreshFull)
	require.NoError(t, err)
	mem.max = 0
	rows, bytes := int64(0), 0
	for rec, err := range d.Records(context.Background(), user("anna")) {
		require.NoError(t, err)
		rows += rec.NumRows()
		for _, c := range rec.Columns() {
			for _, b := range c.Data().Buffers() {
				if b != nil {
					bytes += b.Len()
				}
			}
		}
	}
	require.Equal(t, int64(200_000), rows)
	require.Less(t, mem.max, bytes/8, "a few of 49 chunks at once")
}

// A stream that is open keeps its version, however often it is replaced, and
// the files of that version go with it.
func TestPinned(t *testing.T) {
	w := newWorld(t)
	rows := table{{"id"}}
	for i := range 20_000 {
		rows = append(rows, []string{fmt.Sprint("old", i)})
	}
	d := w.create("big", rows)
	n := 0
	for rec, err := range d.Records(context.Background(), user("anna")) {
		require.NoError(t, err)
		if n == 0 {
			for range 2 {
				_, err := d.Refresh(context.Background(), table{{"id"}, {"new"}}, RefreshFull)
				require.NoError(t, err)
			}
			require.Equal(t, []string{"new"}, see(t, d, user("anna")))
			require.Len(t, segmentFiles(t, d), 6, "the version of now, and that of the stream")
		}
		for i := range int(rec.NumRows()) {
			require.True(t, strings.HasPrefix(rec.Column(0).ValueStr(i), "old"))
		}
		n += int(rec.NumRows())
	}
	require.Equal(t, 20_000, n)
	require.Len(t, segmentFiles(t, d), 3)
}

// A reader that leaves early, or panics, leaves nothing behind.
func TestLeavingEarly(t *testing.T) {
	w := newWorld(t)
	rows := table{{"id"}}
	for i := range 20_000 {
		rows = append(rows, []string{fmt.Sprint(i)})
	}
	d := w.create("big", rows)
	for range d.Records(context.Background(), user("anna")) {
		break
	}
	require.Panics(t, func() {
		for range d.Records(context.Background(), user("anna")) {
			panic("the body of the loop")
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	for _, err := range d.Records(ctx, user("anna")) {
		if n++; n == 1 {
			require.NoError(t, err)
			cancel()
			continue
		}
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Equal(t, 2, n)
	require.Empty(t, pinned(d))
}

// pinned returns the segments that reads still use.
func pinned(d *Dataset) (n []uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for v, s := range d.segments {
		if s.refs > 0 {
			n = append(n, v)
		}
	}
	return n
}
