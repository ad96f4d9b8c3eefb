package spicefile

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow/endian"
	"github.com/stretchr/testify/require"
)

// TestIndexCheck: buffers of another byte order would be read as other numbers.
func TestIndexCheck(t *testing.T) {
	native := endian.NativeEndian.String()
	other := map[string]string{"little": "big", "big": "little"}[native]
	chunks := []ChunkInfo{{Rows: 1}}
	require.NoError(t, index{[]string{"text a"}, native, chunks}.check())
	require.ErrorIs(t, index{[]string{"text a"}, other, chunks}.check(), ErrCorrupt)
	require.ErrorIs(t, index{[]string{"text a"}, "", chunks}.check(), ErrCorrupt)
	require.ErrorIs(t, index{nil, native, chunks}.check(), ErrCorrupt)
	require.ErrorIs(t, index{}.check(), ErrCorrupt)
}
