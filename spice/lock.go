package spice

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/rowsight/rowsight/internal/durable"
)

// A folderLock is the file LOCK of a folder, which says that a process writes
// there. A lock is of a file and not of a name: if the name is removed, or given
// to another file, another process can take a lock under it as well. So whoever
// writes asks each time whether the file that was locked still has the name.
type folderLock struct {
	file   *os.File
	path   string
	remove bool // the file itself is the lock
}

// lock takes the file that says a process writes to the store, until the process
// ends. A symbolic link is not followed: two folders would have one lock, or one
// folder two. On a system without locks the file itself is the lock: a process
// that is killed leaves it behind, and it must be removed by hand.
func lock(path string) (*folderLock, error) {
	flag := os.O_RDWR | os.O_CREATE | durable.NoFollow
	if !durable.Locks {
		flag |= os.O_EXCL
	}
	f, err := os.OpenFile(path, flag, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	l := &folderLock{file: f, path: path, remove: !durable.Locks}
	if durable.Locks {
		err = durable.Lock(f)
	}
	if errors.Is(err, durable.ErrLocked) {
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
	done, err := durable.Turn(dir)
	if err != nil {
		return func() {}
	}
	return done
}

// held reports why the lock does not keep others out any more.
func (l *folderLock) held() error {
	mine, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	there, err := os.Lstat(l.path)
	if err != nil {
		return fmt.Errorf("%w: its lock is gone: %w", ErrLocked, err)
	}
	if !there.Mode().IsRegular() || !os.SameFile(mine, there) {
		return fmt.Errorf("%w: %s is not the file that was locked", ErrLocked, l.path)
	}
	return nil
}

// release gives the lock back.
func (l *folderLock) release() error {
	ours := l.held() == nil
	err := l.file.Close()
	if l.remove && ours && err == nil {
		return os.Remove(l.path)
	}
	return err
}

// held reports why this store must not write any more, nor trust what it knows:
// another process may have written meanwhile. A store that only reads looks at
// the files each time.
func (s *Store) held() error {
	if s.lock == nil {
		return nil
	}
	return s.lock.held()
}
