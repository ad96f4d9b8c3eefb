package spark

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rowsight/rowsight/integration/internal/jvm"
)

// Version is the release of Spark that is run.
const Version = "4.0.1"

// ErrMissing is wrapped by the errors that say what this machine lacks.
var ErrMissing = jvm.ErrMissing

// python returns the Python of a virtual environment that has Spark. It makes
// the environment if it is not in the cache.
func python(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "rowsight", "spark-"+Version)
	command := filepath.Join(dir, "bin", "python")
	done := filepath.Join(dir, "complete") // written last
	if _, err := os.Stat(done); err == nil {
		return command, nil
	}
	system, err := exec.LookPath("python3")
	if err != nil {
		return "", fmt.Errorf("python, which Spark comes with, is %w: no python3 in PATH", ErrMissing)
	}
	// An environment cannot be moved, so it is made in its place, and what an
	// interrupted attempt left there goes first.
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	if out, err := exec.CommandContext(ctx, system, "-m", "venv", dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("python with venv, which Spark is installed in, is %w: %w\n%s", ErrMissing, err, out)
	}
	install := exec.CommandContext(ctx, command, "-m", "pip", "install", "--quiet", "--no-cache-dir", "pyspark=="+Version)
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("pip did not get Spark %s from PyPI: %w\n%s", Version, err, out)
	}
	if err := os.WriteFile(done, nil, 0o644); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return command, nil
}
