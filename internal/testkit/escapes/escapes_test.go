package escapes

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestZero: the lists are not empty, and no statement is there twice.
func TestZero(t *testing.T) {
	seen := make(map[string]bool)
	for _, text := range append(Refused(), Blind()...) {
		require.False(t, seen[text], text)
		seen[text] = true
	}
	require.Greater(t, len(Refused()), 60)
	require.Greater(t, len(Blind()), 10)
}
