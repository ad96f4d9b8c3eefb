package sqlstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/sqlstore"
)

// Real databases are in integration/directory_test.go.

func TestZero(t *testing.T) {
	var l *sqlstore.Log
	for _, l := range []*sqlstore.Log{l, {}} {
		require.Error(t, l.Read(t.Context(), 0, nil))
		require.Error(t, l.Append(t.Context(), 0, nil))
		require.Error(t, l.Replace(t.Context(), 0, nil))
		_, err := namespace.Open(t.Context(), l, "111122223333", "us-east-1", nil)
		require.ErrorIs(t, err, namespace.ErrUnavailable)
	}
	_, err := sqlstore.Open(t.Context(), nil, nil)
	require.Error(t, err)
}

func TestNames(t *testing.T) {
	for _, name := range []string{"a b", "a;DROP TABLE x", `a"`, "1a", "ä", "a.b", "a-b"} {
		_, err := sqlstore.Open(t.Context(), nil, &sqlstore.Options{Table: name})
		require.ErrorIs(t, err, sqlstore.ErrTable, name)
		_, err = sqlstore.Open(t.Context(), nil, &sqlstore.Options{TextType: name})
		require.ErrorIs(t, err, sqlstore.ErrTable, name)
	}
}
