package quicksighttest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestDocs is the code of docs/quicksight-api.md.
func TestDocs(t *testing.T) {
	server := quicksighttest.NewServer(t)
	rows, err := server.Rows(t.Context(), "sales", "default", "MarthaRivera")
	require.NoError(t, err)
	require.Equal(t, int64(1), rows.RowCount)
}
