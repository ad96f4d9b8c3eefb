//go:build unix && !solaris && !aix

package witness

import (
	"os"
	"syscall"
)

// turn waits for the only turn to change the values in a folder. It ends with
// the process, however that ends.
func turn(dir string) (done func(), err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(d.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		d.Close()
		return nil, &os.PathError{Op: "lock", Path: dir, Err: err}
	}
	return func() { d.Close() }, nil
}
