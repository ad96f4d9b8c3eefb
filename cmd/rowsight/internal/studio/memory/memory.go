// Package memory keeps the files of rowsight studio in memory, for a browser that
// has no server, and for tests. It reads rules and people in CSV, and data in CSV,
// JSON lines and Arrow.
package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// A Host is a [studio.Host] without a disk. It is safe for concurrent use. The
// zero Host has no file.
type Host struct {
	// Saves says that files that [Host.Put] stored are saved in place. Without it
	// every file is one that was dropped.
	Saves bool

	mu    sync.Mutex
	files map[string][]byte
	kept  int
}

// Put stores a file.
func (h *Host) Put(name string, content []byte) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.files == nil {
		h.files = make(map[string][]byte)
	}
	h.files[name] = content
	return name
}

// Keep implements [studio.Host].
func (h *Host) Keep(name string, content []byte) (string, error) {
	h.mu.Lock()
	h.kept++
	dir := "kept/" + strconv.Itoa(h.kept)
	h.mu.Unlock()
	return h.Put(path.Join(dir, path.Base(name)), content), nil
}

// Kept implements [studio.Host].
func (h *Host) Kept(name string) bool { return !h.Saves || strings.HasPrefix(name, "kept/") }

// Read implements [studio.Host].
func (h *Host) Read(name string) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	content, ok := h.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return content, nil
}

// Rules implements [studio.Host].
func (h *Host) Rules(_ context.Context, name string) (*studio.Source, error) {
	content, err := h.Read(name)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(content) {
		return nil, fmt.Errorf("%s: it is not UTF-8; save it as CSV UTF-8", path.Base(name))
	}
	return &studio.Source{Content: content, Text: string(content), Options: &rls.Options{File: path.Base(name), Delimiter: delimiter(content)}}, nil
}

// delimiter finds the delimiter in a header: a comma, unless only another one
// makes a principal column.
func delimiter(content []byte) rune {
	first, _, _ := strings.Cut(strings.TrimPrefix(string(content), "\uFEFF"), "\n")
	for _, d := range []rune{',', ';', '\t', '|'} {
		for _, name := range strings.Split(strings.TrimSuffix(first, "\r"), string(d)) {
			if slices.Contains(rls.StandardColumns(), strings.Trim(name, `"`)) && strings.ContainsRune(first, d) {
				return d
			}
		}
	}
	return 0
}

// ErrRepair is why nothing is repaired here.
var ErrRepair = errors.New("rowsight studio repairs files only when it runs as a command: correct the text")

// Repair implements [studio.Host].
func (h *Host) Repair(context.Context, string, []byte) ([]byte, []string, error) {
	return nil, nil, ErrRepair
}

// Data implements [studio.Host].
func (h *Host) Data(ctx context.Context, name string, columns []string) (array.RecordReader, error) {
	content, err := h.Read(name)
	if err != nil {
		return nil, err
	}
	short := path.Base(name)
	switch head := bytes.TrimLeft(content[:min(len(content), 64)], " \t\r\n\uFEFF"); {
	case bytes.HasPrefix(content, []byte("PAR1")):
		return nil, fmt.Errorf("%s: Parquet is read only by the command: save the data as CSV or Arrow", short)
	case bytes.HasPrefix(content, []byte(tabular.ArrowMagic)):
		return tabular.ArrowFile(short, bytes.NewReader(content), int64(len(content)), nil)
	case bytes.HasPrefix(content, []byte("\xff\xff\xff\xff")):
		return tabular.ArrowStream(short, bytes.NewReader(content), nil)
	case bytes.HasPrefix(head, []byte("{")):
		lines, in := tabular.NewJSON(&tabular.JSONOptions{Columns: columns}), bytes.NewReader(content)
		first, err := lines.Infer(ctx, short, in)
		if err != nil {
			return nil, err
		}
		return lines.Read(ctx, short, io.MultiReader(bytes.NewReader(first), in))
	}
	opts := &tabular.CSVOptions{}
	if strings.HasSuffix(strings.ToLower(short), ".tsv") {
		opts.Delimiter = '\t'
	}
	return tabular.CSV(short, bytes.NewReader(content), opts)
}

// Text implements [studio.Host].
func (h *Host) Text(arr arrow.Array, _ arrow.Field) (func(int) (string, error), error) {
	if text, ok := arr.(*array.String); ok {
		return func(i int) (string, error) {
			if text.IsNull(i) {
				return "", nil
			}
			return text.Value(i), nil
		}, nil
	}
	return func(i int) (string, error) {
		if arr.IsNull(i) {
			return "", nil
		}
		return arr.ValueStr(i), nil
	}, nil
}

// Roster implements [studio.Host].
func (h *Host) Roster(name string) (*roster.Roster, error) {
	content, err := h.Read(name)
	if err != nil {
		return nil, err
	}
	return roster.ReadCSV(bytes.NewReader(content), &roster.Options{File: path.Base(name), Delimiter: delimiter(content)})
}

// Save implements [studio.Host].
func (h *Host) Save(name string, old, content []byte, _ string) (backup string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now, ok := h.files[name]
	if ok != (old != nil) || !bytes.Equal(now, old) {
		return "", studio.ErrChanged
	}
	if h.files == nil {
		h.files = make(map[string][]byte)
	}
	if ok {
		backup = name + ".bak"
		h.files[backup] = now
	}
	h.files[name] = content
	return backup, nil
}

// Now implements [studio.Host].
func (h *Host) Now() time.Time { return time.Now() }

// Version implements [studio.Host].
func (h *Host) Version() string { return "rowsight" }
