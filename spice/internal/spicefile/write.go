package spicefile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/endian"

	"github.com/rowsight/rowsight/spice/internal/seal"
)

// WriteOptions say how a segment is written.
type WriteOptions struct {
	MaxRunes int      // where text is cut; 0 is 2,047
	Cluster  []string // text columns that rows are put in the order of
	Strict   bool     // text that would be cut, or a row that would be dropped, is an error
	RunRows  int      // rows that are put in order together; 0 is DefaultRunRows
	RunBytes int      // the same in bytes; 0 is DefaultRunBytes
}

// Sizes of what is written.
const (
	// ChunkRows is the number of rows of a chunk: small enough that a viewer of
	// a thousandth of the rows decrypts little else, large enough that what each
	// chunk costs beside its rows does not count.
	ChunkRows = 4 << 10
	// DefaultRunRows is how many rows are put in order together. Larger data is
	// ordered run by run, and never in memory as a whole: a value is then in a
	// few chunks of each run, which is the same share of all chunks.
	DefaultRunRows = 4 << 20
	// DefaultRunBytes bounds the rows of a run; the memory they take is up to
	// twice that.
	DefaultRunBytes = 256 << 20

	defaultRunes = 2047
)

func (o *WriteOptions) maxRunes() int {
	if o.MaxRunes == 0 {
		return defaultRunes
	}
	return o.MaxRunes
}

// Result says what became of the rows of a source.
type Result struct {
	Rows      int64            // that were written
	Dropped   int64            // that were not: text that is not valid UTF-8
	Truncated map[string]int64 // texts that were cut, by column (V7)
	// Collided are the texts, by column, that different ones were cut to. They
	// are values of the data.
	Collided map[string][]string
	Bytes    int64 // of the files
	Tag      Tag
}

// A Writer writes one segment: the rows of one ingestion. It is not safe for
// concurrent use. Until Close returned nil there is no segment.
type Writer struct {
	disk    FS
	dir     string
	version uint64
	box     *seal.Box
	opts    WriteOptions
	schema  *arrow.Schema // as delivered
	columns []column
	cluster []*text
	rows    int // of the run

	file   File
	out    *seal.Writer
	buf    []byte // a block; used again
	chunks []ChunkInfo
	result Result
	done   bool
}

// Why rows are refused.
var (
	ErrSchema   = errors.New("the columns do not fit")
	ErrEncoding = errors.New("not valid UTF-8")
	ErrTooLong  = errors.New("cell too long")
)

// NewWriter begins a segment of rows of a schema, see [Delivered]. box is that
// of the version.
func NewWriter(disk FS, dir string, version uint64, box *seal.Box, schema *arrow.Schema, opts *WriteOptions) (*Writer, error) {
	w := &Writer{disk: disk, dir: dir, version: version, box: box, schema: schema}
	if opts != nil {
		w.opts = *opts
	}
	w.opts.RunRows = cmp.Or(w.opts.RunRows, DefaultRunRows)
	w.opts.RunBytes = cmp.Or(w.opts.RunBytes, DefaultRunBytes)
	for _, f := range schema.Fields() {
		w.columns = append(w.columns, newColumn(f.Type, &w.opts))
	}
	for _, name := range w.opts.Cluster {
		if at := schema.FieldIndices(name); len(at) == 1 {
			if c, ok := w.columns[at[0]].(*text); ok {
				w.cluster = append(w.cluster, c)
			}
		}
	}
	path, _, _ := Names(dir, version)
	var err error
	if w.file, err = disk.Create(path); err != nil {
		return nil, err
	}
	w.out = seal.NewWriter(w.file, box, kindRows)
	return w, nil
}

