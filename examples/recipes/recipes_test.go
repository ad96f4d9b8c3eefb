// Package recipes has programs to copy; see README.md.
package recipes

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSize: a recipe fits on a screen or two, is tested, and is listed.
func TestSize(t *testing.T) {
	programs, err := filepath.Glob("*/main.go")
	require.NoError(t, err)
	require.NotEmpty(t, programs)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, name := range programs {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Less(t, bytes.Count(text, []byte("\n")), 80, name)
		require.FileExists(t, filepath.Join(filepath.Dir(name), "main_test.go"))
		require.Contains(t, string(readme), "]("+filepath.Dir(name)+")")
	}
}
