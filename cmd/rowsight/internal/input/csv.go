package input

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/rowsight/rowsight/internal/csvtext"
)

// maxProblems and maxSearch bound how many problems of a text file are
// reported at once, and how many records are read to find more after the first.
const (
	maxProblems = 20
	maxSearch   = 64 << 10
)

// openCSV reads CSV with a header. Every column is text, as it stands in the
// file: a rule that names a column always finds text, and nothing is lost by
// reading 007 as a number. An empty field is the empty text.
func openCSV(s *source, opts *Options) (array.RecordReader, error) {
	r := csvtext.NewReader(s, &csvtext.Options{Comma: opts.Delimiter, MaxRecord: maxRow})
	header, err := r.Read()
	if err == io.EOF {
		return nil, &Error{File: s.name, Err: fmt.Errorf("%w: want a header line", ErrNoData)}
	} else if err != nil {
		return nil, csvProblems(s.name, r, err)
	}
	fields := make([]arrow.Field, len(header))
	for i, name := range header {
		fields[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	columns := make([]texts, len(fields))
	for i := range columns {
		columns[i].offsets = []int32{0}
	}
	next := func() (arrow.Record, error) {
		rows, bytes := 0, 0
		for rows < batchRows && bytes < batchBytes {
			record, err := r.ReadBytes()
			if err == io.EOF {
				break
			} else if err != nil {
				return nil, csvProblems(s.name, r, err)
			}
			for i, value := range record {
				columns[i].add(value)
				bytes += len(value) + 4
			}
			rows++
		}
		if rows == 0 {
			return nil, nil
		}
		return newRecord(schema, rows, func(i int) arrow.Array { return columns[i].take() }), nil
	}
	return newBatches(schema, next, nil), nil
}

// newRecord takes the columns that column returns into a record.
func newRecord(schema *arrow.Schema, rows int, column func(i int) arrow.Array) arrow.Record {
	columns := make([]arrow.Array, schema.NumFields())
	for i := range columns {
		columns[i] = column(i)
		defer columns[i].Release()
	}
	return array.NewRecord(schema, columns, int64(rows))
}

// csvProblems returns err and the problems that follow soon after it.
func csvProblems(file string, r *csvtext.Reader, err error) error {
	var errs []error
	for range maxSearch {
		var problem *csvtext.Error
		switch {
		case errors.As(err, &problem):
			errs = append(errs, &Error{File: file, Line: problem.Line, Column: problem.Column, Err: problem.Err})
		case err == io.EOF:
			return errors.Join(errs...)
		case err != nil:
			return errors.Join(append(errs, &Error{File: file, Err: err})...)
		}
		if len(errs) == maxProblems {
			break
		}
		_, err = r.ReadBytes()
	}
	return errors.Join(errs...)
}
