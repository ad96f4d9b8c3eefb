package parquet

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

var _ array.RecordReader = (*Reader)(nil)

// A Reader streams the records of one Parquet file, row group by row group, in
// the order of the file. It is an array.RecordReader of Arrow v15.
//
// A Reader is for one goroutine at a time, except Retain and Release. The
// current record is valid until the next call of Next; Retain it to keep it
// longer, also beyond the Reader, and release it on any goroutine. The last
// Release of a Reader made by [Open] closes the file.
//
// The zero Reader has no rows.
type Reader struct {
	refs   atomic.Int64
	ctx    context.Context
	path   string    // for errors
	closer io.Closer // of Open

	r      *source
	meta   *metadata.FileMetaData
	pq     *file.Reader
	arrow  *pqarrow.FileReader
	leaves []int // columns of the file to read
	opens  []leaf
	prune  *pruner // nil: every row group is read
	late   *late   // nil: a row group that is read is read as a whole
	limit  *limit  // of records, counted for each
	pages  *limit  // of what the library keeps, counted for each row group
	schema *arrow.Schema

	total        int64                // rows of the file, of all row groups
	group        int                  // of the file, counted from 1; 0 before the first
	rows         pqarrow.RecordReader // of the row group; nil between two
	left         int64                // rows of the row group still to come
	ready        arrow.Record         // visible rows of the row group still to come, if they were gathered
	batch        int64                // the largest number of rows in a record
	stats        Stats
	pagesSkipped atomic.Int64
	cur          arrow.Record
	err          error
}

// Open opens the Parquet file at a path. The last Release closes it.
func Open(path string, opts *Options) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{Err: err} // an error of os has the path
	}
	r, err := newReader(f, path, opts, memory.NewGoAllocator())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.closer = f
	return r, nil
}

// NewReader reads a Parquet file from anything that can be read at any place;
// wrap an io.ReaderAt of known size in an io.NewSectionReader. It must stay
// readable until the last Release, which does not close it.
//
// The footer, the place of every column that is asked for, and the stored
// Arrow schema are checked here; see the package comment for what each record
// is checked for. Errors are an [Error] or several of them joined.
func NewReader(r v18pq.ReaderAtSeeker, opts *Options) (*Reader, error) {
	return newReader(r, "", opts, memory.NewGoAllocator())
}

// newReader takes the allocator for tests. It is no option: the library leaks
// small buffers of pages that store differences, which only the Go heap forgives.
func newReader(from v18pq.ReaderAtSeeker, path string, opts *Options, mem memory.Allocator) (*Reader, error) {
	return newReaderOf(&source{ReaderAtSeeker: from}, nil, path, opts, mem)
}

// newReaderOf is newReader for a file whose footer was read, if it is not nil.
func newReaderOf(src *source, meta *metadata.FileMetaData, path string, opts *Options, mem memory.Allocator) (*Reader, error) {
	if opts == nil {
		opts = &Options{}
	}
	r := &Reader{ctx: opts.Context, path: path, r: src, meta: meta}
	if r.ctx == nil {
		r.ctx = context.Background()
	}
	batch, max := int64(opts.BatchRows), opts.MaxBatchBytes
	if batch <= 0 {
		batch = DefaultBatchRows
	}
	if max <= 0 {
		max = DefaultMaxBatchBytes
	}
	r.limit = newLimit(mem, max)
	// The library's own buffers outlive a batch, and a row group in a pool that
	// a finalizer empties: they are counted apart, for each row group.
	r.pages = newLimit(memory.NewGoAllocator(), max)

	if err := r.ctx.Err(); err != nil {
		return nil, r.fail("", err)
	}
	var err error
	if r.meta == nil {
		if r.meta, err = readFooter(src, max); err != nil {
			return nil, r.fail("", why(err))
		}
	}
	r.batch = batch
	err = guard(func() error {
		props := v18pq.NewReaderProperties(r.pages)
		props.BufferedStreamEnabled = true // not a whole column chunk at once
		props.BufferSize = streamBytes
		props.MaxCompressedPageSize = min(maxPageBytes, max)
		props.MaxUncompressedPageSize = min(maxPageBytes, max)
		if r.pq, err = file.NewParquetReader(src, file.WithReadProps(props), file.WithMetadata(r.meta)); err != nil {
			return err
		}
		// Parallel decodes on goroutines of the library, whose panics nobody
		// can recover.
		arrowProps := pqarrow.ArrowReadProperties{Parallel: false, BatchSize: batch}
		for _, i := range textLeaves(r.meta, opts.Dictionary) {
			arrowProps.SetReadDict(i, true)
		}
		r.arrow, err = pqarrow.NewFileReader(r.pq, arrowProps, r.limit)
		return err
	})
	if err != nil {
		return nil, r.fail("", why(err))
	}
	if err := guard(func() error { return r.project(opts, max) }); err != nil {
		return nil, r.fail("", why(err))
	}
	if err := guard(r.checkGroups); err != nil {
		return nil, r.fail("", why(err))
	}
	if opts.Prune != nil {
		if err := guard(func() error { r.prune = r.newPruner(*opts.Prune); return nil }); err != nil {
			return nil, r.fail("", why(err))
		}
		_ = guard(func() error { r.late = r.newLate(opts); return nil }) // nil: as without it
	}
	r.refs.Store(1)
	return r, nil
}

