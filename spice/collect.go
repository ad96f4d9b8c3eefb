package spice

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// tombstone is the name that the state of a dataset gets when the dataset is
// deleted: a crash leaves a folder that the next start removes.
const tombstone = "deleted"

// collect removes folders of datasets that were deleted, or never came to be. It
// looks at nothing that is sealed, so it works without keys, and so it removes no
// file that a dataset may need: a folder that has segments and no state has lost
// its state, and is left alone.
func (s *Store) collect() error {
	root := filepath.Join(s.dir, "datasets")
	names, err := s.disk.ReadDir(root)
	if err != nil {
		return err
	}
	for _, name := range names {
		dir := filepath.Join(root, name)
		if _, err := s.disk.ReadFile(statePath(dir)); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		file, err := s.disk.ReadFile(filepath.Join(dir, tombstone))
		if err == nil {
			if h, err := decodeHeader(file); err == nil && folder(h.ID) == name {
				d := &Dataset{store: s, id: h.ID, dir: dir}
				if s.opts.Witness == nil || d.goes(context.Background(), func() error { return nil }) == nil {
					_ = s.removeFolder(dir) // the next start tries again
				}
			}
			continue
		}
		if errors.Is(err, fs.ErrNotExist) && len(name) == 32 && s.unborn(dir) == nil {
			_ = s.disk.Remove(statePath(dir) + ".tmp")
			_ = s.disk.Remove(dir) // fails if there is anything else
		}
	}
	return nil
}

var errSegments = errors.New("the folder has rows and no state: move it away, or put its state back")

// unborn reports why a folder without a state is not that of a dataset whose
// creation did not come to its end.
func (s *Store) unborn(dir string) error {
	files, err := s.disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, _, ok := spicefile.ParseName(f); ok {
			return errors.Join(ErrCorrupt, errSegments)
		}
	}
	return nil
}

// removeFolder removes a dataset: the name of the state first, so that a crash
// leaves a folder that the next start removes.
func (s *Store) removeFolder(dir string) error {
	grave := filepath.Join(dir, tombstone)
	if err := s.disk.Rename(statePath(dir), grave); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.disk.SyncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	files, _ := s.disk.ReadDir(dir)
	for _, f := range files {
		if f != tombstone {
			_ = s.disk.Remove(filepath.Join(dir, f)) // the next start tries again
		}
	}
	_ = s.disk.Remove(grave)
	_ = s.disk.Remove(dir)
	return nil
}

// sweep removes segments that b, which was unsealed, does not need: those before
// its next one that it does not name, and later ones that were not published. A
// later one that was is of a state that is newer than b, so that somebody put an
// old state back: it stays until a refresh takes its number. d.mu is held.
func (d *Dataset) sweep(b *body) {
	if d.store.opts.ReadOnly || d.store.held() != nil {
		return
	}
	named := make(map[uint64]bool)
	for _, s := range b.Segments {
		named[s.Version] = true
	}
	files, _ := d.store.disk.ReadDir(d.dir)
	published := make(map[uint64]bool)
	for _, f := range files {
		if version, kind, ok := spicefile.ParseName(f); ok && kind == spicefile.Manifest {
			published[version] = true
		}
	}
	for version := range named {
		if !published[version] { // a crash came first
			_ = spicefile.Publish(d.store.disk, d.dir, version)
		}
	}
	for _, f := range files {
		version, _, ok := spicefile.ParseName(f)
		tmp := strings.HasSuffix(f, ".tmp") && (ok || f == "state.tmp")
		if tmp || ok && !named[version] && (version < b.Next || !published[version]) {
			_ = d.store.disk.Remove(filepath.Join(d.dir, f))
		}
	}
}
