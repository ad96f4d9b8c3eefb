package output

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
)

// A Writer writes records of one schema. Close completes the output, also of
// no record at all; it does not close what is written to.
type Writer interface {
	Write(rec arrow.Record) error
	Close() error
}

// Table is the format that is only written, for a terminal.
const Table input.Format = "table"

// Formats are the formats that can be written, in the order help shows them.
func Formats() []input.Format {
	return []input.Format{input.CSV, input.JSONL, input.Arrow, input.Parquet, Table}
}

// rowGroupRows keeps the row group of Parquet that is being written, which is in
// memory, to some ten megabytes. Other engines write row groups of this size, too.
const rowGroupRows = 128 << 10

// Options say how to write. A nil *Options is the default.
type Options struct {
	Delimiter rune // between CSV fields; 0 means a comma
	Stream    bool // Arrow as a stream, also where a file could be written
	Color     bool // in tables

	Compression parquet.Compression // of Parquet

	// Header has the columns of CSV, if records have lines; see
	// [input.Data.CopyLines].
	Header *arrow.Schema
}

// New returns a Writer in the given format to w. Arrow is written as an IPC
// file if w is a [File], and as a stream otherwise. It is a stream too if a
// column is dictionary-encoded: every batch brings a dictionary of its own, of
// visible values only, and a file has room for one a column. Types that Parquet has
// no form for are an error before the first row.
func New(w io.Writer, format input.Format, schema *arrow.Schema, opts *Options) (Writer, error) {
	if opts == nil {
		opts = &Options{}
	}
	switch format {
	case input.CSV:
		if n := schema.NumFields(); n > 0 && schema.Field(n-1).Name == input.LineColumn && opts.Header != nil && !opts.Header.Equal(schema) {
			return newCSVLines(w, opts)
		}
		return newCSV(w, schema, opts)
	case input.JSONL:
		if n := schema.NumFields(); n > 0 && schema.Field(n-1).Name == input.LineColumn {
			return &lineWriter{bufio.NewWriterSize(w, 64<<10)}, nil
		}
		return newJSONL(w, schema)
	case input.Arrow:
		if file, ok := w.(*File); ok && !file.direct && !opts.Stream && !slices.ContainsFunc(schema.Fields(), hasDictionary) {
			w, err := ipc.NewFileWriter(file.File, ipc.WithSchema(schema))
			return &arrowWriter{w}, err
		}
		return &arrowWriter{ipc.NewWriter(w, ipc.WithSchema(schema))}, nil
	case input.Parquet:
		return parquet.NewWriter(w, schema, &parquet.WriterOptions{Compression: opts.Compression, RowGroupRows: rowGroupRows})
	case Table:
		return newTable(w, schema, opts)
	}
	return nil, fmt.Errorf("unknown format %q", format)
}

// hasDictionary reports whether values of the field are dictionary-encoded, at
// whatever depth.
func hasDictionary(f arrow.Field) bool {
	dt := f.Type
	if ext, ok := dt.(arrow.ExtensionType); ok {
		dt = ext.StorageType()
	}
	if dt.ID() == arrow.DICTIONARY {
		return true
	}
	nested, ok := dt.(arrow.NestedType)
	return ok && slices.ContainsFunc(nested.Fields(), hasDictionary)
}
