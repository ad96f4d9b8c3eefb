package output

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rowsight/rowsight/internal/durable"
)

// A File is a file in the making. It is written under another name in the same
// folder, and takes its own by [File.Commit]: whoever finds the name finds all
// rows. Without Commit nothing is left of it after [File.Discard].
//
// Where the name stands for a device or a pipe there is nothing to rename, and
// it is written as it is.
type File struct {
	*os.File
	path   string // the final name, links followed
	direct bool
	done   bool

	unsynced int        // bytes since the last sync
	syncing  chan error // of the sync under way; nil: there is none
}

// syncBytes are written before the next sync begins. Commit waits for the last of them, and
// not for a whole file.
const syncBytes = 8 << 20

// Write writes, and from time to time begins to put what was written on disk.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	if f.unsynced += n; err != nil || f.direct || f.unsynced < syncBytes {
		return n, err
	}
	if err := f.synced(); err != nil {
		return n, err
	}
	f.unsynced, f.syncing = 0, make(chan error, 1)
	go func(done chan error) { done <- f.Sync() }(f.syncing)
	return n, nil
}

// synced waits for the sync under way. The system reports an error of the disk only once.
func (f *File) synced() error {
	if f.syncing == nil {
		return nil
	}
	err := <-f.syncing
	f.syncing = nil
	return err
}

// Create makes the File that will be called path. refuse says whether an
// existing file must not be replaced, as one that is being read.
func Create(path string, refuse func(fs.FileInfo) bool) (*File, error) {
	// A link stays a link: the file it points at is replaced.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := fs.FileMode(0o666) // less what the umask takes
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder, want the name of a file", path)
	case refuse != nil && refuse(info):
		return nil, fmt.Errorf("%s is being read, want another name", path)
	case !info.Mode().IsRegular():
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &File{File: file, path: path, direct: true}, err
	default:
		mode = info.Mode().Perm()
	}
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:8]+".tmp")
	file, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	return &File{File: file, path: path}, nil
}

// Commit puts what was written on disk and gives it its name. On an error the
// File is discarded.
func (f *File) Commit() (err error) {
	if f.done {
		return fs.ErrClosed
	}
	defer f.Discard()
	if f.direct {
		f.done = true
		return f.Close()
	}
	if err := errors.Join(f.synced(), f.Sync()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), f.path); err != nil {
		return err
	}
	f.done = true
	// The new name is a change of the folder. Not every system can sync that.
	_ = durable.SyncDir(filepath.Dir(f.path))
	return nil
}

// Discard removes what was written. After Commit it does nothing.
func (f *File) Discard() {
	if f.done {
		return
	}
	f.done = true
	_ = f.synced() // what was written is removed
	f.Close()
	if !f.direct {
		os.Remove(f.Name())
	}
}
