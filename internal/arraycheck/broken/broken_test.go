package broken_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/arraycheck/broken"
)

// TestZero: nothing is no array.
func TestZero(t *testing.T) {
	_, ok := broken.Make(nil)
	require.False(t, ok)
}

// TestArrays: each array has a name of its own, a reason and its rows, and some
// of each kind can be made by Arrow.
func TestArrays(t *testing.T) {
	names := map[string]bool{}
	made := 0
	for _, b := range broken.Arrays() {
		require.False(t, names[b.Name], b.Name)
		names[b.Name] = true
		require.NotEmpty(t, b.Reason, b.Name)
		require.Equal(t, broken.Rows, b.Data.Len(), b.Name)
		if _, ok := broken.Make(b.Data); ok {
			made++
		}
	}
	require.Greater(t, made, 80)
}
