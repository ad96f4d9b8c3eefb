package sqlcodes_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/embed/sqlcodes"
)

// The tests on real databases are in integration (TestSQLCodes).

const id = "0123456789abcdef0123456789abcdef"

func TestZero(t *testing.T) {
	var none *sqlcodes.Codes
	for _, c := range []*sqlcodes.Codes{none, {}} {
		require.Error(t, c.Put(t.Context(), id, embed.Entry{State: embed.Issued, Until: time.Now().Add(time.Hour)}))
		_, err := c.Redeem(t.Context(), id, time.Now().Add(time.Hour))
		require.Error(t, err)
		e, err := c.Get(t.Context(), id)
		require.Error(t, err)
		require.Zero(t, e)
		require.Error(t, c.Revoke(t.Context(), id))
		_, err = c.Sweep(t.Context(), time.Now())
		require.Error(t, err)
	}
	_, err := sqlcodes.Open(t.Context(), nil, nil)
	require.Error(t, err)
}

func TestNames(t *testing.T) {
	for _, name := range []string{"a b", "a;DROP TABLE x", `a"`, "1a", "ä", "a.b", "a-b"} {
		_, err := sqlcodes.Open(t.Context(), nil, &sqlcodes.Options{Table: name})
		require.ErrorIs(t, err, sqlcodes.ErrTable, name)
		_, err = sqlcodes.Migrations(&sqlcodes.Options{Table: name})
		require.ErrorIs(t, err, sqlcodes.ErrTable, name)
	}
	_, err := sqlcodes.Migrations(&sqlcodes.Options{Engine: 7})
	require.EqualError(t, err, "unknown engine 7: want PostgreSQL, SQLite or MySQL")
}
