package spicefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
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
	if part, ok := s.manifest.Part(kindRows); !ok || part.Size() != s.size || len(part.Chunks) != len(s.chunks) {
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
	s.chunks = all.Chunks
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

// A Reader reads the chunks of a segment with a box that opens them. It is for
// one goroutine.
type Reader struct {
	s    *Segment
	r    *seal.Reader
	mem  memory.Allocator
	bufs *Buffers
}

// Buffers lends memory for what chunks are decrypted into. The zero Buffers is
// ready, and safe for concurrent use.
type Buffers struct{ pool sync.Pool }

// Reader returns a reader of the rows. Records take their memory from mem.
func (s *Segment) Reader(box *seal.Box, mem memory.Allocator, bufs *Buffers) (*Reader, error) {
	part, _ := s.manifest.Part(kindRows)
	r, err := seal.NewReader(s.file, s.size, box, part)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return &Reader{s, r, mem, bufs}, nil
}

// Chunk returns the rows of a chunk, authenticated before they are decoded. The
// caller releases the record, whose text columns may be dictionaries of what is
// stored.
func (r *Reader) Chunk(n int) (arrow.Record, error) {
	buf, _ := r.bufs.pool.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	defer r.bufs.pool.Put(buf)
	plain, err := r.r.Chunk((*buf)[:0], n)
	if err != nil {
		if errors.Is(err, seal.ErrAltered) || errors.Is(err, seal.ErrLength) {
			err = fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return nil, err
	}
	*buf = plain
	in, err := ipc.NewReader(bytes.NewReader(plain), ipc.WithAllocator(r.mem))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	defer in.Release()
	if !in.Next() {
		return nil, fmt.Errorf("%w: no record: %w", ErrCorrupt, in.Err())
	}
	rec := in.Record()
	if rec.NumRows() != int64(r.s.chunks[n].Rows) {
		return nil, fmt.Errorf("%w: %d rows, want %d", ErrCorrupt, rec.NumRows(), r.s.chunks[n].Rows)
	}
	rec.Retain()
	return rec, nil
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
