package parquet_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// TestBitLevels: levels of one bit are the same as by the code for any width, and so are the errors
// of levels that are damaged.
func TestBitLevels(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 30))
	right, wrong := 0, 0
	for range 20_000 {
		var b []byte
		n := int64(0)
		for range 1 + r.IntN(6) {
			if r.IntN(2) == 0 {
				times := 1 + r.Int64N(200)
				b = append(binary.AppendUvarint(b, uint64(times)<<1), byte(r.IntN(2)))
				n += times
				continue
			}
			groups := 1 + r.IntN(20)
			b = binary.AppendUvarint(b, uint64(groups)<<1|1)
			for range groups {
				b = append(b, byte(r.Uint32()))
			}
			n += int64(8 * groups)
		}
		n -= r.Int64N(min(n, 8)) // of the last group; too few for a run
		if r.IntN(3) == 0 {
			switch r.IntN(4) {
			case 0:
				b = b[:r.IntN(len(b))]
			case 1:
				b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			case 2:
				b = append(b, 0)
			case 3:
				n += 1 + r.Int64N(100)
			}
		}
		levels, ones, err := parquet.BitLevels(b, n)
		want, count, wantErr := parquet.WalkLevels(b, n)
		if wantErr != nil {
			require.EqualError(t, err, wantErr.Error())
			wrong++
			continue
		}
		require.NoError(t, err)
		require.Equal(t, count, ones)
		require.Equal(t, want, levels)
		right++
	}
	require.Greater(t, min(right, wrong), 1000)
}
