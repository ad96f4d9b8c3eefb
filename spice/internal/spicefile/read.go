package spicefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/spice/internal/seal"
)

// ErrCorrupt is why a segment is refused: it is not the one that was written.
var ErrCorrupt = errors.New("the stored bytes are not those that were written")

// A Segment is a segment on disk, opened. What its manifest and its index say
// is kept once it was authenticated; rows are not. It is safe for concurrent
// use.
type Segment struct {
	Version uint64

	file     File
	size     int64
	manifest seal.Manifest
	columns  []string
	chunks   []ChunkInfo
	rows     int64
}

// Open opens a segment with the box of its version. tag is what [Result] said
// of it when it was written.
func Open(disk FS, dir string, version uint64, box *seal.Box, tag Tag) (*Segment, error) {
	rowsPath, indexPath, manifestPath := Names(dir, version)
	sealed, err := readManifest(disk, manifestPath, tag)
	if err != nil {
		return nil, err
	}
	s := &Segment{Version: version}
	if s.manifest, err = seal.OpenManifest(box, sealed); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if err := s.openIndex(disk, indexPath, box); err != nil {
		return nil, err
	}
	if s.file, err = disk.Open(rowsPath); err != nil {
		return nil, err
	}
	if s.size, err = s.file.Size(); err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	if part, ok := s.manifest.Part(kindRows); !ok || part.Size() != s.size || len(part.Chunks) != len(s.chunks)*len(s.columns) {
		return nil, errors.Join(fmt.Errorf("%w: the rows have another length", ErrCorrupt), s.file.Close())
	}
	return s, nil
}

func (s *Segment) openIndex(disk FS, path string, box *seal.Box) error {
	sealed, err := disk.ReadFile(path)
	if err != nil {
		return err
	}
	part, _ := s.manifest.Part(kindIndex)
	r, err := seal.NewReader(bytes.NewReader(sealed), int64(len(sealed)), box, part)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	data, err := r.Chunk(nil, 0)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	var all index
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("%w: the index: %w", ErrCorrupt, err)
	}
	if err := all.check(); err != nil {
		return err
	}
	s.columns, s.chunks = all.Columns, all.Chunks
	for _, c := range s.chunks {
		s.rows += int64(c.Rows)
	}
	return nil
}

// Rows returns how many rows the segment has.
func (s *Segment) Rows() int64 { return s.rows }

// Chunks returns what each chunk holds. It must not be changed.
func (s *Segment) Chunks() []ChunkInfo { return s.chunks }

// Close closes the file of the segment.
func (s *Segment) Close() error { return s.file.Close() }

// A Reader reads the columns of chunks of a segment with a box that opens them. It is
// for one goroutine.
type Reader struct {
	s      *Segment
	r      *seal.Reader
	schema *arrow.Schema
	mem    memory.Allocator
}

// Reader returns a reader of rows of a schema, that of the writer. Columns take their
// memory from mem.
func (s *Segment) Reader(box *seal.Box, schema *arrow.Schema, mem memory.Allocator) (*Reader, error) {
	if names := columnNames(schema); len(s.chunks) > 0 && !slices.Equal(names, s.columns) {
		return nil, fmt.Errorf("%w: the columns are %q, want %q", ErrCorrupt, s.columns, names)
	}
	part, _ := s.manifest.Part(kindRows)
	r, err := seal.NewReader(s.file, s.size, box, part)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return &Reader{s, r, schema, mem}, nil
}

// Chunks returns what each chunk holds. It must not be changed.
func (r *Reader) Chunks() []ChunkInfo { return r.s.chunks }

// Rows returns how many rows a chunk has.
func (r *Reader) Rows(chunk int) int { return r.s.chunks[chunk].Rows }

// Chunk returns all columns of a chunk, see [Reader.Column]. The caller releases the
// record.
func (r *Reader) Chunk(chunk int) (arrow.Record, error) {
	arrays := make([]arrow.Array, 0, r.schema.NumFields())
	fields := make([]arrow.Field, 0, r.schema.NumFields())
	defer func() {
		for _, a := range arrays {
			a.Release()
		}
	}()
	for i, f := range r.schema.Fields() {
		arr, err := r.Column(chunk, i)
		if err != nil {
			return nil, err
		}
		f.Type = arr.DataType()
		arrays, fields = append(arrays, arr), append(fields, f)
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(r.Rows(chunk))), nil
}

