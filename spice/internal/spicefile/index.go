package spicefile

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/endian"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/internal/seal"
)

// Kinds of sealed chunks of a segment.
const (
	kindRows  = "rows"  // blocks: all columns of the first rows, of the next, …
	kindIndex = "index" // one chunk, an index as JSON
)

// index is what the second file of a segment holds.
type index struct {
	Columns    []string // see columnNames
	Endianness string   // of the numbers in the buffers of blocks: that of the processor
	Chunks     []ChunkInfo
}

// check reports rows that this process cannot read.
func (all index) check() error {
	switch {
	case len(all.Columns) == 0 && len(all.Chunks) > 0:
		return fmt.Errorf("%w: an earlier version of this package wrote the rows: refresh the dataset", ErrCorrupt)
	case all.Endianness != endian.NativeEndian.String():
		return fmt.Errorf("%w: a processor that is %q-endian wrote the rows, this one is %q-endian: refresh the dataset", ErrCorrupt, all.Endianness, endian.NativeEndian.String())
	}
	return nil
}

// columnNames returns a text for each column of a schema, with its name and how it is
// stored. It stands in the index, so that blocks are not taken for those of another column.
func columnNames(s *arrow.Schema) []string {
	names := make([]string, s.NumFields())
	for i, f := range s.Fields() {
		stored := f.Type.String()
		if IsText(f.Type) {
			stored = "text"
		}
		names[i] = stored + " " + f.Name
	}
	return names
}

// ChunkInfo says what one chunk of rows holds.
type ChunkInfo struct {
	Rows  int
	Stats map[string]Stats // by text column; one that is missing is not known
}

// MayMatch reports whether a row of the chunk may be in p. False is certain.
func (c ChunkInfo) MayMatch(p predicate.Predicate) bool {
	return p.MayMatch(func(column string) predicate.Bounds { return c.Stats[column].Bounds() })
}

// Names returns the paths of the files of a segment:
//
//	000000000000002a.rows      sealed columns of rows, one behind the other
//	000000000000002a.index     sealed statistics of each
//	000000000000002a.manifest  sealed list of the chunks of both
//
// The manifest is written last, so a segment without one was not finished.
func Names(dir string, version uint64) (rows, index, manifest string) {
	base := filepath.Join(dir, fmt.Sprintf("%016x", version))
	return base + ".rows", base + ".index", base + ".manifest"
}

// Manifest is the kind of the file of a segment that was published.
const Manifest = "manifest"

// ParseName takes the name of a file of a segment apart. The kind of one that was
// being written, or was not published, is another.
func ParseName(name string) (version uint64, kind string, ok bool) {
	name, unfinished := strings.CutSuffix(name, ".tmp")
	name, isNew := strings.CutSuffix(name, unpublished)
	number, kind, _ := strings.Cut(name, ".")
	version, err := strconv.ParseUint(number, 16, 64)
	if err != nil || number != fmt.Sprintf("%016x", version) || kind != kindRows && kind != kindIndex && kind != Manifest {
		return 0, "", false
	}
	if isNew {
		kind += unpublished
	}
	if unfinished {
		kind += ".tmp"
	}
	return version, kind, true
}

// Tag is the authentication tag of a manifest: it stands for the whole segment,
// and whoever names a segment keeps it, so that no other of the same version
// takes its place.
type Tag [16]byte

// tagOf returns the tag of sealed bytes, which are never shorter.
func tagOf(sealed []byte) (t Tag) {
	copy(t[:], sealed[max(0, len(sealed)-len(t)):])
	return t
}

func sealIndex(w *seal.Writer, all index) error {
	data, err := json.Marshal(all)
	if err != nil {
		return err
	}
	_, err = w.WriteChunk(data)
	return err
}

// sameColumns reports how the columns of b differ from those of a. Text may come
// in any form.
func sameColumns(a, b *arrow.Schema) error {
	if a.NumFields() != b.NumFields() {
		return fmt.Errorf("%d columns, want %d", b.NumFields(), a.NumFields())
	}
	for i, f := range a.Fields() {
		g := b.Field(i)
		if f.Name != g.Name {
			return fmt.Errorf("column %d is %q, want %q", i, g.Name, f.Name)
		}
		if IsText(f.Type) && IsText(g.Type) {
			continue
		}
		if !arrow.TypeEqual(f.Type, g.Type) {
			return fmt.Errorf("column %q is %s, want %s", f.Name, g.Type, f.Type)
		}
	}
	return nil
}
