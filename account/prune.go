package account

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// prune removes the files of resources that have gone.
func (w *Writer) prune() error {
	var stale []string
	folders, err := w.each(func(kind Kind, ns, at, of string) {
		if w.gone(kind, ns) && !(w.done[of] && w.listed[of]) {
			stale = append(stale, at)
		}
	})
	if err != nil {
		return err
	}
	for _, kind := range singles() {
		if at := (Resource{Kind: kind}).path(false, false); !w.done[at] {
			stale = append(stale, at)
		}
	}
	for _, at := range stale {
		if err := os.Remove(filepath.Join(w.dir, filepath.FromSlash(at))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, at := range slices.Backward(folders) {
		_ = os.Remove(filepath.Join(w.dir, filepath.FromSlash(at))) // fails if it is not empty
	}
	return nil
}

// gone reports whether this run knows that resources of a kind which it did not
// write have gone: there is a complete list, or their namespace has gone.
func (w *Writer) gone(kind Kind, ns string) bool {
	if slices.Contains(w.lists, listName(kind, ns)) {
		return true
	}
	return kind.inNamespace() && slices.Contains(w.lists, listName(Namespaces, "")) && !w.listed[w.path(Resource{Kind: Namespaces, Name: ns})]
}

// each calls visit for every file of a resource in the folder: its kind and
// namespace, its path, and that of the resource that it belongs to. It returns the
// folders that they are in.
func (w *Writer) each(visit func(kind Kind, ns, at, of string)) (folders []string, err error) {
	for _, s := range shapes() {
		kind := s.kind
		err := fs.WalkDir(os.DirFS(w.dir), string(kind), func(at string, e fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case e.IsDir():
				folders = append(folders, at)
				return nil
			}
			of, ns := at, ""
			if stem, ok := strings.CutSuffix(at, rulesSuffix); ok && kind == DataSets {
				of = stem + ".json"
			}
			if kind.inNamespace() {
				if ns, err = url.PathUnescape(path.Base(path.Dir(at))); err != nil {
					ns = ""
				}
			}
			if path.Ext(of) == ".json" {
				visit(kind, ns, at, of)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return folders, nil
}

// abandon closes the folder as it was before it was opened, if nothing was put.
func (w *Writer) abandon() error {
	err := w.journal.Close()
	if w.fresh {
		err = errors.Join(err, os.Remove(filepath.Join(w.dir, unfinishedFile)))
	}
	return err
}
