package spicefile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rowsight/rowsight/internal/durable"
)

// FS is the part of a file system that a store uses, so that tests can take a
// disk away. Every method takes paths of the operating system.
type FS interface {
	MkdirAll(dir string) error
	Create(path string) (File, error) // for writing, empty
	Open(path string) (File, error)   // for reading
	ReadFile(path string) ([]byte, error)
	ReadDir(dir string) ([]string, error)
	Rename(from, to string) error // replaces to, in one step
	Remove(path string) error
	SyncDir(dir string) error // makes names in dir survive a crash
}

// A File is an open file.
type File interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Sync() error
	Size() (int64, error)
}

// Disk is the file system of the operating system.
type Disk struct{}

// MkdirAll makes a folder, which only its owner may enter, and those above it.
func (Disk) MkdirAll(dir string) error { return os.MkdirAll(dir, 0o700) }

// Create opens a new or emptied file, which only its owner may read.
func (Disk) Create(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err // not a File that holds a nil
	}
	return diskFile{f}, nil
}

// Open opens a file for reading.
func (Disk) Open(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}

// ReadFile reads a whole file.
func (Disk) ReadFile(path string) ([]byte, error) { return os.ReadFile(path) }

// ReadDir returns the names in a folder.
func (Disk) ReadDir(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

// Rename gives a file another name, in place of a file that has it.
func (Disk) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes a file, or an empty folder.
func (Disk) Remove(path string) error { return os.Remove(path) }

// SyncDir waits until the names in a folder are on the disk.
func (Disk) SyncDir(dir string) error { return durable.SyncDir(dir) }

type diskFile struct{ *os.File }

func (f diskFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// WriteFile writes a file in whole: whoever reads path, after a crash too,
// finds what was there before or all of data.
//
// The order matters. The bytes are on the disk before the name says so, and the
// name is on the disk before this returns:
//
//	write tmp → sync tmp → rename tmp to path → sync folder
//
// An error that comes after the rename was tried leaves open which of the two
// is there; committed is then true.
func WriteFile(disk FS, path string, data []byte) (committed bool, err error) {
	tmp := path + ".tmp"
	f, err := disk.Create(tmp)
	if err != nil {
		return false, err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return false, errors.Join(err, ignoreMissing(disk.Remove(tmp)))
	}
	if err := disk.Rename(tmp, path); err != nil {
		return true, err
	}
	return true, disk.SyncDir(filepath.Dir(path))
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
