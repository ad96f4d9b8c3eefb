// Package realdata finds the real files that tests read when they are there:
// open data that stands beside the checkout and is not part of the module.
package realdata

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Env names the variable that points at the folder of real files. Without it
// the folder "shared" beside the checkout is used.
const Env = "ROWSIGHT_SHARED"

// Path returns the path of a real file or folder, and skips the test with a
// message that says what is missing if it is not there.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{root()}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real data is not there: %v (set %s to the folder that holds it)", err, Env)
	}
	return path
}

func root() string {
	if dir := os.Getenv(Env); dir != "" {
		return dir
	}
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..", "..", "shared")
}
