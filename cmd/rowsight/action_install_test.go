package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

const releaseArchive = "rowsight_0.2.0_linux_amd64.tar.gz"

// fakeRelease writes a release into a folder. Its command is a script that prints
// what it is.
func fakeRelease(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	tw := tar.NewWriter(zw)
	text := []byte("#!/bin/sh\necho released $*\n")
	require.NoError(t, tw.WriteHeader(&tar.Header{Name: "rowsight", Mode: 0o755, Size: int64(len(text))}))
	_, err := tw.Write(text)
	require.NoError(t, err)
	require.NoError(t, tw.Close())
	require.NoError(t, zw.Close())
	require.NoError(t, os.Mkdir(filepath.Join(folder, "v0.2.0"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "v0.2.0", releaseArchive), b.Bytes(), 0o644))
	sums := fmt.Sprintf("%064x  rowsight_0.2.0_linux_arm64.tar.gz\n%x  %s\n", 1, sha256.Sum256(b.Bytes()), releaseArchive)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "v0.2.0", "checksums.txt"), []byte(sums), 0o644))
	return folder
}

// installed runs the steps of the action up to the install, and returns what they
// printed, and the code of the first that failed. In place of Go is a script that
// says what it was asked for, and builds one.
func (a *action) installed(t *testing.T, values map[string]string) (code int, out string) {
	t.Helper()
	goes := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(goes, "go"), []byte(`#!/bin/sh
echo go "$@"
at=$GOBIN; [ "$1" != build ] || at=$3
printf '#!/bin/sh\necho built $*\n' > "$at/rowsight" && chmod +x "$at/rowsight"
`), 0o755))
	t.Setenv("PATH", goes+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("GITHUB_ACTION_PATH", filepath.Join("..", ".."))
	t.Setenv("GITHUB_PATH", filepath.Join(t.TempDir(), "path"))
	for _, name := range []string{"plan", "download", "install"} {
		c, text := a.step(t, ".", name, values)
		if out += text; c != 0 {
			return c, out
		}
	}
	path, err := os.ReadFile(os.Getenv("GITHUB_PATH"))
	require.NoError(t, err)
	require.Equal(t, values["steps.plan.outputs.dir"]+"/bin\n", string(path))
	return 0, out
}

// TestActionInstall: the action takes a release whose checksums are right, refuses one
// whose checksums are wrong, and builds where there is none.
func TestActionInstall(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command of the release is a script")
	}
	var a action
	readYAML(t, "action.yml", &a)
	folder := fakeRelease(t)
	sums, err := os.ReadFile(filepath.Join(folder, "v0.2.0", "checksums.txt"))
	require.NoError(t, err)
	pinned := fmt.Sprintf("%x", sha256.Sum256(sums))
	damaged := func(name string, change func(b []byte) []byte) string {
		other := fakeRelease(t)
		b, err := os.ReadFile(filepath.Join(other, "v0.2.0", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(other, "v0.2.0", name), change(b), 0o644))
		return other
	}
	none := t.TempDir()
	for _, tt := range []struct {
		reason string
		values map[string]string
		arch   string
		code   int
		want   string
		not    string
	}{
		{"a release", map[string]string{"version": "v0.2.0"}, "X64", 0, "released --version", "go "},
		{"the release of the action", map[string]string{"github.action_ref": "v0.2.0"}, "X64", 0, "released --version", "go "},
		{"a release with pinned checksums", map[string]string{"version": "v0.2.0", "checksums-sha256": pinned}, "X64", 0, "released --version", "go "},
		{"an action at a commit", map[string]string{"github.action_ref": "0123456789abcdef0123456789abcdef01234567"}, "X64", 0, "built --version", "released"},
		{"an action in the repository", nil, "X64", 0, "go build -o ", "go install"},
		{"a release that is not there", map[string]string{"version": "v0.3.0"}, "X64", 0, "go install github.com/rowsight/rowsight/cmd/rowsight@v0.3.0", "released"},
		{"a processor without an archive", map[string]string{"version": "v0.2.0"}, "ARM", 0, "go install github.com/rowsight/rowsight/cmd/rowsight@v0.2.0", "released"},
		{"an archive that is not there", map[string]string{"version": "v0.2.0"}, "ARM64", 0, "::notice::no archive of v0.2.0", "released"},
		{"a mirror that is not there", map[string]string{"version": "v0.2.0", "releases": "file://" + none}, "X64", 0, "built --version", "released"},
		{"a mirror without TLS", map[string]string{"version": "v0.2.0", "releases": "http://127.0.0.1:1"}, "X64", 0, "built --version", "released"},
		{"an archive with one byte more", map[string]string{"version": "v0.2.0", "releases": "file://" + damaged(releaseArchive, func(b []byte) []byte { return append(b, 0) })},
			"X64", 1, "::error::" + releaseArchive + ": got SHA-256 ", "go "},
		{"an archive that checksums.txt does not name", map[string]string{"version": "v0.2.0", "releases": "file://" + damaged("checksums.txt", func(b []byte) []byte { return b[:80] })},
			"X64", 1, "want one in checksums.txt", "go "},
		{"an archive and checksums that were replaced", map[string]string{"version": "v0.2.0", "checksums-sha256": pinned, "releases": "file://" + damaged("checksums.txt", func(b []byte) []byte { return append(b, "\n"...) })},
			"X64", 1, "::error::checksums.txt of v0.2.0: got SHA-256 ", "go "},
		{"pinned checksums of a release that is not there", map[string]string{"version": "v0.3.0", "checksums-sha256": pinned}, "X64", 1, "::error::checksums-sha256 is given", "go install"},
		{"a version that is none", map[string]string{"version": "v0.2.0; touch x"}, "X64", 1, "::error::version: want a release", "go "},
		{"the latest version", map[string]string{"version": "latest"}, "X64", 1, "::error::version: want a release", "go "},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			values := map[string]string{"releases": "file://" + folder}
			maps.Copy(values, tt.values)
			t.Setenv("RUNNER_OS", "Linux")
			t.Setenv("RUNNER_ARCH", tt.arch)
			t.Setenv("RUNNER_TEMP", t.TempDir())
			code, out := a.installed(t, values)
			require.Equal(t, tt.code, code, out)
			require.Contains(t, out, tt.want)
			require.NotContains(t, out, tt.not)
			dir := values["steps.plan.outputs.dir"]
			if tt.code != 0 {
				if dir != "" {
					require.NoDirExists(t, dir, "nothing of it is kept, and so nothing cached")
				}
				return
			}
			require.FileExists(t, filepath.Join(dir, "bin", "rowsight"))
		})
	}
}

