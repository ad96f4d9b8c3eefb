package output

import (
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// newParquet writes a Parquet file. Types that Parquet has no form for are an
// error before the first row.
func newParquet(w io.Writer, schema *arrow.Schema, opts *Options) (Writer, error) {
	return parquet.NewWriter(w, schema, &parquet.WriterOptions{Compression: opts.Compression, RowGroupRows: rowGroupRows})
}

// rowGroupRows keeps the row group that is being written, which is in memory, to
// some ten megabytes. Other engines write row groups of this size, too.
const rowGroupRows = 128 << 10
