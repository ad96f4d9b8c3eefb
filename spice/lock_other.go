//go:build !unix

package spice

import (
	"errors"
	"io/fs"
	"os"
)

// lock takes the file that says a process writes to the store. Here a process
// that is killed leaves it behind; it must then be removed by hand.
func lock(path string) (*folderLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return &folderLock{file: f, path: path, remove: true}, nil
}

// turn is for systems that can lock a folder.
func turn(string) (done func()) { return func() {} }
