package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Parts of a release that goreleaser makes its archives of. .goreleaser.yaml calls them.

// writeFiles writes the files beside the command to a folder. They are of the
// checkout: its command prints the completions.
func (r *release) writeFiles(to string) error {
	if err := r.checkout(); err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	command := filepath.Join(temp, "rowsight")
	if err := buildCheckout(r.repo, command, r.commit); err != nil {
		return err
	}
	files, err := extras(r.repo, command, r.version, r.made)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(to); err != nil { // a page of a command that is no more
		return err
	}
	for _, f := range files {
		at := filepath.Join(to, filepath.FromSlash(f.name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, f.text, os.FileMode(f.mode))); err != nil {
			return err
		}
	}
	return nil
}

// writeBill writes the bill of materials of a program.
func (r *release) writeBill(program, to string) error {
	if err := r.checkout(); err != nil {
		return err
	}
	bill, err := sbom(program, r.version, r.made)
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, bill, 0o644))
}

// buildCheckout builds the command of a checkout for this machine, as a release is
// built.
func buildCheckout(root, to, commit string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	env := append(os.Environ(), "GOWORK="+filepath.Join(root, "go.work"), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	_, err = run(filepath.Join(root, "cmd", "rowsight"), env, "go", slices.Concat([]string{"build"}, buildFlags(commit), []string{"-o", to, "."})...)
	return err
}

// checkout finds out which commit of which repository this is, and when it was made.
func (r *release) checkout() (err error) {
	if r.repo, err = r.output(".", "git", "rev-parse", "--show-toplevel"); err != nil {
		return err
	}
	if r.commit, err = r.output(r.repo, "git", "rev-parse", "HEAD"); err != nil {
		return err
	}
	made, err := r.output(r.repo, "git", "show", "--no-patch", "--format=%cI", "HEAD")
	if err != nil {
		return err
	}
	r.made, err = time.Parse(time.RFC3339, made)
	return err
}
