package arraycheck

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	v15 "github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

// TestOffsets compares the check of offsets with sorting them, for offsets that
// are near each other, near the ends of their type, negative and in disorder.
func TestOffsets(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	edges := []int32{math.MinInt32, math.MinInt32 + 1, -1, 0, 1, 2, math.MaxInt32 - 1, math.MaxInt32}
	refused := 0
	for range 20_000 {
		n := rng.IntN(24)
		offsets := make([]int32, n+1)
		for i := range offsets {
			offsets[i] = edges[3+rng.IntN(len(edges)-3)]
		}
		slices.Sort(offsets)
		for range rng.IntN(3) { // somewhere inside, since Shape checks the ends
			if n > 1 {
				offsets[1+rng.IntN(n-1)] = edges[rng.IntN(len(edges))]
			}
		}
		from := rng.IntN(n + 1)
		wide := make([]int64, len(offsets))
		for i, o := range offsets {
			wide[i] = int64(o)
		}
		sorted := slices.IsSorted(offsets[from:])
		for dt, buf := range map[v15.DataType][]byte{
			v15.BinaryTypes.Binary:      v15.Int32Traits.CastToBytes(offsets),
			v15.BinaryTypes.LargeBinary: v15.Int64Traits.CastToBytes(wide),
		} {
			d := array.NewData(dt, n-from, []*memory.Buffer{nil, memory.NewBufferBytes(buf), nil}, nil, 0, from)
			_, err := checkElements(d, dt)
			switch {
			case offsets[from] < 0: // Shape refuses it
			case sorted:
				require.NoError(t, err, "%v from %d", offsets, from)
			default:
				refused++
				require.ErrorIs(t, err, ErrMalformed, "%v from %d", offsets, from)
			}
		}
	}
	require.Greater(t, refused, 1000)
}
