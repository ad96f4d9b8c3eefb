package where_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// TestZero: every zero value, and whatever comes with an error, selects no row.
func TestZero(t *testing.T) {
	require.Equal(t, "1 = 0", where.Clause{}.SQL())
	require.Empty(t, where.Clause{}.Args())
	for _, d := range where.Dialects() {
		c, err := where.Lower(predicate.Predicate{}, d, nil)
		require.NoError(t, err)
		require.Equal(t, "1 = 0", c.SQL(), d)
		c, err = where.Lower(predicate.In("A", "x\x00"), d, nil)
		require.ErrorIs(t, err, where.ErrNUL)
		require.Equal(t, "1 = 0", c.SQL(), d)
	}
	c, err := where.Lower(predicate.All(), where.Dialect(0), nil)
	require.ErrorIs(t, err, where.ErrDialect)
	require.Equal(t, "1 = 0", c.SQL())
}
