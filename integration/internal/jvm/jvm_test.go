package jvm_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/internal/jvm"
)

func TestFind(t *testing.T) {
	_, err := jvm.Find(1000, 1001)
	require.ErrorIs(t, err, jvm.ErrMissing)
	require.ErrorContains(t, err, "java 1000 to 1001")

	// A home is what its file says, not what its folder is called.
	home := filepath.Join(t.TempDir(), "java-17")
	require.NoError(t, os.MkdirAll(filepath.Join(home, "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(home, "bin", "java"), nil, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(home, "release"), []byte("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"1000.0.1\"\n"), 0o644))
	t.Setenv("JAVA_HOME", home)
	found, err := jvm.Find(1000, 1001)
	require.NoError(t, err)
	require.Equal(t, jvm.Java{Home: home, Version: 1000}, found)
	require.Equal(t, filepath.Join(home, "bin", "java"), found.Command())
}

func TestChild(t *testing.T) {
	dir := t.TempDir()
	child, err := jvm.Run("sleeper", dir, nil, "sleep", "1000")
	require.NoError(t, err)
	select {
	case <-child.Done():
		require.Fail(t, "it ended")
	case <-time.After(200 * time.Millisecond):
	}
	child.Stop()
	child.Stop()
	<-child.Done()

	child, err = jvm.Run("speaker", dir, nil, "sh", "-c", "echo "+strings.Repeat("x", 5000)+"; echo why; exit 1")
	require.NoError(t, err)
	<-child.Done()
	err = child.Failure("ended")
	require.ErrorContains(t, err, "speaker ended; it printed last:\nxxx")
	require.ErrorContains(t, err, "why")
	require.Less(t, len(err.Error()), 3000)
	child.Stop()
}
