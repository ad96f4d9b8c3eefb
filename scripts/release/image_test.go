package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/require"
)

// pulled reads the image, which is a valid OCI layout and runs as a user without
// rights, and runs the command that is in its layer.
func pulled(t *testing.T, name string) {
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	at := t.TempDir()
	unpack(t, f, at)

	archive, err := layout.ImageIndexFromPath(at)
	require.NoError(t, err)
	require.NoError(t, validate.Index(archive))
	manifest, err := archive.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifest.Manifests, 1, "podman load and skopeo take an archive with one")
	require.Equal(t, "rowsight:0.2.0", manifest.Manifests[0].Annotations["org.opencontainers.image.ref.name"])
	index, err := archive.ImageIndex(manifest.Manifests[0].Digest)
	require.NoError(t, err)
	manifest, err = index.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifest.Manifests, 2)
	require.Equal(t, "amd64", manifest.Manifests[0].Platform.Architecture)
	require.Equal(t, "arm64", manifest.Manifests[1].Platform.Architecture)
	image, err := index.Image(manifest.Manifests[0].Digest)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	require.True(t, made.Equal(config.Created.Time))
	require.Equal(t, "65532:65532", config.Config.User)
	require.Equal(t, []string{"/rowsight"}, config.Config.Entrypoint)
	require.Equal(t, "0.2.0", config.Config.Labels["org.opencontainers.image.version"])

	layers, err := image.Layers()
	require.NoError(t, err)
	require.Len(t, layers, 1)
	files, err := layers[0].Uncompressed()
	require.NoError(t, err)
	defer files.Close()
	root := t.TempDir()
	unpack(t, files, root)
	require.DirExists(t, filepath.Join(root, "data"))
	require.FileExists(t, filepath.Join(root, "etc", "passwd"))
	smoke(t, root)
	out, err := exec.Command(filepath.Join(root, "rowsight"), config.Config.Cmd...).CombinedOutput()
	require.NoError(t, err, string(out))
}

// contained loads the image into podman and runs the command in containers, as
// docs/installing.md says.
func contained(t *testing.T, image string) {
	path, err := exec.LookPath("podman")
	if err != nil {
		t.Skip("podman is not installed: no container was started")
	}
	store := t.TempDir()
	flags := []string{"--root", filepath.Join(store, "root"), "--runroot", filepath.Join(store, "run"), "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs"}
	if _, err := exec.LookPath("runc"); err == nil { // crun takes no machine with both versions of cgroups
		flags = append(flags, "--runtime", "runc")
	}
	podman := func(args ...string) *exec.Cmd { return exec.Command(path, append(flags, args...)...) }
	t.Cleanup(func() {
		out, err := podman("rmi", "--all", "--force").CombinedOutput()
		require.NoError(t, err, string(out))
	})
	out, err := podman("load", "--input", image).CombinedOutput()
	require.NoError(t, err, string(out))
	const name = "localhost/rowsight:0.2.0"
	require.Contains(t, string(out), "Loaded image: "+name)

	// The limits are those that a machine grants to anybody.
	container := func(args ...string) *exec.Cmd {
		return podman(append([]string{"run", "--rm", "--network", "host", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"}, args...)...)
	}
	rules := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(rules, "rules.csv"), []byte("UserName,Region\nanna,US\nanna, US\n"), 0o644))
	require.NoError(t, os.Chmod(rules, 0o755))
	out, err = container("--volume", rules+":/data:ro", name, "vet", "--fail-on", "warning", "rules.csv").CombinedOutput()
	require.ErrorContains(t, err, "exit status 3", string(out))
	require.Contains(t, string(out), "rules.csv:3:")
	out, err = container(name, "--version").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "(commit "+testCommit[:12]+", ")
	out, err = container("--entrypoint", "/bin/sh", name).CombinedOutput()
	require.Error(t, err, "a shell in the image: %s", out)

	serve := container("--name", "served", "--volume", "quicksight:/data", name, "serve", "--dir", "/data", "--listen", "127.0.0.1:0")
	lines, err := serve.StdoutPipe()
	require.NoError(t, err)
	var stderr bytes.Buffer
	serve.Stderr = &stderr
	require.NoError(t, serve.Start())
	ended := false
	t.Cleanup(func() {
		if !ended {
			_ = podman("kill", "served").Run()
			_ = serve.Wait()
		}
		_ = podman("volume", "rm", "quicksight").Run()
	})
	reader := bufio.NewReader(lines)
	line, err := reader.ReadString('\n')
	require.NoError(t, err, "%s %s", line, &stderr)
	_, url, ok := strings.Cut(strings.TrimSpace(line), " at ")
	require.True(t, ok, line)
	for _, page := range []string{"/healthz", "/readyz"} {
		answer, err := http.Get(url + page)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.StatusCode, page)
		require.NoError(t, answer.Body.Close())
	}
	out, err = podman("top", "served", "user", "args").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Regexp(t, `\nnonroot +/rowsight serve `, string(out))
	out, err = podman("stop", "served").CombinedOutput()
	require.NoError(t, err, string(out))
	_, _ = io.Copy(io.Discard, reader)
	require.NoError(t, serve.Wait(), "a signal ends it: %s", &stderr)
	ended = true
}
