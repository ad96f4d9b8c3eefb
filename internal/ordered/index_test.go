package ordered

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

type thing struct{ name string }

// Key implements [Keyed].
func (t *thing) Key() string { return t.name }

// TestIndex compares an index with a map that is sorted for every question.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var x Index[*thing]
	oracle := make(map[string]*thing)
	check := func() {
		keys := slices.Sorted(maps.Keys(oracle))
		require.Equal(t, len(keys), x.Len())
		from := fmt.Sprint(r.IntN(3000))
		i, found := slices.BinarySearch(keys, from)
		require.Equal(t, found, x.Has(from))
		n := 0
		for u := range x.From(from) {
			require.Equal(t, keys[i+n], u.name)
			require.Same(t, oracle[u.name], u)
			if n++; n == 300 {
				break
			}
		}
		require.Equal(t, min(300, len(keys)-i), n)
	}
	for step := range 20_000 {
		u := &thing{name: fmt.Sprint(r.IntN(3000))}
		// It grows, shrinks to nothing, and grows again.
		if phase := step / 5000; phase%2 == 0 || r.IntN(10) == 0 {
			x.Put(u)
			oracle[u.name] = u
		} else {
			x.Remove(u.name)
			delete(oracle, u.name)
		}
		if step%50 == 0 {
			check()
		}
	}
	for _, c := range x.chunks {
		require.NotEmpty(t, c)
		require.LessOrEqual(t, len(c), chunkSize)
	}
	for key := range oracle {
		x.Remove(key)
		x.Remove(key)
	}
	require.Zero(t, x.Len())
	require.Empty(t, slices.Collect(x.All()))
	_, ok := x.Get("1")
	require.False(t, ok)

	// In order: chunks are full.
	for i := range 10_000 {
		x.Put(&thing{name: fmt.Sprintf("%05d", i)})
	}
	require.LessOrEqual(t, len(x.chunks), 10_000/(chunkSize-2)+1)
}
