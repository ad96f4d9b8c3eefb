package randrules_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/internal/randrules"
)

func TestZero(t *testing.T) {
	require.False(t, randrules.File{}.Sees("al", randrules.Groups, randrules.Row{}))
}

// TestAgainstRules: the oracle and package rls were written apart and agree.
func TestAgainstRules(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	rows := randrules.Rows()
	seen, hidden := 0, 0
	for range 300 {
		f := randrules.New(rnd, 8)
		rs, err := f.Read()
		require.NoError(t, err)
		for _, v := range randrules.Viewers() {
			p, err := rs.For(namespace.Named(v[0], v[1:]...))
			require.NoError(t, err)
			row := rows[rnd.IntN(len(rows))]
			require.Equal(t, f.Sees(v[0], v[1:], row), p.Match(row.Value), "%s\n%q %v %s", f, v, row, p)
			if p.Match(row.Value) {
				seen++
			} else {
				hidden++
			}
		}
	}
	require.Greater(t, seen, 500)
	require.Greater(t, hidden, 500)
}
