//go:build linux || darwin

package filestore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace/filestore"
)

// fullEnv makes a run of this test binary the process that TestFull lets run out
// of disk.
const fullEnv = "ROWSIGHT_FILESTORE_FULL"

// TestFull lets the disk be full: what was refused is not there, and when there
// is room again the log goes on. The limit is one of the process, so another
// process has it.
func TestFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir.log")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fullEnv+"="+path)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	var told int
	_, err = fmt.Sscanf(string(out), "told %d\n", &told)
	require.NoError(t, err, "%s", out)
	require.Greater(t, told, 10)
	l := open(t, path)
	require.Len(t, records(t, l, 0), told)
}

func full(path string) error {
	ctx := context.Background()
	l, err := filestore.Open(path)
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	small := limit
	small.Cur = 1000 // bytes of a file
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		return err
	}
	n := uint64(0)
	for ; err == nil; n++ {
		err = l.Append(ctx, n, []byte(`["twenty bytes of it"]`))
	}
	n-- // the one that was refused
	if !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("got %w, want that the file is too large", err)
	}
	if err := l.Replace(ctx, n, make([][]byte, 500)); err == nil {
		return errors.New("replaced by more than fits")
	}
	if err := l.Append(ctx, n, []byte(`["twenty bytes of it"]`)); err == nil {
		return errors.New("appended to a full disk")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for range 3 {
		if err := l.Append(ctx, n, []byte(`["room again"]`)); err != nil {
			return err
		}
		n++
	}
	fmt.Println("told", n)
	return l.Close()
}
