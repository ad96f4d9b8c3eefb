package batch

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTransposed(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 200 {
		d := new(draft)
		m := newBitMatrix(d, 1+rng.IntN(200), 1+rng.IntN(200))
		for i := range m.rows {
			for j := range m.columns {
				if rng.IntN(1+i%7) == 0 {
					m.row(i).set(j)
				}
			}
		}
		turned := m.transposed(d)
		require.Equal(t, m.rows, turned.columns)
		require.Equal(t, m.columns, turned.rows)
		for j := range m.columns {
			want := newBitset(m.rows)
			for i := range m.rows {
				if m.row(i).has(j) {
					want.set(i)
				}
			}
			require.Equal(t, want, turned.row(j), "%d × %d, column %d", m.rows, m.columns, j)
		}
	}
}
