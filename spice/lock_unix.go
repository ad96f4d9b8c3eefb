//go:build unix

package spice

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the file that says a process writes to the store. The operating
// system gives it back when the process ends, however that happens. A symbolic
// link is not followed: two folders would have one lock, or one folder two.
func lock(path string) (*folderLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	l := &folderLock{file: f, path: path}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	if err == nil {
		err = l.held() // between opening and locking the name may have changed hands
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// turn waits for the only turn to replace a file in a folder, so that nobody
// comes between the look at the old file and the new one. It locks the folder
// itself, which cannot be removed while the files are there. Where a file system
// has no such locks, the look alone must do.
func turn(dir string) (done func()) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}
	}
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	return func() { _ = f.Close() }
}
