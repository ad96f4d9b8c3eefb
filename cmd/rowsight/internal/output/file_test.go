package output

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFileSyncs: a large file is put on disk while it is written, and an error of the disk, which
// the system reports once, is not lost.
func TestFileSyncs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.csv")
	f, err := Create(path, nil)
	require.NoError(t, err)
	part := bytes.Repeat([]byte("EMEA,10\n"), 1<<17)
	for range 20 { // more than two syncs
		n, err := f.Write(part)
		require.NoError(t, err)
		require.Len(t, part, n)
	}
	require.NotNil(t, f.syncing, "a sync has begun")
	require.NoError(t, f.Commit())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(bytes.Repeat(part, 20), b))

	failed := errors.New("the disk is full")
	for _, use := range []func(*File) error{(*File).Commit, func(f *File) error { _, err := f.Write(make([]byte, syncBytes)); return err }} {
		f, err := Create(path, nil)
		require.NoError(t, err)
		f.syncing = make(chan error, 1)
		f.syncing <- failed
		require.ErrorIs(t, use(f), failed)
		f.Discard()
		entries, err := os.ReadDir(filepath.Dir(path))
		require.NoError(t, err)
		require.Len(t, entries, 1, "nothing is left of the new file")
	}
	require.ErrorIs(t, f.Commit(), fs.ErrClosed)
}
