//go:build !unix || solaris || aix

package filestore

import (
	"errors"
	"fmt"
	"os"
)

// lock refuses: two processes that write to one file would ruin it.
func lock(*os.File) error {
	return fmt.Errorf("%w: no flock on this system; keep the directory in a database with package sqlstore", errors.ErrUnsupported)
}
