package parquet_test

import (
	"bytes"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// TestWriterRepeats: two files of the same records are equal. If the library writes them, they
// differ in nothing but the order in which the footer lists the encodings of a column chunk.
func TestWriterRepeats(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String}, {Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range 90_000 { // a dictionary has no room for all
		b.Field(0).(*array.StringBuilder).Append(strings.Repeat("x", 80) + strconv.Itoa(i/2))
		b.Field(1).(*array.Int64Builder).Append(int64(i))
	}
	rec := b.NewRecord()
	defer rec.Release()
	opts := &parquet.WriterOptions{RowGroupRows: 30_000, BloomFilters: []string{"s"}}
	sorted := func(m *metadata.FileMetaData) {
		for _, g := range m.RowGroups {
			for _, c := range g.Columns {
				s := c.MetaData.EncodingStats
				sort.Slice(s, func(i, k int) bool {
					return s[i].PageType < s[k].PageType || s[i].PageType == s[k].PageType && s[i].Encoding < s[k].Encoding
				})
			}
		}
	}
	want, flat := edited(t, file(t, opts, rec), sorted), file(t, &parquet.WriterOptions{RowGroupRows: 30_000}, rec)
	for range 8 {
		require.True(t, bytes.Equal(want, edited(t, file(t, opts, rec), sorted)))
		require.True(t, bytes.Equal(flat, file(t, &parquet.WriterOptions{RowGroupRows: 30_000}, rec)))
	}
}
