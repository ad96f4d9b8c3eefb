package durable

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestZero: without a file nothing is locked or written.
func TestZero(t *testing.T) {
	dir := t.TempDir()
	require.Error(t, WriteFile(filepath.Join(dir, "no", "file"), nil))
	_, err := Turn(filepath.Join(dir, "no", "file"))
	require.Error(t, err)
	file, err := os.Create(filepath.Join(dir, "closed"))
	require.NoError(t, err)
	require.NoError(t, file.Close())
	require.Error(t, Lock(file), "a closed file")
	require.Error(t, SyncDir(filepath.Join(dir, "no")))
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, text := range []string{"old", "new, and longer", ""} {
		require.NoError(t, WriteFile(path, []byte(text)))
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(got))
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		require.Zero(t, Exposed(info, 0o077))
		require.NoError(t, os.Chmod(path, 0o640))
		info, err = os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o040), Exposed(info, 0o077))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "folder", "x"), nil, 0o600))
	require.Error(t, WriteFile(filepath.Join(dir, "folder"), []byte("x")), "a folder is in the way")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "no temporary file is left")
}

const lockedEnv = "ROWSIGHT_LOCKED"

func TestLock(t *testing.T) {
	if path := os.Getenv(lockedEnv); path != "" {
		file, err := os.Open(path)
		require.NoError(t, err)
		require.ErrorIs(t, Lock(file), ErrLocked)
		return
	}
	if !Locks {
		file, err := os.Create(filepath.Join(t.TempDir(), "f"))
		require.NoError(t, err)
		defer file.Close()
		require.ErrorIs(t, Lock(file), errors.ErrUnsupported)
		return
	}
	path := filepath.Join(t.TempDir(), "f")
	open := func() *os.File {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		require.NoError(t, err)
		return file
	}
	first, second := open(), open()
	defer second.Close()
	require.NoError(t, Lock(first))
	require.ErrorIs(t, Lock(second), ErrLocked, "another handle of this process")
	_, err := second.WriteString("text")
	require.NoError(t, err, "the lock is of those who ask for it; what is in the file stays open")
	cmd := exec.Command(os.Args[0], "-test.run=^TestLock$")
	cmd.Env = append(os.Environ(), lockedEnv+"="+path)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, first.Close())
	require.NoError(t, Lock(second), "closing releases it")
}

// TestTurn: of many that take turns, one has it at a time.
func TestTurn(t *testing.T) {
	if !Locks {
		done, err := Turn(t.TempDir())
		require.NoError(t, err)
		done()
		return
	}
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "lock")} {
		done, err := Turn(path)
		require.NoError(t, err)
		has := make(chan struct{})
		go func() {
			next, err := Turn(path)
			if err == nil {
				close(has)
				next()
			}
		}()
		select {
		case <-has:
			t.Fatal("two have the turn")
		case <-time.After(20 * time.Millisecond):
		}
		done()
		<-has
	}
}
