package witness

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rowsight/rowsight/internal/durable"
)

// Files is a [Witness] in a folder. Put the folder where the writers of the
// data cannot restore an older state: on another disk, in another account, or
// on a share that keeps versions. It is safe for concurrent use, also by
// several processes. The zero Files refuses everything.
//
//	<hash of the name>/0000000000000007    the seventh value
//
// Each value is a new file, which only one process can create.
type Files struct{ dir string }

// NewFiles returns the witness in a folder. It creates the folder if it does
// not exist.
func NewFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Files{dir}, nil
}

var _ Witness = (*Files)(nil)

func (f *Files) folder(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(f.dir, hex.EncodeToString(sum[:16]))
}

// newest returns the number of the newest value in a folder, 0 if it has none.
func newest(dir string) (n uint64, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	for _, e := range entries {
		if k, err := strconv.ParseUint(e.Name(), 16, 64); err == nil && e.Name() == numbered(k) {
			n = max(n, k)
		}
	}
	return n, err
}

func numbered(n uint64) string { return fmt.Sprintf("%016x", n) }

// Read implements [Witness].
func (f *Files) Read(ctx context.Context, name string) ([]byte, error) {
	value, _, err := f.read(ctx, name)
	return value, err
}

func (f *Files) read(ctx context.Context, name string) (value []byte, n uint64, err error) {
	if f == nil || f.dir == "" {
		return nil, 0, errZero
	}
	dir := f.folder(name)
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if n, err = newest(dir); err != nil || n == 0 {
			return nil, n, err
		}
		value, err = os.ReadFile(filepath.Join(dir, numbered(n)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was replaced meanwhile
		}
		return value, n, err
	}
}

// Replace implements [Witness].
func (f *Files) Replace(ctx context.Context, name string, old, value []byte) error {
	if f == nil || f.dir == "" {
		return errZero
	}
	done, err := durable.Turn(f.dir)
	if err != nil {
		return err
	}
	defer done()
	now, n, err := f.read(ctx, name)
	if err != nil {
		return err
	}
	if (n == 0) != (old == nil) || !bytes.Equal(now, old) {
		return ErrChanged
	}
	dir := f.folder(name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := put(dir, n+1, value); err != nil {
		return err
	}
	if last, err := newest(dir); err != nil || last != n+1 {
		return errors.Join(ErrChanged, err) // without turns, others can be faster by two
	}
	if n > 0 {
		_ = os.Remove(filepath.Join(dir, numbered(n))) // is not the newest, so it says nothing
	}
	return nil
}

// put creates value n, whole or not at all, unless it is there.
func put(dir string, n uint64, value []byte) error {
	path := filepath.Join(dir, numbered(n))
	tmp, err := durable.Temporary(path, value)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	err = os.Link(tmp, path)
	if errors.Is(err, fs.ErrExist) {
		return ErrChanged
	}
	if err != nil {
		return err
	}
	return errors.Join(durable.SyncDir(dir), durable.SyncDir(filepath.Dir(dir)))
}
