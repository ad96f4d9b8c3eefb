package wordset

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	require.False(t, Set(nil).Has(0))
	require.Zero(t, Set(nil).Len())
	require.Empty(t, slices.Collect(New(100).All()))
	require.Zero(t, Full(0).Len())
}

// TestSet compares sets with maps.
func TestSet(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 63, 64, 65, 200} {
		require.Equal(t, n, Full(n).Len())
		require.False(t, Full(n).Has(n))
		random := func() (Set, map[int]bool) {
			s, m := New(n), make(map[int]bool)
			for range n / 2 {
				i := rng.IntN(n)
				s.Set(uint32(i))
				m[i] = true
			}
			return s, m
		}
		for range 20 {
			s, m := random()
			o, p := random()
			same := func(s Set, keep func(i int) bool) {
				var want []int
				for i := range n {
					require.Equal(t, keep(i), s.Has(i))
					if keep(i) {
						want = append(want, i)
					}
				}
				require.Equal(t, want, slices.Collect(s.All()))
				require.Equal(t, len(want), s.Len())
			}
			added, kept, dropped := slices.Clone(s), slices.Clone(s), slices.Clone(s)
			added.Add(o)
			same(added, func(i int) bool { return m[i] || p[i] })
			kept.Keep(o)
			same(kept, func(i int) bool { return m[i] && p[i] })
			dropped.Drop(o)
			same(dropped, func(i int) bool { return m[i] && !p[i] })
			for i := range maps.Keys(m) {
				s.Unset(uint32(i))
			}
			require.Zero(t, s.Len())
		}
	}
	s := Full(130)
	s.Keep(Full(64))
	require.Equal(t, 64, s.Len(), "words that the other set lacks are empty")
}
