package input

import (
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/textpos"
)

// parquetRows is the number of rows in a record of Parquet. Several records are on
// their way at a time, and each holds all columns.
const parquetRows = 16 << 10

// openParquet reads a Parquet file row group by row group, without those in
// which no wanted row can be; their rows count as read. The adapter checks what
// it reads.
func openParquet(s *source, d *Data) (array.RecordReader, error) {
	if err := s.spool(); err != nil {
		return nil, err
	}
	r, err := parquet.NewReader(io.NewSectionReader(s, 0, s.size), &parquet.Options{Context: s.ctx, Prune: d.opts.Prune, BatchRows: parquetRows})
	if err != nil {
		return nil, textpos.InFile(s.name, err)
	}
	d.Compression = r.Compression()
	ended := false
	next := func() (arrow.Record, error) {
		if r.Next() {
			r.Record().Retain()
			return r.Record(), nil
		}
		if err := r.Err(); err != nil {
			return nil, textpos.InFile(s.name, err)
		}
		if !ended {
			ended = true
			s := r.Stats()
			d.leftOut(s.RowsSkipped, Pruned{s.RowGroups, s.RowGroupsSkipped, s.Bytes, s.BytesSkipped})
		}
		return nil, nil
	}
	return batches.New(r.Schema(), next, r.Release), nil
}
