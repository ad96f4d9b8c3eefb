//go:build duckdb_arrow

package flightduck

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/duckdb"
)

// TestTimeout: the time of a statement is that of the server, unless the engine has one.
func TestTimeout(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	require.Greater(t, Engine{}.options(ctx).Timeout, 59*time.Minute)
	require.Equal(t, time.Second, Engine{duckdb.Options{Timeout: time.Second}}.options(ctx).Timeout)
	require.Zero(t, Engine{}.options(t.Context()).Timeout)
	over, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	require.EqualValues(t, 1, Engine{}.options(over).Timeout, "0 would be a minute")
}
