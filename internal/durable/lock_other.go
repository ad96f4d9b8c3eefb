//go:build (!unix && !windows) || aix || (solaris && !illumos)

package durable

import (
	"errors"
	"os"
)

// What the operating system offers.
const (
	Locks        = false
	LocksFolders = false
	NoFollow     = 0
)

func lock(file *os.File, _ bool) error {
	return &os.PathError{Op: "lock", Path: file.Name(), Err: errors.ErrUnsupported}
}