// TestActionCache: what a cache brings back is used without a download, and is checked
// as what was downloaded. Another version and another mirror have a cache of their own.
func TestActionCache(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command of the release is a script")
	}
	var a action
	readYAML(t, "action.yml", &a)
	t.Setenv("RUNNER_OS", "Linux")
	t.Setenv("RUNNER_ARCH", "X64")
	t.Setenv("RUNNER_TEMP", t.TempDir())
	mirror := fakeRelease(t)
	install := func(mirror, version string) (code int, out string, values map[string]string) {
		values = map[string]string{"releases": "file://" + mirror, "version": version}
		code, out = a.installed(t, values)
		return code, out, values
	}
	code, out, first := install(mirror, "v0.2.0")
	require.Equal(t, 0, code, out)
	require.Regexp(t, "^rowsight-v0.2.0-Linux-X64-[0-9a-f]{16}$", first["steps.plan.outputs.key"])
	dir := first["steps.plan.outputs.dir"]

	for _, other := range []struct{ mirror, version string }{{t.TempDir(), "v0.2.0"}, {mirror, "v0.3.0"}} {
		code, out, values := install(other.mirror, other.version)
		require.Equal(t, 0, code, out)
		require.NotEqual(t, first["steps.plan.outputs.key"], values["steps.plan.outputs.key"])
		require.NotEqual(t, dir, values["steps.plan.outputs.dir"], "one job may use the action twice")
		require.Contains(t, out, "built --version")
	}

	require.NoError(t, os.RemoveAll(mirror))
	code, out, again := install(mirror, "v0.2.0")
	require.Equal(t, 0, code, out)
	require.Equal(t, first, again)
	require.Contains(t, out, "released --version")

	archive := filepath.Join(dir, releaseArchive)
	text, err := os.ReadFile(archive)
	require.NoError(t, err)
	text[len(text)/2] ^= 1
	require.NoError(t, os.WriteFile(archive, text, 0o644))
	code, out, _ = install(mirror, "v0.2.0")
	require.Equal(t, 1, code, out)
	require.Contains(t, out, "::error::"+releaseArchive+": got SHA-256 ")
}

// TestActionSarif: the findings are written as SARIF, also if they fail the step.
func TestActionSarif(t *testing.T) {
	var a action
	readYAML(t, "action.yml", &a)
	t.Setenv("RUNNER_TEMP", t.TempDir())
	dir := repository(t, map[string]string{"rules/my rules.csv": "UserName,Region\nal, EMEA\n"})
	values := map[string]string{"rules": "rules/*.csv", "sarif": "true", "vet-fail-on": "info"}
	code, out := a.step(t, dir, "vet", values)
	require.Equal(t, exitFound, code, out)
	name := values["steps.vet.outputs.sarif"]
	require.Equal(t, filepath.Join(os.Getenv("RUNNER_TEMP"), "rowsight.sarif"), name)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	var log struct {
		Runs []struct {
			Results []struct {
				Locations []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &log))
	require.NotEmpty(t, log.Runs[0].Results)
	require.Equal(t, "rules/my%20rules.csv", log.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI)

	values = map[string]string{"rules": "rules/*.csv"}
	_, _ = a.step(t, dir, "vet", values)
	require.NotContains(t, values, "steps.vet.outputs.sarif", "none without the input")
}
