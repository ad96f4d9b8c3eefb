package trino

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUnpack: the archive's own folder goes, other folders are left out, and
// nothing is written elsewhere.
func TestUnpack(t *testing.T) {
	dir := t.TempDir()
	archive := filepath.Join(dir, "a.tar.gz")
	f, err := os.Create(archive)
	require.NoError(t, err)
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	for _, name := range []string{"server/lib/a.jar", "server/plugin/b.jar"} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(name)), Typeflag: tar.TypeReg}))
		_, err := w.Write([]byte(name))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
	require.NoError(t, untar(archive, filepath.Join(dir, "out"), "lib/"))
	text, err := os.ReadFile(filepath.Join(dir, "out", "lib", "a.jar"))
	require.NoError(t, err)
	require.Equal(t, "server/lib/a.jar", string(text))
	require.NoDirExists(t, filepath.Join(dir, "out", "plugin"))

	for name, ok := range map[string]bool{"plugin/c.jar": true, "plugin/../../../c.jar": false} {
		archive := filepath.Join(dir, "a.zip")
		f, err := os.Create(archive)
		require.NoError(t, err)
		z := zip.NewWriter(f)
		e, err := z.Create(name)
		require.NoError(t, err)
		_, err = e.Write([]byte("c"))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		require.NoError(t, f.Close())
		err = unzip(archive, filepath.Join(dir, "zip"))
		if ok {
			require.NoError(t, err)
			require.FileExists(t, filepath.Join(dir, "zip", "c.jar"))
		} else {
			require.ErrorContains(t, err, "wants to write")
		}
	}
	require.Error(t, untar(filepath.Join(dir, "a.zip"), dir, ""))
	require.Error(t, unzip(filepath.Join(dir, "a.tar.gz"), dir))
}

// TestNotCached: without Maven the error says so, and that it is a thing this
// machine lacks.
func TestNotCached(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("PATH", "")
	_, err := home(t.Context())
	require.ErrorIs(t, err, ErrMissing)
	require.ErrorContains(t, err, "no mvn in PATH")
}
