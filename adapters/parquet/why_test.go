package parquet_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// TestWhy: a type that the library cannot read is no damage of the file. pyarrow
// writes durations as numbers, and says in the schema what they are.
func TestWhy(t *testing.T) {
	require.NoError(t, parquet.Why(nil))
	err := parquet.Why(errors.New("no support for reading columns of type: duration"))
	require.ErrorIs(t, err, parquet.ErrUnsupported)
	require.NotErrorIs(t, err, parquet.ErrCorrupt)
	require.ErrorIs(t, parquet.Why(errors.New("bad page")), parquet.ErrCorrupt)
}
