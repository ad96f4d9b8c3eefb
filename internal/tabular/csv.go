package tabular

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/textpos"
)

// maxProblems and maxSearch bound how many problems of a text file are
// reported at once, and how many records are read to find more after the first.
const (
	maxProblems = 20
	maxSearch   = 64 << 10
)

// CSVOptions say how CSV is written. A nil *CSVOptions is the default.
type CSVOptions struct {
	Delimiter rune // between fields; 0 means a comma
	Quote     rune // around fields; 0 means "
	NoHeader  bool // the first record is data; columns are called ColumnId-1, ColumnId-2, …

	// Schema names the columns and gives them types: text, int64, float64, bool,
	// date32, timestamps or decimal128. With a header the names must be those of
	// the file, in any order, and all of them; without, their number must fit.
	// Nil reads every column as text.
	Schema *arrow.Schema
}

// CSV reads CSV. Every column is text, as it stands in the file, unless
// opts.Schema says otherwise: a rule that names a column always finds text, and
// nothing is lost by reading 007 as a number. An empty field is the empty text,
// and NULL in a column of another type. A name for the input begins messages.
func CSV(name string, in io.Reader, opts *CSVOptions) (array.RecordReader, error) {
	return csvOf(name, in, opts, maxRow, blockBytes)
}

// csvOf is CSV with a limit for a record, and the size of a block for CSVLines.
func csvOf(name string, in io.Reader, opts *CSVOptions, longest, block int) (array.RecordReader, error) {
	c := csvReader{name: name, longest: longest, block: block}
	if opts != nil {
		c.opts = *opts
	}
	c.r = csvtext.NewReader(in, &csvtext.Options{File: name, Delimiter: c.opts.Delimiter, Quote: c.opts.Quote, MaxRecord: longest})
	first, err := c.r.ReadBytes()
	switch {
	case err == io.EOF && c.opts.NoHeader && c.opts.Schema != nil: // no row is no doubt
	case err == io.EOF && c.opts.NoHeader:
		return nil, textpos.InFile(name, fmt.Errorf("%w: the first line decides the columns", ErrNoData))
	case err == io.EOF:
		return nil, textpos.InFile(name, fmt.Errorf("%w: want a header line", ErrNoData))
	case err != nil:
		return nil, c.problems(err)
	}
	if err := c.bind(first); err != nil {
		return nil, err
	}
	if c.opts.NoHeader {
		c.pending = first // good until the next read
	}
	return &csvTable{batches.New(c.schema, c.next, nil), &c}, nil
}

type csvReader struct {
	name    string
	opts    CSVOptions
	longest int // bytes of a record
	block   int // bytes of a block
	r       *csvtext.Reader
	schema  *arrow.Schema
	columns []csvColumn // in the order of the file
	fields  []int       // in columns, of each field of the schema
	pending [][]byte    // a record that was read and not yet added
}

// next returns the next batch, or nil after the last.
func (c *csvReader) next() (arrow.Record, error) {
	rows, bytes := 0, 0
	for rows < batchRows && bytes < batchBytes {
		record, err := c.pending, error(nil)
		if c.pending = nil; record == nil {
			record, err = c.r.ReadBytes()
		}
		if err == io.EOF {
			break
		} else if err == nil {
			err = c.add(record)
		}
		if err != nil {
			return nil, c.problems(err)
		}
		for _, value := range record {
			bytes += len(value) + 4
		}
		rows++
	}
	if rows == 0 {
		return nil, nil
	}
	return newRecord(c.schema, rows, func(i int) arrow.Array { return c.columns[c.fields[i]].take() }), nil
}

// add adds a record to the columns, and returns a valueErrors if a value is
// not of its column's type.
func (c *csvReader) add(record [][]byte) error {
	var bad valueErrors
	for i, value := range record {
		if err := c.columns[i].add(value); err != nil {
			line, column := c.r.FieldPos(i)
			bad = append(bad, &Error{Pos: textpos.At(c.name, line, column), Err: fmt.Errorf("column %q: %w", c.schema.Field(c.columns[i].at).Name, err)})
		}
	}
	if bad != nil {
		return bad
	}
	return nil
}

// valueErrors are the problems of one record.
type valueErrors []error

// Error returns them all.
func (e valueErrors) Error() string { return errors.Join(e...).Error() }

// newRecord takes the columns that column returns into a record.
func newRecord(schema *arrow.Schema, rows int, column func(i int) arrow.Array) arrow.Record {
	columns := make([]arrow.Array, schema.NumFields())
	for i := range columns {
		columns[i] = column(i)
		defer columns[i].Release()
	}
	return array.NewRecord(schema, columns, int64(rows))
}

// problems returns err and the problems that follow soon after it.
func (c *csvReader) problems(err error) error {
	var errs []error
	for range maxSearch {
		var problem *Error
		var values valueErrors
		switch {
		case errors.As(err, &problem):
			errs = append(errs, problem)
		case errors.As(err, &values):
			errs = append(errs, values...)
		case err == io.EOF:
			return errors.Join(errs...)
		case err != nil:
			return errors.Join(append(errs, textpos.InFile(c.name, err))...)
		}
		if len(errs) >= maxProblems {
			break
		}
		var record [][]byte
		if record, err = c.r.ReadBytes(); err == nil && c.columns != nil && len(record) == len(c.columns) {
			err = c.add(record)
		}
	}
	return errors.Join(append(errs, textpos.InFile(c.name, errMore))...)
}
