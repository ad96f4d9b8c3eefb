package spice

import (
	"fmt"
	"os"
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
