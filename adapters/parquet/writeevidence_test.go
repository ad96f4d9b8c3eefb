package parquet_test

import (
	"io"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate"
)

func TestWriterStatistics(t *testing.T) {
	rec := columnsOf(t)
	for _, tt := range []struct {
		reason string
		names  []string
		want   []string // leaves with statistics
	}{
		{"nil is all", nil, []string{"region", "amount", "s.in", "s.l.list.element"}},
		{"no name is none", []string{}, nil},
		{"one column", []string{"region"}, []string{"region"}},
		{"all leaves of a nested column", []string{"amount", "s"}, []string{"amount", "s.in", "s.l.list.element"}},
	} {
		m, err := parquet.ReadFooter(section(file(t, &parquet.WriterOptions{Statistics: tt.names}, rec)), 1<<20)
		require.NoError(t, err)
		var got []string
		for i, c := range m.RowGroups[0].Columns {
			if c.MetaData.Statistics != nil {
				got = append(got, m.Schema.Column(i).Path())
			}
		}
		require.Equal(t, tt.want, got, tt.reason)
	}
	_, err := parquet.NewWriter(io.Discard, rec.Schema(), &parquet.WriterOptions{Statistics: []string{"none", "in"}, BloomFilters: []string{"nor this", "amount", "s", "region"}})
	require.ErrorIs(t, err, parquet.ErrNoColumn)
	require.ErrorIs(t, err, parquet.ErrUnsupported)
	for _, column := range []string{"none", "in", "nor this", "amount", "s"} {
		require.ErrorContains(t, err, `column "`+column+`"`, "every problem is reported")
	}
	require.NotContains(t, err.Error(), `"region"`)
}

// Tenants in no order: statistics say nothing, a dictionary is kept or has
// become too large, and the bloom filter tells.
func TestWriterBloomFilters(t *testing.T) {
	rec := shuffled(t, 20_000)
	defer rec.Release()
	for _, rows := range []int64{1, 10, 1000, 1 << 20} {
		opts := &parquet.WriterOptions{RowGroupRows: rows, Statistics: []string{}, BloomFilters: []string{"user"}}
		part := rec.NewSlice(0, min(rows*20, rec.NumRows()))
		b := file(t, opts, part)
		if rows >= 1000 {
			m, err := parquet.ReadFooter(section(b), 1<<30)
			require.NoError(t, err)
			filters := 0
			for _, g := range m.RowGroups {
				for _, c := range g.Columns {
					filters += int(c.MetaData.GetBloomFilterLength())
				}
			}
			require.Positive(t, filters)
			require.Less(t, filters/int(part.NumRows()), 5, "bytes a row, row groups of %d", rows)
		}
		for i := range 20 {
			p := predicate.In("user", user(i*int(part.NumRows())/20))
			ids, _ := filtered(t, b, p, &p)
			require.Len(t, ids, 1, "it is there")
		}
		absent := predicate.In("user", "nobody", "no one")
		_, s := filtered(t, b, absent, &absent)
		require.Greater(t, s.RowGroupsSkipped, s.RowGroups*3/4, "row groups of %d", rows)
		require.LessOrEqual(t, s.BytesProbed, int64(s.RowGroups)*(256+2*32), "of each filter its header and a block for each value, and no dictionary")
		part.Release()
	}
	// An option that cannot be met is no panic of the library.
	_, err := parquet.NewWriter(io.Discard, rec.Schema(), &parquet.WriterOptions{BloomFilters: []string{"user", "user"}, RowGroupRows: 1 << 62})
	require.NoError(t, err)
}

// columnsOf makes a record with flat and nested columns.
func columnsOf(t *testing.T) arrow.Record {
	return fromJSON(t, arrow.NewSchema([]arrow.Field{
		{Name: "region", Type: arrow.BinaryTypes.String},
		{Name: "amount", Type: arrow.PrimitiveTypes.Int64},
		{Name: "s", Type: arrow.StructOf(
			arrow.Field{Name: "in", Type: arrow.BinaryTypes.String},
			arrow.Field{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32)})},
	}, nil), `[{"region": "US", "amount": 1, "s": {"in": "a", "l": [1]}}]`)
}
