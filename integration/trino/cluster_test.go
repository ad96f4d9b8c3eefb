package trino_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/trino"
)

func TestX(t *testing.T) {
	c, err := trino.Start(t.Context(), nil)
	if errors.Is(err, trino.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer c.Close()
	db, err := c.Open("al")
	require.NoError(t, err)
	var n int
	require.NoError(t, db.QueryRow("select count(*) from tpch.tiny.orders").Scan(&n))
	t.Log(n)
}
