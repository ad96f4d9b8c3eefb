//go:build unix

package embed

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// private refuses what somebody else can change.
func private(info fs.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("%w: mode %#o, want no right to write for group and others", ErrExposed, mode)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%w: it belongs to user %d, want user %d, who runs this process", ErrExposed, stat.Uid, os.Geteuid())
	}
	return nil
}
