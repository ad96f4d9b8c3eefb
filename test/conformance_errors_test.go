package test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/corpus"
)

// TestErrorKinds: no word of the list is out of use, and others find it in the
// description of the corpus and in its schema.
func TestErrorKinds(t *testing.T) {
	folder := filepath.Join("testdata", "conformance")
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	require.NoError(t, err)
	schema, err := os.ReadFile(filepath.Join("schemas", "conformance.schema.json"))
	require.NoError(t, err)
	used := make(map[string]bool)
	for _, c := range corpus.Load(t) {
		used[c.Error] = true
	}
	for _, kind := range corpus.Words() {
		require.True(t, used[kind], "no case has the error %q", kind)
		require.Contains(t, string(readme), kind)
		require.Contains(t, string(schema), strconv.Quote(kind))
	}
}
