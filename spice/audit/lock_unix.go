//go:build unix && !solaris && !aix

package audit

import (
	"errors"
	"os"
	"syscall"
)

// lock makes file the only open one of a log. The lock belongs to the file that
// was opened, not to its name, and ends with it: also when the process is killed.
func lock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return ErrOpen
	case err != nil:
		return &os.PathError{Op: "lock", Path: file.Name(), Err: err}
	}
	return nil
}
