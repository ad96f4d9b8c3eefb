package postings_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls/internal/postings"
)

func TestZero(t *testing.T) {
	require.Empty(t, postings.Lists[uint32]{}.Of(0))
	require.Empty(t, postings.New(0, 0, func(int32) (uint32, bool) { return 0, true }).Of(0))
}

func TestAgainstMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		keys, n := 1+rnd.IntN(9), rnd.IntN(40)
		of, skipped := make([]uint32, n), make([]bool, n)
		want := make(map[uint32][]int32)
		for i := range n {
			of[i], skipped[i] = uint32(rnd.IntN(keys)), rnd.IntN(4) == 0
			if !skipped[i] {
				want[of[i]] = append(want[of[i]], int32(i))
			}
		}
		lists := postings.New(keys, n, func(i int32) (uint32, bool) { return of[i], !skipped[i] })
		for k := range uint32(keys + 2) {
			require.ElementsMatch(t, want[k], lists.Of(k))
			require.IsIncreasing(t, append([]int32{-1}, lists.Of(k)...))
		}
	}
}
