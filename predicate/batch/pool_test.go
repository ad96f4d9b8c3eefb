package batch

import (
	"sync"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

func TestPool(t *testing.T) {
	var p Pool
	require.Nil(t, p.Allocate(0))
	for _, size := range []int{1, 63, 64, 65, 1000, 1 << 20} {
		b := p.Allocate(size)
		require.Len(t, b, size)
		require.Zero(t, uintptr(unsafe.Pointer(&b[0]))%64, "%d bytes", size)
		p.Free(b)
		again := p.Allocate(size)
		require.Same(t, &b[0], &again[0], "freed memory comes back")
		other := p.Allocate(size)
		require.NotSame(t, &b[0], &other[0], "but only once")
	}
	b := p.Allocate(10)
	copy(b, "0123456789")
	same := p.Reallocate(60, b)
	require.Same(t, &b[0], &same[0], "there was room")
	grown := p.Reallocate(1000, same)
	require.Equal(t, "0123456789", string(grown[:10]))
	require.Len(t, p.Reallocate(5, grown), 5)

	small := Pool{MaxBytes: 100}
	small.Free(small.Allocate(64))
	small.Free(small.Allocate(128))
	small.Free(make([]byte, 100)) // not from a pool
	require.Equal(t, 64, small.kept)
	huge := p.Allocate(1<<30 + 1)
	require.Len(t, huge, 1<<30+1)
	p.Free(huge)
}

// TestPoolOfFilter filters with a pool from several goroutines, and compares
// with what a checked allocator gives.
func TestPoolOfFilter(t *testing.T) {
	table := randomTable(newRand(31), 5000, hostile)
	rec := table.record(memory.DefaultAllocator, textLayouts()[:3], 1, 1)
	p := randomPredicate(newRand(32), table.names, hostile, 2)
	plain, err := Bind(p, rec.Schema(), nil)
	require.NoError(t, err)
	want, err := plain.Apply(rec)
	require.NoError(t, err)
	pooled, err := Bind(p, rec.Schema(), &Options{Allocator: new(Pool)})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				got, err := pooled.Apply(rec)
				if err != nil || got.NumRows() != want.NumRows() {
					t.Errorf("%v: %v", got, err)
					return
				}
				for i := range int(want.NumCols()) {
					for row := range int(want.NumRows()) {
						a, aok := textAt(want.Column(i), row)
						b, bok := textAt(got.Column(i), row)
						if a != b || aok != bok {
							t.Errorf("column %d, row %d: %q, want %q", i, row, b, a)
							return
						}
					}
				}
				got.Release()
			}
		})
	}
	wg.Wait()
}
