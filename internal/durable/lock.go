package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// ErrLocked reports that another handle has the lock, in this process or another.
var ErrLocked = errors.New("in use by another process")

// Lock takes an exclusive lock on an open file, or returns [ErrLocked] at once.
// Closing the file releases it.
func Lock(file *os.File) error { return lock(file, false) }

// Turn waits for an exclusive lock on a file, which it creates, or on a folder,
// and returns what releases it. Where [Locks] is false it does not wait: the
// caller must notice another process in another way.
func Turn(path string) (done func(), err error) {
	if !Locks {
		return func() {}, nil
	}
	flag := os.O_RDWR | os.O_CREATE
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if LocksFolders {
			flag = os.O_RDONLY
		} else {
			path = filepath.Join(path, "turn.lock")
		}
	}
	file, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(file, true); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { _ = file.Close() }, nil
}
