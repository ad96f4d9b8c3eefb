package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// platforms are those that archives are made for.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

// buildFlags are the flags that the command is built with.
func buildFlags(commit string) []string {
	return []string{"-trimpath", "-ldflags=-s -w -X main.releaseCommit=" + commit}
}

// base returns the name of an archive without its kind, and archiveName with it.
func base(version, platform string) string {
	return fmt.Sprintf("rowsight_%s_%s", strings.TrimPrefix(version, "v"), strings.ReplaceAll(platform, "/", "_"))
}

func archiveName(version, platform string) string {
	if strings.HasPrefix(platform, "windows/") {
		return base(version, platform) + ".zip"
	}
	return base(version, platform) + ".tar.gz"
}

// archives builds the command for each platform and writes the files of the release.
func (r *release) archives() error {
	notes, err := r.notes()
	if err != nil {
		return err
	}
	extra, err := extras(r.clone, filepath.Join(r.temp, "bin", "rowsight"), r.version, r.made)
	if err != nil {
		return err
	}
	d := dist{out: r.out, version: r.version, made: r.made, notes: notes, extra: extra, programs: map[string]string{}}
	for _, platform := range platforms {
		if d.programs[platform], err = r.build(platform); err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
		log.Printf("built for %s", platform)
	}
	return d.write()
}

// build builds the command for a platform from the proxy, and returns where it is.
func (r *release) build(platform string) (string, error) {
	system, processor, _ := strings.Cut(platform, "/")
	at := filepath.Join(r.temp, "build", system+"-"+processor)
	if err := os.MkdirAll(at, 0o755); err != nil {
		return "", err
	}
	env := append(r.env, "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0", "GOBIN=")
	program := "rowsight"
	if system == "windows" {
		program += ".exe"
	}
	for _, args := range [][]string{
		{"mod", "init", "example.com/newcomer"},
		{"get", path + "/cmd/rowsight@" + r.version},
		slices.Concat([]string{"build"}, buildFlags(r.commit), []string{"-o", program, path + "/cmd/rowsight"}),
	} {
		if _, err := run(at, env, "go", args...); err != nil {
			return "", err
		}
	}
	return filepath.Join(at, program), nil
}

// A dist is what a release consists of.
type dist struct {
	out, version string
	made         time.Time
	notes        string
	extra        []file            // in each archive, beside the command
	programs     map[string]string // where the command for each platform is
}

// write writes, for each platform, an archive and the list of what is in the command,
// and an image, a formula, the notes and checksums.
func (d dist) write() error {
	if err := os.MkdirAll(d.out, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	known, commands := map[string]string{}, map[string][]byte{}
	put := func(name string, text []byte) error {
		known[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		fmt.Fprintf(&sums, "%s  %s\n", known[name], name)
		return os.WriteFile(filepath.Join(d.out, name), text, 0o644)
	}
	for _, platform := range platforms {
		program := d.programs[platform]
		text, err := os.ReadFile(program)
		if err != nil {
			return err
		}
		commands[platform] = text
		bill, err := sbom(program, d.version, d.made)
		if err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
		write := tarball
		if strings.HasPrefix(platform, "windows/") {
			write = zipped
		}
		var b bytes.Buffer
		if err := write(&b, slices.Concat([]file{{filepath.Base(program), text, 0o755}, {"rowsight.spdx.json", bill, 0o644}}, d.extra)); err != nil {
			return err
		}
		if err := errors.Join(put(archiveName(d.version, platform), b.Bytes()), put(base(d.version, platform)+".spdx.json", bill)); err != nil {
			return err
		}
	}
	image, err := images(d.version, d.made, commands)
	if err != nil {
		return err
	}
	brew, err := formula(d.version, known)
	if err != nil {
		return err
	}
	return errors.Join(
		put("rowsight_"+strings.TrimPrefix(d.version, "v")+"_oci.tar", image),
		put("rowsight.rb", []byte(brew)),
		os.WriteFile(filepath.Join(d.out, "NOTES.md"), []byte(d.notes), 0o644),
		os.WriteFile(filepath.Join(d.out, "checksums.txt"), []byte(sums.String()), 0o644))
}

// A file is an entry of an archive.
type file struct {
	name string
	text []byte
	mode int64
}

// texts are files of the repository that archives have, and shells those that they
// have completions for.
var (
	texts  = []string{"LICENSE", "README.md", "CHANGELOG.md"}
	shells = []string{"bash", "zsh", "fish", "powershell"}
)

// extras are what archives hold beside the command: licence, changes, completions and
// manual pages. root is a checkout, and command runs here.
func extras(root, command, version string, made time.Time) (files []file, err error) {
	for _, name := range texts {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, text, 0o644})
	}
	for _, shell := range shells {
		text, err := run(root, os.Environ(), command, "completion", shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"completions/rowsight." + shell, []byte(text + "\n"), 0o644})
	}
	pages, err := manPages(filepath.Join(root, "docs", "cli"), version, made)
	return append(files, pages...), err
}

func tarball(w io.Writer, files []file) error {
	zw := gzip.NewWriter(w)
	tw := tar.NewWriter(zw)
	for _, f := range files {
		if err := tw.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.text))}); err != nil {
			return err
		}
		if _, err := tw.Write(f.text); err != nil {
			return err
		}
	}
	return errors.Join(tw.Close(), zw.Close())
}

func zipped(w io.Writer, files []file) error {
	zw := zip.NewWriter(w)
	for _, f := range files {
		entry, err := zw.Create(f.name)
		if err != nil {
			return err
		}
		if _, err := entry.Write(f.text); err != nil {
			return err
		}
	}
	return zw.Close()
}

// notes returns what CHANGELOG.md says of the version, or of what is not yet
// released.
func (r *release) notes() (string, error) {
	text, err := os.ReadFile(filepath.Join(r.clone, "CHANGELOG.md"))
	if err != nil {
		return "", err
	}
	for _, heading := range []string{strings.TrimPrefix(r.version, "v"), "Unreleased"} {
		section := regexp.MustCompile(`(?ms)^## ` + regexp.QuoteMeta(heading) + `\b[^\n]*\n(.*?)(^## |\z)`)
		if m := section.FindStringSubmatch(string(text)); m != nil && strings.TrimSpace(m[1]) != "" {
			return strings.TrimSpace(m[1]) + "\n", nil
		}
	}
	return "", fmt.Errorf("CHANGELOG.md has no section %s and none for what is not released", r.version)
}
