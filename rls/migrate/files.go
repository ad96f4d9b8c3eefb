package migrate

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rowsight/rowsight/internal/durable"
)

// Files stores the rules of permission datasets by name. [Dir] is a folder of
// CSV files.
type Files interface {
	// ReadRules returns a file. If it does not exist, the error wraps
	// [fs.ErrNotExist].
	ReadRules(ctx context.Context, name string) ([]byte, error)

	// WriteRules writes a file atomically.
	WriteRules(ctx context.Context, name string, data []byte) error
}

// Dir is a folder of files. Names are relative to it, with slashes, and cannot
// refer to files outside.
func Dir(path string) Files { return dir(path) }

type dir string

func (d dir) path(name string) (string, error) {
	local := filepath.FromSlash(name)
	if d == "" || !filepath.IsLocal(local) {
		return "", fmt.Errorf("%q: %w: want a name inside the folder", name, fs.ErrInvalid)
	}
	return filepath.Join(string(d), local), nil
}

func (d dir) ReadRules(_ context.Context, name string) ([]byte, error) {
	path, err := d.path(name)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func (d dir) WriteRules(_ context.Context, name string, data []byte) error {
	path, err := d.path(name)
	if err != nil {
		return err
	}
	return durable.WriteFile(path, data)
}
