// Package mototest starts moto, a server of others that imitates AWS, for tests.
package mototest

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/durable"
)

// version of the server that imitates AWS, from PyPI.
const version = "5.1.15"

// Start starts the server on a free port of this machine.
func Start(t *testing.T) string {
	t.Helper()
	server := command(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	require.NoError(t, l.Close())
	cmd := exec.Command(server, "-H", "127.0.0.1", "-p", port)
	log, err := cmd.StderrPipe()
	require.NoError(t, err)
	if err := cmd.Start(); err != nil {
		t.Skip("moto cannot be started: ", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	up := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "Running on") {
				up <- true
			}
		}
		close(up)
	}()
	select {
	case ok := <-up:
		require.True(t, ok, "moto ended")
	case <-time.After(time.Minute):
		t.Fatal("moto does not come up")
	}
	return "http://127.0.0.1:" + port
}

// command returns the moto_server command. It is installed, once for a
// version, into the user's cache folder. ROWSIGHT_MOTO names another one.
func command(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("moto: not with -short")
	}
	if path := os.Getenv("ROWSIGHT_MOTO"); path != "" {
		return path
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("moto: ", err)
	}
	dir := filepath.Join(cache, "rowsight", "moto-"+version)
	bin := filepath.Join(dir, "bin")
	if runtime.GOOS == "windows" {
		bin = filepath.Join(dir, "Scripts")
	}
	server := filepath.Join(bin, "moto_server")
	require.NoError(t, os.MkdirAll(filepath.Dir(dir), 0o777))
	end, err := durable.Turn(dir + ".lock") // tests of two packages run at a time
	require.NoError(t, err)
	defer end()
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err == nil {
		return server
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("moto: python3 is not there; it imitates AWS for this test")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for _, args := range [][]string{
		{python, "-m", "venv", dir},
		{filepath.Join(bin, "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "moto[s3,kms,secretsmanager,sts]==" + version, "flask", "flask-cors"},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Skipf("moto cannot be installed: %v\n%s", err, out)
		}
	}
	require.NoError(t, os.WriteFile(done, nil, 0o600))
	return server
}
