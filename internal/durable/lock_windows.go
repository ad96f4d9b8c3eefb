package durable

import (
	"os"

	"golang.org/x/sys/windows"
)

// What the operating system offers.
const (
	Locks        = true
	LocksFolders = false
	NoFollow     = 0
)

// lock locks a byte far behind the end of the file: locks of Windows keep other
// handles from reading what is locked.
func lock(file *os.File, wait bool) error {
	flags := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK)
	if !wait {
		flags |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	at := &windows.Overlapped{OffsetHigh: 1 << 30}
	switch err := windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, at); err {
	case nil:
		return nil
	case windows.ERROR_LOCK_VIOLATION, windows.ERROR_IO_PENDING:
		return ErrLocked
	default:
		return &os.PathError{Op: "lock", Path: file.Name(), Err: err}
	}
}
