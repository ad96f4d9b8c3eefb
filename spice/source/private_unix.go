//go:build unix

package source

import (
	"fmt"
	"io/fs"
)

// private refuses what others can read or change.
func private(info fs.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%w: mode %#o, want no rights for group and others", ErrExposed, mode)
	}
	return nil
}