// Append adds the rows of a record, which is not kept. After an error the
// writer is of no more use than to be aborted.
func (w *Writer) Append(ctx context.Context, rec arrow.Record) error {
	if err := sameColumns(w.schema, rec.Schema()); err != nil {
		return fmt.Errorf("%w: %w", ErrSchema, err)
	}
	// A large record would make a large run.
	for at := int64(0); at < rec.NumRows(); at += ChunkRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := rec.NewSlice(at, min(at+ChunkRows, rec.NumRows()))
		err := w.append(part)
		part.Release()
		if err != nil {
			return err
		}
		size := 0
		for _, c := range w.columns {
			size += c.bytes()
		}
		if w.rows >= w.opts.RunRows || size >= w.opts.RunBytes {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Writer) append(rec arrow.Record) error {
	drop, dropped, err := invalid(rec)
	if err != nil {
		return err
	}
	if dropped > 0 && w.opts.Strict {
		return fmt.Errorf("%w: %d rows", ErrEncoding, dropped)
	}
	for i, c := range w.columns {
		if err := c.append(rec.Column(i), drop); err != nil {
			return fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
		if t, ok := c.(*text); ok && w.opts.Strict && t.cut > 0 {
			return fmt.Errorf("column %q: %w: want at most %d characters", rec.ColumnName(i), ErrTooLong, w.opts.maxRunes())
		}
	}
	w.rows += int(rec.NumRows()) - dropped
	w.result.Dropped += int64(dropped)
	return nil
}

// flush puts the rows of a run in order and writes them in chunks.
func (w *Writer) flush() error {
	order := w.order()
	for at := 0; at < len(order); at += ChunkRows {
		if err := w.chunk(order[at:min(at+ChunkRows, len(order))]); err != nil {
			return err
		}
	}
	w.result.Rows += int64(w.rows)
	w.rows = 0
	for _, c := range w.columns {
		c.reset()
	}
	return nil
}

// order returns the rows of the run in the order of the columns to cluster by,
// and otherwise as they came. Counting by the last column first, and keeping
// the order of equal ranks, sorts by all.
func (w *Writer) order() []uint32 {
	order := make([]uint32, w.rows)
	for i := range order {
		order[i] = uint32(i)
	}
	sorted := make([]uint32, w.rows)
	for _, c := range slices.Backward(w.cluster) {
		ranks, n := c.rank()
		starts := make([]uint32, n+1)
		for _, r := range ranks {
			starts[r+1]++
		}
		for i := range n {
			starts[i+1] += starts[i]
		}
		for _, row := range order {
			r := ranks[row]
			sorted[starts[r]] = row
			starts[r]++
		}
		order, sorted = sorted, order
	}
	return order
}

// chunk writes rows, each column as a sealed block.
func (w *Writer) chunk(rows []uint32) error {
	info := ChunkInfo{Rows: len(rows), Stats: make(map[string]Stats)}
	for i, c := range w.columns {
		var arr arrow.Array
		if t, ok := c.(*text); ok {
			arr, info.Stats[w.schema.Field(i).Name] = t.encode(rows)
		} else {
			arr = c.take(rows)
		}
		w.buf = appendBlock(w.buf[:0], arr)
		arr.Release()
		if _, err := w.out.WriteChunk(w.buf); err != nil {
			return err
		}
	}
	w.chunks = append(w.chunks, info)
	return nil
}

// Close writes what is left, and waits until all of it is on the disk. Only
// then is there a segment, which nobody knows of yet.
func (w *Writer) Close() (Result, error) {
	err := w.close()
	if err != nil {
		w.Abort()
		return Result{}, err
	}
	return w.result, nil
}

func (w *Writer) close() error {
	if err := w.flush(); err != nil {
		return err
	}
	w.done = true
	if err := errors.Join(w.file.Sync(), w.file.Close()); err != nil {
		return err
	}
	_, indexPath, manifestPath := Names(w.dir, w.version)
	f, err := w.disk.Create(indexPath)
	if err != nil {
		return err
	}
	indexOut := seal.NewWriter(f, w.box, kindIndex)
	err = sealIndex(indexOut, index{columnNames(w.schema), endian.NativeEndian.String(), w.chunks})
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	parts := seal.Manifest{Parts: []seal.Part{w.out.Part(), indexOut.Part()}}
	sealed, err := parts.Seal(w.box)
	if err != nil {
		return err
	}
	if _, err := WriteFile(w.disk, manifestPath+unpublished, sealed); err != nil {
		return err
	}
	w.result.Tag = tagOf(sealed)
	w.result.Bytes = parts.Parts[0].Size() + parts.Parts[1].Size() + int64(len(sealed))
	w.result.Truncated, w.result.Collided = make(map[string]int64), make(map[string][]string)
	for i, c := range w.columns {
		if t, ok := c.(*text); ok {
			name := w.schema.Field(i).Name
			if t.cut > 0 {
				w.result.Truncated[name] = t.cut
			}
			if texts := t.collided(); len(texts) > 0 {
				w.result.Collided[name] = texts
			}
		}
	}
	return nil
}

// Abort removes what was written. What cannot be removed now, the next start
// removes.
func (w *Writer) Abort() {
	if !w.done {
		w.done = true
		_ = w.file.Close()
	}
	Remove(w.disk, w.dir, w.version)
}

// unpublished stands behind the name of a manifest until a state names its
// segment. So whoever finds a segment that no state names knows whether one ever
// did: a state that was put back to an earlier time names too few.
const unpublished = ".new"

// Publish gives the manifest of a segment, which a state on the disk names now,
// its name. Until then [Open] finds it all the same.
func Publish(disk FS, dir string, version uint64) error {
	_, _, manifest := Names(dir, version)
	return disk.Rename(manifest+unpublished, manifest)
}

// readManifest returns the sealed manifest that has a tag. It looks at the published
// name again at the end: [Publish] may have run between the first look and the second.
func readManifest(disk FS, path string, tag Tag) ([]byte, error) {
	other := false
	var errs []error
	for _, p := range []string{path, path + unpublished, path} {
		sealed, err := disk.ReadFile(p)
		if err == nil && tagOf(sealed) == tag {
			return sealed, nil
		}
		other = other || err == nil
		errs = append(errs, err)
	}
	if other {
		return nil, fmt.Errorf("%w: the manifest belongs to another version", ErrCorrupt)
	}
	return nil, errors.Join(errs...)
}

// Remove removes the files of a segment, the manifest first.
func Remove(disk FS, dir string, version uint64) {
	rows, index, manifest := Names(dir, version)
	for _, path := range []string{manifest, manifest + unpublished, manifest + unpublished + ".tmp", index, rows} {
		_ = disk.Remove(path) // what is left is nobody's
	}
}
