package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/stretchr/testify/require"
)

const testCommit = "0123456789abcdef0123456789abcdef01234567"

var made = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// TestDist writes a release, with the command of this machine as that of every
// platform, and uses each file of it as those who download it do.
func TestDist(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the command that is built runs on Linux")
	}
	program := command(t)
	extra, err := extras(filepath.Join("..", ".."), program, "v0.2.0", made)
	require.NoError(t, err)
	d := dist{out: t.TempDir(), version: "v0.2.0", made: made, notes: "notes\n", extra: extra, programs: map[string]string{}}
	for _, platform := range platforms {
		d.programs[platform] = program
	}
	require.NoError(t, d.write())

	t.Run("checksums", func(t *testing.T) {
		sums, err := os.ReadFile(filepath.Join(d.out, "checksums.txt"))
		require.NoError(t, err)
		var names []string
		for line := range strings.Lines(string(sums)) {
			sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
			require.True(t, ok, line)
			text, err := os.ReadFile(filepath.Join(d.out, name))
			require.NoError(t, err)
			require.Equal(t, fmt.Sprintf("%x", sha256.Sum256(text)), sum, name)
			names = append(names, name)
		}
		files, err := os.ReadDir(d.out)
		require.NoError(t, err)
		require.Len(t, files, len(names)+2, "every file but the notes and the checksums has one")
		require.Len(t, names, 6*2+2, "an archive and a bill of materials for each of six platforms, an image, a formula")
	})

	tgz, err := os.ReadFile(filepath.Join(d.out, "rowsight_0.2.0_linux_amd64.tar.gz"))
	require.NoError(t, err)
	zr, err := gzip.NewReader(bytes.NewReader(tgz))
	require.NoError(t, err)
	root := t.TempDir()
	unpack(t, zr, root)
	inTar := list(t, root)

	t.Run("zip", func(t *testing.T) {
		r, err := zip.OpenReader(filepath.Join(d.out, "rowsight_0.2.0_windows_amd64.zip"))
		require.NoError(t, err)
		defer r.Close()
		var names []string
		for _, f := range r.File {
			names = append(names, f.Name)
			in, err := f.Open()
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, in) // checks the sum
			require.NoError(t, err)
		}
		require.ElementsMatch(t, inTar, names)
	})
	t.Run("command", func(t *testing.T) { smoke(t, root) })
	t.Run("manual", func(t *testing.T) { manual(t, filepath.Join(root, "man")) })
	t.Run("completions", func(t *testing.T) { completions(t, root) })
	t.Run("bill of materials", func(t *testing.T) { bill(t, program, filepath.Join(root, "rowsight.spdx.json")) })
	t.Run("formula", func(t *testing.T) { brewed(t, filepath.Join(d.out, "rowsight.rb"), root) })
	image := filepath.Join(d.out, "rowsight_0.2.0_oci.tar")
	t.Run("image", func(t *testing.T) { pulled(t, image) })
	t.Run("containers", func(t *testing.T) { contained(t, image) })
}

// command builds the command of this checkout, static, as a release does.
func command(t *testing.T) string {
	to := filepath.Join(t.TempDir(), "rowsight")
	require.NoError(t, buildCheckout(filepath.Join("..", ".."), to, testCommit))
	return to
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

// list returns the names of the files below a folder.
func list(t *testing.T, root string) (names []string) {
	require.NoError(t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(root, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	}))
	return names
}

// smoke runs the command of a folder.
func smoke(t *testing.T, root string) {
	rules := filepath.Join(t.TempDir(), "rules.csv")
	require.NoError(t, os.WriteFile(rules, []byte("UserName,Region\nanna,US\n"), 0o600))
	for _, args := range [][]string{{"--help"}, {"--version"}, {"vet", rules}, {"serve", "--help"}} {
		out, err := exec.Command(filepath.Join(root, "rowsight"), args...).CombinedOutput()
		require.NoError(t, err, "%v: %s", args, out)
		if args[0] == "--version" {
			require.Contains(t, string(out), "(commit "+testCommit[:12]+", ")
		}
	}
	if static, err := exec.Command("file", filepath.Join(root, "rowsight")).Output(); err == nil {
		require.Contains(t, string(static), "statically linked")
	}
}

// bill checks the bill of materials against the modules that the program names, and
// with the reader of another language, if it is installed (pip install spdx-tools).
func bill(t *testing.T, program, name string) {
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	doc, err := spdxjson.Read(bytes.NewReader(text))
	require.NoError(t, err)
	info, err := buildinfo.ReadFile(program)
	require.NoError(t, err)
	known := map[string]string{}
	for _, p := range doc.Packages {
		known[p.PackageName] = p.PackageVersion
		require.Equal(t, "pkg:golang/"+p.PackageName+"@"+strings.ReplaceAll(p.PackageVersion, "+", "%2B"), p.PackageExternalReferences[0].Locator)
	}
	require.Len(t, known, len(info.Deps)+2, "the modules, the command and the standard library")
	require.Equal(t, "v0.2.0", known[path+"/cmd/rowsight"])
	require.Equal(t, strings.TrimPrefix(runtime.Version(), "go"), known["stdlib"])
	for _, dep := range info.Deps {
		require.Contains(t, known, dep.Path)
	}
	require.Len(t, doc.Relationships, len(doc.Packages))

	if exec.Command("python3", "-c", "import spdx_tools").Run() != nil {
		t.Log("spdx-tools of Python is not installed: no other reader judged the document")
		return
	}
	out, err := exec.Command("python3", "-c", `
import sys
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
faults = validate_full_spdx_document(parse_file(sys.argv[1]))
for fault in faults: print(fault.validation_message)
sys.exit(len(faults) > 0)`, name).CombinedOutput()
	require.NoError(t, err, string(out))
}
