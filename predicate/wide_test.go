package predicate

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWide builds boxes of very many columns, in several orders, with and without
// a column that comes twice. It does not end if each condition is inserted among
// all others.
func TestWide(t *testing.T) {
	for _, n := range []int{fewAtoms - 1, fewAtoms, fewAtoms + 1, 100, 200_000} {
		column := func(i int) string { return fmt.Sprintf("c%06d", i) }
		atoms := make([]Predicate, n)
		for i := range atoms {
			atoms[i] = In(column(i), "x", "y")
		}
		want := And(atoms[0], atoms[1:]...)
		require.Equal(t, n, want.Len())
		for i, name := range want.Columns() {
			require.Equal(t, column(i), name)
		}
		reversed, shuffled := make([]Predicate, n), make([]Predicate, n)
		for i, k := range rand.Perm(n) {
			reversed[i], shuffled[i] = atoms[n-1-i], atoms[k]
		}
		for _, order := range [][]Predicate{reversed, shuffled} {
			got := And(order[0], order[1:]...)
			require.True(t, want.Equal(got))
			twice := And(got, In(column(n/2), "x", "z"), HasValue(column(n/3)))
			require.Equal(t, n, twice.Len())
			require.True(t, twice.Match(func(string) (string, bool) { return "x", true }))
			require.False(t, twice.Match(func(string) (string, bool) { return "y", true }), "y is not in both lists")
			require.True(t, And(order[0], append(order[1:], In(column(n/2), "x", "z"))...).Equal(twice))
		}
	}
}
