package input

import (
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// openParquet reads a Parquet file row group by row group. The adapter checks
// what it reads.
func openParquet(s *source) (array.RecordReader, error) {
	if err := s.spool(); err != nil {
		return nil, err
	}
	r, err := parquet.NewReader(io.NewSectionReader(s, 0, s.size), &parquet.Options{Context: s.ctx})
	if err != nil {
		return nil, &Error{File: s.name, Err: err}
	}
	next := func() (arrow.Record, error) {
		if r.Next() {
			r.Record().Retain()
			return r.Record(), nil
		}
		if err := r.Err(); err != nil {
			return nil, &Error{File: s.name, Err: err}
		}
		return nil, nil
	}
	return newBatches(r.Schema(), next, r.Release), nil
}
