package main

import (
	"archive/tar"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/require"
)

// command builds the command of this checkout, static.
func command(t *testing.T) []byte {
	to := filepath.Join(t.TempDir(), "rowsight")
	cmd := exec.Command("go", "build", "-trimpath", "-o", to, ".")
	cmd.Dir = filepath.Join("..", "..", "cmd", "rowsight")
	cmd.Env = append(os.Environ(), "GOWORK="+work(t), "CGO_ENABLED=0", "GOOS=linux")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	text, err := os.ReadFile(to)
	require.NoError(t, err)
	return text
}

func work(t *testing.T) string {
	at, err := filepath.Abs(filepath.Join("..", "..", "go.work"))
	require.NoError(t, err)
	return at
}

// unpack unpacks a tar archive.
func unpack(t *testing.T, from io.Reader, to string) {
	for r := tar.NewReader(from); ; {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		require.NoError(t, err)
		at := filepath.Join(to, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			require.NoError(t, os.MkdirAll(at, 0o755))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(at, text, os.FileMode(h.Mode)|0o200))
	}
}

// TestImage: the image is a valid OCI layout, runs as a user without rights, and its
// command, taken from its layer, runs.
func TestImage(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	out, program := t.TempDir(), command(t)
	name, err := images(out, "v0.2.0", map[string][]byte{"linux/" + runtime.GOARCH: program})
	require.NoError(t, err)
	f, err := os.Open(filepath.Join(out, name))
	require.NoError(t, err)
	defer f.Close()
	at := t.TempDir()
	unpack(t, f, at)

	index, err := layout.ImageIndexFromPath(at)
	require.NoError(t, err)
	require.NoError(t, validate.Index(index))
	manifest, err := index.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifest.Manifests, 1)
	require.Equal(t, runtime.GOARCH, manifest.Manifests[0].Platform.Architecture)
	image, err := index.Image(manifest.Manifests[0].Digest)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
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
	if runtime.GOOS != "linux" {
		t.Skip("the command of the image runs on Linux")
	}
	rules := filepath.Join(root, "data", "rules.csv")
	require.NoError(t, os.WriteFile(rules, []byte("UserName,Region\nanna,US\n"), 0o600))
	for _, args := range [][]string{append(config.Config.Cmd, []string{}...), {"--version"}, {"vet", rules}, {"serve", "--help"}} {
		run, err := exec.Command(filepath.Join(root, "rowsight"), args...).CombinedOutput()
		require.NoError(t, err, "%v: %s", args, run)
	}
	static, err := exec.Command("file", filepath.Join(root, "rowsight")).Output()
	if err == nil {
		require.Contains(t, string(static), "statically linked")
	}
}

// TestFormula: Ruby reads the formula, which names every archive and its sum.
func TestFormula(t *testing.T) {
	sums := map[string]string{}
	for _, platform := range []string{"darwin_arm64", "darwin_amd64", "linux_arm64", "linux_amd64"} {
		sums["rowsight_0.2.0_"+platform+".tar.gz"] = platform + "-sum"
	}
	text, err := formula("v0.2.0", sums)
	require.NoError(t, err)
	for name, sum := range sums {
		require.Contains(t, text, "/releases/download/v0.2.0/"+name+"\"\n      sha256 \""+sum+"\"")
	}
	delete(sums, "rowsight_0.2.0_darwin_arm64.tar.gz")
	_, err = formula("v0.2.0", sums)
	require.ErrorContains(t, err, "no archive rowsight_0.2.0_darwin_arm64.tar.gz")

	ruby, err := exec.LookPath("ruby")
	if err != nil {
		t.Skip("ruby is not installed: the syntax of the formula was not checked")
	}
	at := filepath.Join(t.TempDir(), "rowsight.rb")
	require.NoError(t, os.WriteFile(at, []byte(text), 0o600))
	out, err := exec.Command(ruby, "-c", at).CombinedOutput()
	require.NoError(t, err, string(out))
}
