package ordered

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestZero: the zero Index is empty, and takes things.
func TestZero(t *testing.T) {
	var x Index[*thing]
	require.Zero(t, x.Len())
	require.False(t, x.Has(""))
	require.Empty(t, slices.Collect(x.All()))
	x.Remove("a")
	x.Put(&thing{"a"})
	require.Equal(t, 1, x.Len())
}
