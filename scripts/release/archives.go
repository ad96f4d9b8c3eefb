package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// platforms are those that archives are made for.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

// archives writes an archive for each platform, checksums and notes.
func (r *release) archives() error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	notes, err := r.notes()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.out, "NOTES.md"), []byte(notes), 0o644); err != nil {
		return err
	}
	extra, err := r.extras()
	if err != nil {
		return err
	}
	var sums strings.Builder
	known, programs := map[string]string{}, map[string][]byte{}
	sum := func(names ...string) error {
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join(r.out, name))
			if err != nil {
				return err
			}
			known[name] = fmt.Sprintf("%x", sha256.Sum256(text))
			fmt.Fprintf(&sums, "%s  %s\n", known[name], name)
		}
		log.Printf("built %s", names[0])
		return nil
	}
	for _, platform := range platforms {
		names, program, err := r.archive(platform, extra)
		if err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
		if err := sum(names...); err != nil {
			return err
		}
		programs[platform] = program
	}
	image, err := images(r.out, r.version, programs)
	if err != nil {
		return err
	}
	brew, err := formula(r.version, known)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.out, "rowsight.rb"), []byte(brew), 0o644); err != nil {
		return err
	}
	if err := sum(image, "rowsight.rb"); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, "checksums.txt"), []byte(sums.String()), 0o644)
}

// A file is an entry of an archive.
type file struct {
	name string
	text []byte
	mode int64
}

// extras are what archives hold beside the command: licence, changes and
// completions.
func (r *release) extras() (files []file, err error) {
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(filepath.Join(r.clone, name))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, text, 0o644})
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		text, err := r.output(r.temp, filepath.Join(r.temp, "bin", "rowsight"), "completion", shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"completions/rowsight." + shell, []byte(text + "\n"), 0o644})
	}
	return files, nil
}

// archive builds the command for a platform from the proxy, and writes it, and a
// list of the modules that it is made of. It returns the names of both files, and the
// command.
func (r *release) archive(platform string, extra []file) ([]string, []byte, error) {
	system, processor, _ := strings.Cut(platform, "/")
	at := filepath.Join(r.temp, "build", system+"-"+processor)
	if err := os.MkdirAll(at, 0o755); err != nil {
		return nil, nil, err
	}
	env := append(r.env, "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0", "GOBIN=")
	if _, err := run(at, env, "go", "mod", "init", "example.com/newcomer"); err != nil {
		return nil, nil, err
	}
	if _, err := run(at, env, "go", "get", path+"/cmd/rowsight@"+r.version); err != nil {
		return nil, nil, err
	}
	program := "rowsight"
	if system == "windows" {
		program += ".exe"
	}
	if _, err := run(at, env, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, path+"/cmd/rowsight"); err != nil {
		return nil, nil, err
	}
	text, err := os.ReadFile(filepath.Join(at, program))
	if err != nil {
		return nil, nil, err
	}
	parts, err := r.output(at, "go", "version", "-m", "-json", program)
	if err != nil {
		return nil, nil, err
	}
	files := append([]file{{program, text, 0o755}}, extra...)
	base := fmt.Sprintf("rowsight_%s_%s_%s", strings.TrimPrefix(r.version, "v"), system, processor)
	archive, sbom := base+".tar.gz", base+".modules.json"
	write := tarball
	if system == "windows" {
		archive, write = base+".zip", zipped
	}
	out, err := os.Create(filepath.Join(r.out, archive))
	if err != nil {
		return nil, nil, err
	}
	return []string{archive, sbom}, text, errors.Join(write(out, files), out.Close(), os.WriteFile(filepath.Join(r.out, sbom), []byte(parts+"\n"), 0o644))
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
