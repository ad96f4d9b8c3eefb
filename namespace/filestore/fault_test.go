package filestore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var errDisk = errors.New("disk on fire")

// A faulty disk fails when it is told to.
type faulty struct {
	disk
	sync, truncate error
}

func (f *faulty) Sync() error {
	if f.sync != nil {
		return f.sync
	}
	return f.disk.Sync()
}

func (f *faulty) Truncate(size int64) error {
	if f.truncate != nil {
		return f.truncate
	}
	return f.disk.Truncate(size)
}

func count(t *testing.T, l *Log) (n int) {
	t.Helper()
	require.NoError(t, l.Read(t.Context(), 0, func(uint64, []byte) error { n++; return nil }))
	return n
}

// TestSyncFails: a record that is written and not known to be on the disk is
// taken back. If even that fails, the log is not used any more.
func TestSyncFails(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "dir.log")
	l, err := Open(path)
	require.NoError(t, err)
	require.NoError(t, l.Append(ctx, 0, []byte(`["a"]`)))
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	// The second Sync, of what was taken back, fails too: nobody knows.
	for _, f := range []*faulty{{sync: errDisk}, {sync: errDisk, truncate: errDisk}} {
		f.disk = l.file
		l.file = f
		require.ErrorIs(t, l.Append(ctx, 1, []byte(`["b"]`)), errDisk)
		require.ErrorContains(t, l.Append(ctx, 1, []byte(`["b"]`)), "cannot be used before it is opened again")
		require.ErrorIs(t, l.Read(ctx, 0, nil), errDisk)
		require.ErrorIs(t, l.Replace(ctx, 1, nil), errDisk)
		f.sync, f.truncate = nil, nil
		require.NoError(t, l.Close())
		l, err = Open(path)
		require.NoError(t, err)
	}
	require.Equal(t, 2, count(t, l), "nobody said that it is not there")
	require.NoError(t, l.Close())

	require.NoError(t, os.WriteFile(path, before, 0o600))
	l, err = Open(path)
	require.NoError(t, err)
	l.file = &once{disk: l.file}
	require.ErrorIs(t, l.Append(ctx, 1, bytes.Repeat([]byte("b"), 100)), errDisk)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after), "taken back")
	require.NoError(t, l.Append(ctx, 1, []byte(`["c"]`)))
	require.NoError(t, l.Close())
	l, err = Open(path)
	require.NoError(t, err)
	require.Equal(t, 2, count(t, l))
	require.NoError(t, l.Close())
}

// once fails the first Sync.
type once struct {
	disk
	failed bool
}

func (o *once) Sync() error {
	if !o.failed {
		o.failed = true
		return errDisk
	}
	return o.disk.Sync()
}

// TestHole: sectors of the last record that never came to the disk make it torn;
// in a record before the last they make the file damaged.
func TestHole(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "dir.log")
	l, err := Open(path)
	require.NoError(t, err)
	require.NoError(t, l.Append(ctx, 0, []byte(`["a"]`)))
	require.NoError(t, l.Append(ctx, 1, bytes.Repeat([]byte("b"), 3*sector)))
	require.NoError(t, l.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	hole := bytes.Clone(whole)
	clear(hole[sector : 2*sector])
	require.NoError(t, os.WriteFile(path, hole, 0o600))
	l, err = Open(path)
	require.NoError(t, err)
	require.Equal(t, 1, count(t, l))
	require.NoError(t, l.Close())

	require.NoError(t, os.WriteFile(path, appendLine(bytes.Clone(hole), 3, []byte(`["c"]`)), 0o600))
	_, err = Open(path)
	require.ErrorIs(t, err, ErrDamaged)

	ragged := bytes.Clone(whole)
	clear(ragged[sector+1 : 2*sector])
	require.NoError(t, os.WriteFile(path, ragged, 0o600))
	_, err = Open(path)
	require.ErrorIs(t, err, ErrDamaged, "a disk loses sectors, not bytes")
}
