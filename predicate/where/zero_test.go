package where_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// TestZero: every zero value, and whatever comes with an error, selects no row.
func TestZero(t *testing.T) {
	require.Equal(t, "NULL IS NOT NULL", where.Clause{}.SQL(), "no operator, which an engine may let a user define")
	require.Empty(t, where.Clause{}.Args())
	for _, d := range where.Dialects() {
		denied := denies(d)
		c, err := where.Lower(predicate.Predicate{}, d, nil)
		require.NoError(t, err)
		require.Equal(t, denied, c.SQL(), d)
		c, err = where.Lower(predicate.In("A", "x\x00"), d, nil)
		require.ErrorIs(t, err, where.ErrNUL)
		require.Equal(t, denied, c.SQL(), d)
	}
	c, err := where.Lower(predicate.All(), where.Dialect(0), nil)
	require.ErrorIs(t, err, where.ErrDialect)
	require.Equal(t, "NULL IS NOT NULL", c.SQL())
}

// denies is the condition of no row. PostgreSQL lets users define = of numbers.
func denies(d where.Dialect) string {
	if d == where.PostgreSQL || d == where.Redshift {
		return "FALSE"
	}
	return "1 = 0"
}
