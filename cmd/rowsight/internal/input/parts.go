package input

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/textpos"
)

// Stdin is the name that stands for standard input.
const Stdin = "-"

// A part is one file of the data, or standard input.
type part struct {
	path       string
	info       fs.FileInfo // nil for standard input
	partitions []partition // that the names of its folders say
}

// A partition is a column whose one value stands in the name of a folder, as in
// Region=EMEA/part-0.parquet.
type partition struct {
	name  string
	value *string // nil is NULL
	below bool    // the folder was found below one that was given
}

// hiveNull is the name of the folder of rows whose column is NULL.
const hiveNull = "__HIVE_DEFAULT_PARTITION__"

// partitionOf returns what the name of a folder says of its files, if anything.
func partitionOf(folder string, below bool) (partition, bool) {
	name, value, ok := strings.Cut(folder, "=")
	if !ok || name == "" {
		return partition{}, false
	}
	p := partition{name: unescape(name), below: below}
	if value != hiveNull {
		value = unescape(value)
		p.value = &value
	}
	return p, true
}

// unescape undoes the percent signs of writers; a name that is none of theirs
// stays as it is.
func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// partitionsOf returns what the folders of a path that was given say. A folder
// that ".." leaves again says nothing.
func partitionsOf(path string) (all []partition, err error) {
	for _, folder := range strings.Split(filepath.ToSlash(filepath.Clean(path)), "/") {
		if p, ok := partitionOf(folder, false); ok {
			if all, err = addPartition(all, p, path); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// addPartition returns all and p. Two folders that name one column say two things
// of a file.
func addPartition(all []partition, p partition, path string) ([]partition, error) {
	if slices.ContainsFunc(all, func(q partition) bool { return q.name == p.name }) {
		return nil, textpos.InFile(path, fmt.Errorf("%w: two folders around the file say what column %q holds", ErrSchema, p.name))
	}
	return append(slices.Clip(all), p), nil
}

// name is how messages call the part.
func (p part) name() string {
	if p.path == Stdin {
		return "standard input"
	}
	return p.path
}

// Files returns the files that a path names, as [Open] would read them.
func Files(path string) ([]string, error) {
	parts, err := expand([]string{path})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range parts {
		names = append(names, p.path)
	}
	return names, nil
}

// expand returns the files that paths name, in their order. A folder stands
// for the files in it and in its folders, in the order of their names, without
// those that table writers leave beside the data: names that begin with "."
// or "_", as _SUCCESS does.
func expand(paths []string) ([]part, error) {
	var parts []part
	stdin := false
	for _, path := range paths {
		if path == Stdin {
			if stdin {
				return nil, fmt.Errorf("standard input (-) is named twice")
			}
			stdin = true
			parts = append(parts, part{path: Stdin})
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		folder := path
		if !info.IsDir() {
			folder = filepath.Dir(path)
		}
		partitions, err := partitionsOf(folder)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			parts = append(parts, part{path, info, partitions})
			continue
		}
		before := len(parts)
		if parts, err = walk(path, partitions, parts); err != nil {
			return nil, err
		}
		if len(parts) == before {
			return nil, textpos.InFile(path, fmt.Errorf("%w: the folder has no files", ErrNoData))
		}
	}
	return parts, nil
}

func walk(dir string, partitions []partition, parts []part) ([]part, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if name := entry.Name(); strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		info, err := os.Stat(path) // through links
		switch {
		case err != nil:
			return nil, err
		case info.IsDir() && entry.IsDir(): // not through links, which may form a circle
			inside := partitions
			if p, ok := partitionOf(entry.Name(), true); ok {
				if inside, err = addPartition(partitions, p, path); err != nil {
					return nil, err
				}
			}
			if parts, err = walk(path, inside, parts); err != nil {
				return nil, err
			}
		case info.Mode().IsRegular():
			parts = append(parts, part{path, info, partitions})
		default:
			return nil, textpos.InFile(path, fmt.Errorf("%w: neither a file nor a folder", ErrFormat))
		}
	}
	return parts, nil
}
