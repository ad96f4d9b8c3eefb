package main

import (
	"bytes"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

func TestVisibleJSON(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE orders (id INTEGER, region TEXT); INSERT INTO orders VALUES (1, 'US'), (2, 'EMEA'), (3, NULL), (4, 'US')`)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, visibleJSON(&out, db, predicate.In("region", "US"), "SELECT id, region FROM orders ORDER BY id"))
	require.Equal(t, "{\"id\":1,\"region\":\"US\"}\n{\"id\":4,\"region\":\"US\"}\n", out.String())
	out.Reset()
	require.NoError(t, visibleJSON(&out, db, predicate.Predicate{}, "SELECT id, region FROM orders"))
	require.Empty(t, out.String())
	require.Error(t, visibleJSON(&out, db, predicate.In("region", "US"), "SELECT id FROM orders"), "the restricted column is not selected")
	require.Empty(t, out.String())
}