// Schema returns the schema of the records, with v15 types.
func (r *Reader) Schema() *arrow.Schema { return r.schema }

// NumRows returns how many rows the footer promises, with those that
// Options.Prune leaves out. A file that holds another number ends in an error.
func (r *Reader) NumRows() int64 { return r.total }

// Compression returns how the first column of the file is compressed, for
// [WriterOptions]. It is Zstd for an empty file, and for a codec that a Writer does not have.
func (r *Reader) Compression() Compression {
	if r.meta == nil || r.meta.NumRowGroups() == 0 || len(r.leaves) == 0 {
		return Zstd
	}
	c, err := r.meta.RowGroup(0).ColumnChunk(r.leaves[0])
	if err != nil {
		return Zstd
	}
	switch c.Compression() {
	case compress.Codecs.Snappy:
		return Snappy
	case compress.Codecs.Uncompressed:
		return Uncompressed
	}
	return Zstd
}

// Record returns the current record, nil before the first Next and after the
// last.
func (r *Reader) Record() arrow.Record { return r.cur }

// Err returns what ended the reader early: an [Error], which wraps the error of
// the context if it was that. Nil after the last row.
func (r *Reader) Err() error { return r.err }

// Retain adds a reference.
func (r *Reader) Retain() { r.refs.Add(1) }

// Release drops a reference. The last one frees the current record and closes
// the file of [Open].
func (r *Reader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	r.drop()
	r.endGroup()
	if r.closer != nil {
		_ = r.closer.Close() // it was only read
	}
}

// Next reads the next record, which has at least one row, and reports whether
// there is one.
func (r *Reader) Next() bool {
	r.drop()
	if r.err != nil || r.meta == nil {
		return false
	}
	for r.err == nil {
		if err := r.ctx.Err(); err != nil {
			r.err = r.fail("", err)
			break
		}
		if r.ready != nil {
			r.cut()
			return true
		}
		if r.late != nil && r.late.left != nil {
			if err := r.gatherMore(); err != nil {
				r.err = r.fail("", why(err))
			}
			continue
		}
		if r.rows == nil {
			if r.group == r.meta.NumRowGroups() {
				return false
			}
			r.group++
			if !r.prune.mayMatch(r.group - 1) {
				r.skip()
				continue
			}
			if r.late != nil && r.gather() {
				continue
			}
			if err := r.open(); err != nil {
				r.err = r.fail("", why(err))
			}
			continue
		}
		if r.next() {
			return true
		}
	}
	r.endGroup()
	return false
}

// cut makes the next record of those rows that are ready.
func (r *Reader) cut() {
	all := r.ready
	if all.NumRows() <= r.batch {
		r.cur, r.ready = all, nil
		return
	}
	defer all.Release()
	r.cur, r.ready = all.NewSlice(0, r.batch), all.NewSlice(r.batch, all.NumRows())
}

// next reads a record of the open row group; false at its end or on an error.
func (r *Reader) next() bool {
	r.limit.begin()
	more := false
	err := guard(func() error {
		more = r.rows.Next()
		return r.rows.Err()
	})
	switch {
	case err != nil:
		r.err = r.fail("", why(err))
		return false
	case !more && r.left > 0:
		r.err = r.fail("", corrupt("%d rows less than the footer says", r.left))
		return false
	case !more:
		r.endGroup()
		return false
	}
	rec := r.rows.RecordBatch()
	if r.left -= rec.NumRows(); r.left < 0 {
		r.err = r.fail("", corrupt("%d rows more than the footer says", -r.left))
		return false
	}
	cur, err := arrow18.Record(rec)
	if err == nil {
		// Indices into dictionaries and offsets come from the file.
		if err = arrow18.Validate(cur); err == nil && !cur.Schema().Equal(r.schema) {
			err = corrupt("a record of another schema than the file")
		}
		if err != nil {
			cur.Release()
		}
	}
	if err != nil {
		r.err = r.fail("", why(err))
		return false
	}
	r.cur = cur
	return true
}

// drop releases the current record, and the library's hold on its memory with
// the next batch it reads.
func (r *Reader) drop() {
	if r.cur != nil {
		r.cur.Release()
		r.cur = nil
	}
}

func (r *Reader) endGroup() {
	if r.r != nil {
		r.r.forget()
	}
	if r.ready != nil {
		r.ready.Release()
		r.ready = nil
	}
	if r.rows != nil {
		rows := r.rows
		r.rows = nil
		_ = guard(func() error { rows.Release(); return nil })
	}
}

// fail says where an error happened.
func (r *Reader) fail(column string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{File: r.path, RowGroup: r.group, Column: column, Err: err}
}
