package revenue_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/examples/oktank/internal/revenue"
)

// TestZero: the zero Source has all rows, and they are the same every time.
func TestZero(t *testing.T) {
	reader, err := revenue.Source{}.Records(t.Context())
	require.NoError(t, err)
	defer reader.Release()
	rows := revenue.Rows()
	require.Equal(t, rows, revenue.Rows())
	var n int64
	for reader.Next() {
		n += reader.Record().NumRows()
	}
	require.NoError(t, reader.Err())
	require.EqualValues(t, len(rows), n)
}

// TestRows: the data tells every viewer of the story apart from the others.
func TestRows(t *testing.T) {
	hospitals, regions := map[string]int{}, map[string]int{}
	for _, row := range revenue.Rows() {
		hospitals[row.Hospital]++
		regions[row.Region]++
		require.Equal(t, row.Revenue, float64(int64(row.Revenue)), "whole dollars")
	}
	require.Len(t, hospitals, 3)
	require.Len(t, regions, 5, "four regions, and rows without one")
	require.NotZero(t, regions[""])
}
