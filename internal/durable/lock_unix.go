//go:build unix && !aix && (!solaris || illumos)

package durable

import (
	"os"
	"syscall"
)

// What the operating system offers.
const (
	Locks        = true
	LocksFolders = true
	NoFollow     = syscall.O_NOFOLLOW // for os.OpenFile: a symbolic link is an error
)

func lock(file *os.File, wait bool) error {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		switch err := syscall.Flock(int(file.Fd()), how); err {
		case nil:
			return nil
		case syscall.EINTR: // a signal; ask again
		case syscall.EWOULDBLOCK:
			return ErrLocked
		default:
			return &os.PathError{Op: "lock", Path: file.Name(), Err: err}
		}
	}
}