// Column returns one column of a chunk, authenticated before it is decoded. Text may be
// a dictionary of what is stored. Nothing else of the chunk is read. The caller releases
// the array.
func (r *Reader) Column(chunk, column int) (arrow.Array, error) {
	n := chunk*len(r.s.columns) + column
	size := r.r.Size(n)
	block := memory.NewBufferWithAllocator(r.mem.Allocate(size), r.mem)
	defer block.Release()
	plain, err := r.r.Chunk(block.Bytes()[:0], n)
	if err != nil {
		if errors.Is(err, seal.ErrAltered) || errors.Is(err, seal.ErrLength) {
			err = fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return nil, err
	}
	if len(plain) != size {
		return nil, fmt.Errorf("%w: a column of %d bytes, want %d", ErrCorrupt, len(plain), size)
	}
	return openBlock(block, r.schema.Field(column).Type, r.Rows(chunk))
}

// Deliver returns rec with the columns of a schema that [Delivered] returned:
// text is decoded where a source had no dictionary, and becomes one where it
// had. The caller releases the result.
func Deliver(rec arrow.Record, columns []int, schema *arrow.Schema, mem memory.Allocator) arrow.Record {
	arrays := make([]arrow.Array, len(columns))
	for i, at := range columns {
		arr, want := rec.Column(at), schema.Field(i).Type
		d, isDict := arr.(*array.Dictionary)
		switch {
		case isDict && want.ID() == arrow.STRING:
			arrays[i] = decode(d, mem)
		case !isDict && want.ID() == arrow.DICTIONARY:
			arrays[i] = encode(arr.(*array.String), mem)
		default:
			arr.Retain()
			arrays[i] = arr
		}
	}
	out := array.NewRecord(schema, arrays, rec.NumRows())
	for _, a := range arrays {
		a.Release()
	}
	return out
}

// decode returns the texts of a dictionary column, one behind the other.
func decode(d *array.Dictionary, mem memory.Allocator) arrow.Array {
	values := d.Dictionary().(*array.String)
	indices := d.Indices().(*array.Int32).Int32Values()
	offsets, raw := values.ValueOffsets(), values.ValueBytes()
	n := d.Len()
	ends := memory.NewResizableBuffer(mem)
	defer ends.Release()
	ends.Resize(arrow.Int32Traits.BytesRequired(n + 1))
	to := arrow.Int32Traits.CastFromBytes(ends.Bytes())
	nulls := d.NullN()
	var base, total int32
	if len(offsets) > 0 {
		base = offsets[0]
	}
	to[0] = 0
	for i, k := range indices {
		if nulls == 0 || d.IsValid(i) {
			total += offsets[k+1] - offsets[k]
		}
		to[i+1] = total
	}
	data := memory.NewResizableBuffer(mem)
	defer data.Release()
	data.Resize(int(total))
	out := data.Bytes()
	for i, k := range indices {
		if to[i+1] > to[i] {
			copy(out[to[i]:to[i+1]], raw[offsets[k]-base:])
		}
	}
	valid := validityOf(d, mem)
	if valid != nil {
		defer valid.Release()
	}
	return makeArray(arrow.BinaryTypes.String, n, nulls, valid, ends, data)
}

// encode returns the texts of a column as a dictionary of those that occur, in
// the order in which they do.
func encode(arr *array.String, mem memory.Allocator) arrow.Array {
	b := array.NewDictionaryBuilder(mem, dictType).(*array.BinaryDictionaryBuilder)
	defer b.Release()
	for i := range arr.Len() {
		if arr.IsNull(i) {
			b.AppendNull()
		} else {
			_ = b.AppendString(arr.Value(i)) // fails only without memory
		}
	}
	return b.NewArray()
}

// validityOf returns which rows of an array are not NULL as a bitmap that
// begins with the first, nil if all are.
func validityOf(arr arrow.Array, mem memory.Allocator) *memory.Buffer {
	if arr.NullN() == 0 {
		return nil
	}
	b := memory.NewResizableBuffer(mem)
	b.Resize((arr.Len() + 7) / 8)
	bits := b.Bytes()
	clear(bits)
	for i := range arr.Len() {
		if arr.IsValid(i) {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return b
}
