//go:build unix && !solaris && !aix

package audit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

const openerEnv = "ROWSIGHT_AUDIT_OPENER"

// TestOpener opens a log in a process of its own and prints what came of it.
func TestOpener(t *testing.T) {
	path := os.Getenv(openerEnv)
	if path == "" {
		t.Skip("for TestOpenTwice")
	}
	log, err := audit.OpenLog(path, nil)
	if err == nil {
		err = log.Close()
	}
	require.NoError(t, err)
}

// TestOpenTwice: whatever leads to the file of a log that is open, opening it
// fails, in this process and in another, and changes nothing.
func TestOpenTwice(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.jsonl")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "sub", "folder")))
	log := openLog(t, path, nil)
	require.NoError(t, log.Append(t.Context(), use(audit.Decrypt, keyA).Record()))
	require.NoError(t, os.Symlink(path, filepath.Join(dir, "symbolic.jsonl")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "symbolic.jsonl"), filepath.Join(dir, "twice.jsonl")))
	require.NoError(t, os.Link(path, filepath.Join(dir, "hard.jsonl")))
	wd, err := os.Getwd()
	require.NoError(t, err)
	relative, err := filepath.Rel(wd, path)
	require.NoError(t, err)
	before := read(t, path)
	other := func(path string) (string, error) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestOpener$")
		cmd.Env = append(os.Environ(), openerEnv+"="+path)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	ways := map[string]string{
		"the same path":           path,
		"a relative path":         relative,
		"a path with dots":        dir + "/sub/../audit.jsonl",
		"through a linked folder": filepath.Join(dir, "sub", "folder", "audit.jsonl"),
		"a symbolic link":         filepath.Join(dir, "symbolic.jsonl"),
		"a link to a link":        filepath.Join(dir, "twice.jsonl"),
		"a hard link":             filepath.Join(dir, "hard.jsonl"),
	}
	for reason, way := range ways {
		again, err := audit.OpenLog(way, nil)
		require.ErrorIs(t, err, audit.ErrOpen, reason)
		require.Nil(t, again, reason)
		out, err := other(way)
		require.Error(t, err, "%s, from another process", reason)
		require.Contains(t, out, audit.ErrOpen.Error(), reason)
	}
	require.Equal(t, before, read(t, path))
	require.NoError(t, log.Append(t.Context(), use(audit.Decrypt, keyA).Record()), "the first goes on")
	require.NoError(t, log.Close())
	for reason, way := range ways {
		_, err := other(way)
		require.NoError(t, err, "%s, after it was closed", reason)
		require.NoError(t, openLog(t, way, nil).Close(), reason)
	}
	require.NoError(t, audit.Verify(strings.NewReader(read(t, path))))
}

// TestOpenFailed: a log that could not be opened is not locked.
func TestOpenFailed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	require.NoError(t, os.WriteFile(path, []byte("no line of a log\n"), 0o600))
	_, err := audit.OpenLog(path, nil)
	require.ErrorIs(t, err, audit.ErrLine)
	require.NoError(t, os.Remove(path))
	openLog(t, path, nil)
}
