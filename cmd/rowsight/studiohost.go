package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/output"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/rls/roster"
)

// A studioHost reads and writes files for the page as the other subcommands do.
// Files that are dropped on the page are kept in a folder of their own until the
// command ends.
type studioHost struct {
	cmd   *cobra.Command
	flags *studioFlags
	dir   string
	save  sync.Mutex
}

func newStudioHost(cmd *cobra.Command, f *studioFlags) (*studioHost, error) {
	dir, err := os.MkdirTemp("", "rowsight-studio-*")
	return &studioHost{cmd: cmd, flags: f, dir: dir}, err
}

func (h *studioHost) close() { os.RemoveAll(h.dir) }

// Keep implements [studio.Host].
func (h *studioHost) Keep(name string, content []byte) (string, error) {
	if !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) || name == "." {
		name = "dropped"
	}
	dir, err := os.MkdirTemp(h.dir, "")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, content, 0o600)
}

// Kept implements [studio.Host].
func (h *studioHost) Kept(path string) bool {
	return strings.HasPrefix(path, h.dir+string(filepath.Separator))
}

// Read implements [studio.Host].
func (h *studioHost) Read(path string) ([]byte, error) { return os.ReadFile(path) }

// Rules implements [studio.Host].
func (h *studioHost) Rules(_ context.Context, path string) (*studio.Source, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, opts, err := h.flags.read.open(h.cmd, path)
	if err != nil {
		return nil, err
	}
	if h.Kept(path) { // messages name the file as it was dropped
		opts.File = filepath.Base(path)
	}
	s := &studio.Source{Content: content, Text: string(file.Text), Options: opts, Assumed: file.Assumed, Hint: file.Hint()}
	if before, ok := bytes.CutSuffix(content, file.Text); ok {
		s.Prefix = string(before)
	} else {
		s.Imported = true
	}
	return s, nil
}

// Repair implements [studio.Host].
func (h *studioHost) Repair(_ context.Context, path string, text []byte) ([]byte, []string, error) {
	kept, err := h.Keep(filepath.Base(path), text)
	if err != nil {
		return nil, nil, err
	}
	repaired, err := repair(h.cmd, &h.flags.read, kept)
	if err != nil {
		return nil, nil, errors.New(strings.ReplaceAll(err.Error(), kept, filepath.Base(path)))
	}
	var changes []string
	for _, c := range repaired.changes {
		changes = append(changes, c.String())
	}
	return repaired.text, changes, nil
}

// Data implements [studio.Host].
func (h *studioHost) Data(ctx context.Context, path string, columns []string) (array.RecordReader, error) {
	in, err := h.flags.dataRead.options(h.cmd.InOrStdin(), []string{path})
	if err != nil {
		return nil, err
	}
	h.flags.dataRead.restrict(in, columns)
	return input.Open(ctx, []string{path}, in)
}

// Text implements [studio.Host].
func (h *studioHost) Text(arr arrow.Array, field arrow.Field) (func(int) (string, error), error) {
	return output.Texts(arr, field)
}

// Roster implements [studio.Host].
func (h *studioHost) Roster(path string) (*roster.Roster, error) {
	f := h.flags.users
	f.paths = strings.Split(path, "\x00")
	return f.read(h.cmd)
}

// Save implements [studio.Host]. The file that is there is copied first, then
// looked at again, and then replaced in one step.
func (h *studioHost) Save(path string, old, content []byte, like string) (backup string, err error) {
	h.save.Lock()
	defer h.save.Unlock()
	unchanged := func() error {
		now, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && old == nil:
			return nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		case err != nil || old == nil || !bytes.Equal(now, old):
			return studio.ErrChanged
		}
		return nil
	}
	if err := unchanged(); err != nil {
		return "", err
	}
	write := func(path string, content []byte, last func() error) error {
		file, err := output.Create(path, nil)
		if err != nil {
			return err
		}
		defer file.Discard()
		if old == nil { // a new file: no more people can read it than the one it is made of
			if err := file.Chmod(h.modeOf(like)); err != nil {
				return err
			}
		}
		if _, err := file.Write(content); err != nil {
			return err
		}
		if err := last(); err != nil {
			return err
		}
		return file.Commit()
	}
	if old != nil {
		backup = path + "." + time.Now().UTC().Format("20060102-150405.000000000") + ".bak"
		if err := keep(backup, old); err != nil {
			return "", err
		}
	}
	return backup, write(path, content, unchanged)
}

// modeOf returns who can read a file; its owner alone if that is not known.
func (h *studioHost) modeOf(path string) fs.FileMode {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && !h.Kept(path) {
		return info.Mode().Perm()
	}
	return 0o600
}

// keep writes a new file that only its owner can read. A file that is there is an
// error.
func keep(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// Now implements [studio.Host].
func (h *studioHost) Now() time.Time {
	t, err := now()
	if err != nil {
		return time.Now()
	}
	return t
}

// Version implements [studio.Host].
func (h *studioHost) Version() string { return versionLine() }
