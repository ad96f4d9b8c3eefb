package batch

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

func TestRows(t *testing.T) {
	for _, layout := range textLayouts() {
		tables := []textTable{randomTable(newRand(15), 40, hostile), randomTable(newRand(16), 0, hostile), randomTable(newRand(17), 30, hostile)}
		var recs []arrow.Record
		for _, tt := range tables {
			recs = append(recs, tt.record(memory.DefaultAllocator, []arrow.DataType{layout, layout, layout}, 3, 2))
		}
		r, err := array.NewRecordReader(recs[0].Schema(), recs)
		require.NoError(t, err)
		rows := NewRows(r)
		require.Equal(t, []string{"a", "b", "c"}, rows.Columns())
		for _, tt := range tables {
			for row := range tt.rows() {
				require.True(t, rows.Next())
				for i := range tt.names {
					text, ok := rows.Text(i)
					require.Equal(t, tt.cells[i][row], cell{text, ok}, "%v, row %d", layout, row)
				}
			}
		}
		require.False(t, rows.Next())
		require.False(t, rows.Next())
		require.NoError(t, rows.Err())
	}
}

func TestRowsErrors(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "UserName", Type: arrow.BinaryTypes.String}, {Name: "Year", Type: arrow.PrimitiveTypes.Int32}}, nil)
	r, err := array.NewRecordReader(schema, nil)
	require.NoError(t, err)
	rows := NewRows(r)
	require.False(t, rows.Next())
	require.ErrorIs(t, rows.Err(), ErrNotText)
	require.ErrorContains(t, rows.Err(), `column "Year": not text: type is int32`)

	rows = NewRows(nil)
	require.False(t, rows.Next())
	require.Error(t, rows.Err())

	table := randomTable(newRand(18), 3, hostile)
	rec := table.record(memory.DefaultAllocator, textLayouts()[:3], 0, 0)
	r, err = array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	require.NoError(t, err)
	rows = NewRows(r)
	require.True(t, rows.Next())
	_, ok := rows.Text(3)
	require.False(t, ok)
	require.False(t, rows.Next(), "a NULL that was none must not be taken for a wildcard")
	require.Error(t, rows.Err())
}
