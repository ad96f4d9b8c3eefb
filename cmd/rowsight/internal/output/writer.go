package output

import (
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
)

// A Writer writes records of one schema. Close completes the output, also of
// no record at all; it does not close what is written to.
type Writer interface {
	Write(rec arrow.Record) error
	Close() error
}

// A Format is how rows are written: one that can be read too, or a table.
type Format string

// The formats, by the names that options use.
const (
	CSV     Format = "csv"
	JSONL   Format = "jsonl"
	Arrow   Format = "arrow"
	Parquet Format = "parquet"
	Table   Format = "table"
)

// Formats are all formats, in the order help shows them.
func Formats() []Format { return []Format{CSV, JSONL, Arrow, Parquet, Table} }

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
// visible values only, and a file has room for one a column.
func New(w io.Writer, format Format, schema *arrow.Schema, opts *Options) (Writer, error) {
	if opts == nil {
		opts = &Options{}
	}
	switch format {
	case CSV:
		if n := schema.NumFields(); n > 0 && schema.Field(n-1).Name == input.LineColumn && opts.Header != nil && !opts.Header.Equal(schema) {
			return newCSVLines(w, opts)
		}
		return newCSV(w, schema, opts)
	case JSONL:
		if n := schema.NumFields(); n > 0 && schema.Field(n-1).Name == input.LineColumn {
			return newLines(w), nil
		}
		return newJSONL(w, schema)
	case Arrow:
		if file, ok := w.(*File); ok && !file.direct && !opts.Stream && !slices.ContainsFunc(schema.Fields(), hasDictionary) {
			return newArrowFile(file.File, schema)
		}
		return newArrowStream(w, schema), nil
	case Parquet:
		return newParquet(w, schema, opts)
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
