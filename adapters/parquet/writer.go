package parquet

import (
	"errors"
	"fmt"
	"io"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/internal/recovered"
)

// A Writer writes v15 records to one Parquet file. The Arrow schema is stored
// in the file, so that a [Reader] gives back the types and metadata it was
// given. A Writer is for one goroutine at a time.
//
// Two files of the same records are equal byte by byte if all columns are of types that
// [Options.Prune] can read row by row, or dictionaries, and there are no bloom filters. Of other
// files, the library lists the encodings of a column chunk in random order, so that the
// bytes of the footers may differ.
//
// A file is only complete after Close returned nil; after an error it is
// garbage, and every further call returns the error. The zero Writer refuses
// every call.
type Writer struct {
	schema *arrow.Schema
	to     *v18.Schema
	w      *pqarrow.FileWriter // nil: flat writes
	flat   *flatWriter
	err    error // what every call returns from now on
}

// errClosed ends a Writer that had no other error.
var errClosed = &Error{Err: errors.New("the writer is closed")}

// NewWriter starts a Parquet file of records of a schema on w, which it does
// not close. A type that would not come back from the file as it was is an
// [Error] wrapping ErrUnsupported, one for each column: run-end encoded, unions,
// views, intervals, durations, date64, times and timestamps in seconds,
// dictionaries of anything but utf8 and binary, structs without fields. So is
// each name in opts that the schema does not have (ErrNoColumn) or not as text
// where text is wanted.
func NewWriter(w io.Writer, schema *arrow.Schema, opts *WriterOptions) (*Writer, error) {
	if opts == nil {
		opts = &WriterOptions{}
	}
	if schema == nil || schema.NumFields() == 0 {
		return nil, &Error{Err: fmt.Errorf("%w: no column to write", ErrUnsupported)}
	}
	codec, err := codecOf(opts.Compression)
	if err != nil {
		return nil, &Error{Err: err}
	}
	to, err := arrow18.FromSchema(schema)
	if err != nil {
		return nil, &Error{Err: fmt.Errorf("%w: %w", ErrUnsupported, err)}
	}
	if err := writable(to); err != nil {
		return nil, err
	}
	rows := opts.RowGroupRows
	if rows <= 0 {
		rows = DefaultRowGroupRows
	}
	out := &Writer{schema: schema, to: to}
	props := []v18pq.WriterProperty{v18pq.WithCompression(codec), v18pq.WithMaxRowGroupLength(rows), v18pq.WithCreatedBy("rowsight"), v18pq.WithPageIndexEnabled(true)}
	evidence, err := evidenceProperties(to, opts, rows)
	if err != nil {
		return nil, err
	}
	plain, err := plainProperties(to)
	if err != nil {
		return nil, err
	}
	props = append(props, plain...)
	all := v18pq.NewWriterProperties(append(props, evidence...)...)
	open := func(w io.Writer) (*pqarrow.FileWriter, error) {
		return pqarrow.NewFileWriter(to, w, all, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	}
	err = guard(func() error {
		model, err := open(io.Discard)
		if err != nil {
			return err
		}
		m, err := model.FileMetadata()
		if err != nil {
			return err
		}
		if out.flat, err = newFlatWriter(w, schema, m, all, opts); err != nil || out.flat != nil {
			return err
		}
		// The closer of w is hidden: the library would close it.
		out.w, err = open(onlyWriter{w})
		return err
	})
	if err != nil {
		return nil, &Error{Err: fmt.Errorf("%w: %w", ErrUnsupported, err)}
	}
	return out, nil
}

// plainProperties keeps the library from making dictionaries of numbers: it takes a
// third of the time of writing, and times and amounts hardly ever repeat. What does
// repeat, the compression finds.
func plainProperties(s *v18.Schema) (props []v18pq.WriterProperty, err error) {
	err = guard(func() error {
		tree, err := pqarrow.ToParquet(s, nil, pqarrow.DefaultWriterProps())
		if err != nil {
			return err
		}
		for i := range tree.NumColumns() {
			if col := tree.Column(i); col.PhysicalType() != v18pq.Types.ByteArray {
				props = append(props, v18pq.WithDictionaryPath(col.ColumnPath(), false))
			}
		}
		return nil
	})
	if err != nil {
		return nil, &Error{Err: fmt.Errorf("%w: %w", ErrUnsupported, err)}
	}
	return props, nil
}

type onlyWriter struct{ io.Writer }

func codecOf(c Compression) (compress.Compression, error) {
	switch c {
	case Zstd:
		return compress.Codecs.Zstd, nil
	case Snappy:
		return compress.Codecs.Snappy, nil
	case Uncompressed:
		return compress.Codecs.Uncompressed, nil
	default:
		return 0, fmt.Errorf("%w: compression %d", ErrUnsupported, c)
	}
}

// Write adds a record, which stays the caller's. Its schema must be that of
// NewWriter. A null fixed-size list that still has elements cannot be written
// by the library, which is an error.
func (w *Writer) Write(rec arrow.Record) error {
	if err := w.ready(); err != nil {
		return err
	}
	if rec == nil || !rec.Schema().Equal(w.schema) {
		return &Error{Err: fmt.Errorf("%w: the record has another schema than the file", ErrUnsupported)}
	}
	if rec.NumRows() == 0 {
		return nil
	}
	src, err := arrow18.FromRecord(rec)
	if err != nil {
		return &Error{Err: err}
	}
	defer src.Release()
	return w.keep(guardWrite(func() error {
		if w.flat != nil {
			return w.flat.write(src)
		}
		return w.w.WriteBuffered(src)
	}))
}

// keep returns an error as an [Error], and from now on.
func (w *Writer) keep(err error) error {
	if err == nil {
		return nil
	}
	var placed *Error
	if !errors.As(err, &placed) {
		err = &Error{Err: err}
	}
	w.err = err
	return err
}

// Close writes the footer. It does not close the io.Writer below.
func (w *Writer) Close() error {
	if err := w.ready(); err != nil {
		return err
	}
	w.err = errClosed
	if w.flat != nil {
		return w.keep(guardWrite(w.flat.close))
	}
	return w.keep(guardWrite(w.w.Close))
}

func (w *Writer) ready() error {
	if w.w == nil && w.flat == nil {
		return errClosed
	}
	return w.err
}

// guardWrite is guard without the word corrupt: nothing was read.
func guardWrite(step func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = recovered.Error(p, nil)
		}
	}()
	return step()
}
