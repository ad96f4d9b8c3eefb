package python

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

// Environment returns the Python of a virtual environment that has a package of
// PyPI in a version, and more packages, each as name==version. It makes the
// environment if it is not in the cache.
func Environment(ctx context.Context, name, pkg, version string, more ...string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "rowsight", name+"-"+version)
	command := filepath.Join(dir, "bin", "python")
	done := filepath.Join(dir, "complete") // written last
	if _, err := os.Stat(done); err == nil {
		return command, nil
	}
	system, err := exec.LookPath("python3")
	if err != nil {
		return "", fmt.Errorf("python, which %s comes with, is %w: no python3 in PATH", name, jvm.ErrMissing)
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
		return "", fmt.Errorf("python with venv, which %s is installed in, is %w: %w\n%s", name, jvm.ErrMissing, err, out)
	}
	install := exec.CommandContext(ctx, command, append([]string{"-m", "pip", "install", "--quiet", "--no-cache-dir", pkg + "==" + version}, more...)...)
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("pip did not get %s %s from PyPI: %w\n%s", pkg, version, err, out)
	}
	if err := os.WriteFile(done, nil, 0o644); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return command, nil
}
