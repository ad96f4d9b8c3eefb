//go:build duckdb_arrow

package duckdb_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/duckdb"
)

// TestRecordsErrors: a statement that fails is not taken for one that was cancelled,
// and one that was cancelled is.
func TestRecordsErrors(t *testing.T) {
	_, err := duckdb.QueryRecords(t.Context(), nil, `SELECT CAST('x' || range AS INTEGER) FROM range(3)`, nil, nil)
	require.ErrorContains(t, err, "Conversion Error")
	require.NotErrorIs(t, err, context.Canceled)
	endless := `SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3`
	_, err = duckdb.QueryRecords(t.Context(), nil, endless, nil, &duckdb.Options{Timeout: 300 * time.Millisecond})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, context.Canceled)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	_, err = duckdb.QueryRecords(ctx, nil, endless, nil, nil)
	require.ErrorIs(t, err, context.Canceled)
}
