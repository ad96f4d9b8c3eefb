package input

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Stdin is the name that stands for standard input.
const Stdin = "-"

// A part is one file of the data, or standard input.
type part struct {
	path string
	info fs.FileInfo // nil for standard input
}

// name is how messages call the part.
func (p part) name() string {
	if p.path == Stdin {
		return "standard input"
	}
	return p.path
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
		if !info.IsDir() {
			parts = append(parts, part{path, info})
			continue
		}
		before := len(parts)
		if parts, err = walk(path, parts); err != nil {
			return nil, err
		}
		if len(parts) == before {
			return nil, &Error{File: path, Err: fmt.Errorf("%w: the folder holds no file", ErrNoData)}
		}
	}
	return parts, nil
}

func walk(dir string, parts []part) ([]part, error) {
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
			// year=2024/… would be a column that the files lack. Leaving it out
			// is not for us to decide.
			if strings.Contains(entry.Name(), "=") {
				return nil, &Error{File: path, Err: fmt.Errorf("%w: a folder that holds a column's value in its name is not supported", ErrSchema)}
			}
			if parts, err = walk(path, parts); err != nil {
				return nil, err
			}
		case info.Mode().IsRegular():
			parts = append(parts, part{path, info})
		default:
			return nil, &Error{File: path, Err: fmt.Errorf("%w: neither a file nor a folder", ErrFormat)}
		}
	}
	return parts, nil
}
