package rls_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/stretchr/testify/require"
)

// result is a database/sql driver that answers every query with itself.
type result struct {
	columns []string
	rows    [][]driver.Value
	err     error // after the rows
	close   error

	next   int
	closed bool
}

func (r *result) Connect(context.Context) (driver.Conn, error) { return r, nil }
func (r *result) Driver() driver.Driver                        { return nil }
func (r *result) Prepare(string) (driver.Stmt, error)          { return nil, errors.New("not used") }
func (r *result) Begin() (driver.Tx, error)                    { return nil, errors.New("not used") }
func (r *result) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	return resultRows{r}, nil
}
func (r *result) Close() error { return nil }

type resultRows struct{ *result }

func (r resultRows) Columns() []string { return r.columns }
func (r resultRows) Close() error      { r.closed = true; return r.close }
func (r resultRows) Next(dest []driver.Value) error {
	if r.next == len(r.rows) {
		if r.err != nil {
			return r.err
		}
		return io.EOF
	}
	copy(dest, r.rows[r.next])
	r.next++
	return nil
}

func query(t *testing.T, r *result) *sql.Rows {
	t.Helper()
	db := sql.OpenDB(r)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	rows, err := db.Query("select the rules")
	require.NoError(t, err)
	return rows
}

func TestReadSQL(t *testing.T) {
	r := &result{columns: []string{"UserName", "GroupName", "Region"}, rows: [][]driver.Value{
		{"al", nil, []byte("EMEA,US")},
		{nil, "g", nil},
		{"", []byte(""), ""},
	}}
	rules, err := rls.ReadSQL(query(t, r), &rls.Options{File: "rules"})
	require.NoError(t, err)
	require.True(t, r.closed)
	require.Equal(t, 3, rules.Len())
	p, err := rules.For(namespace.Named("al"))
	require.NoError(t, err)
	require.Equal(t, `Region in ("EMEA", "US")`, p.String())
	p, err = rules.For(namespace.Named("bo", "g"))
	require.NoError(t, err)
	require.Equal(t, "all restricting Region", p.String())
	for rule := range rules.Applied(namespace.Named("bo", "g")) {
		require.Equal(t, "rules:2:1", rule.Pos().String())
	}
}

func TestReadSQLRefuses(t *testing.T) {
	columns := []string{"UserName", "Region"}
	broken := errors.New("connection lost")
	tests := []struct {
		reason string
		r      *result
		want   []string
	}{
		{"cells that are no text", &result{columns: columns, rows: [][]driver.Value{
			{"al", "EMEA"}, {int64(7), "EMEA"}, {"al", time.Time{}}, {"al", 1.5}, {true, "\"x"}}},
			[]string{
				`q:2:1: column "UserName": not text: got int64, want a string; cast it in the query`, `q:3:2: column "Region": not text: got time.Time`,
				`q:4:2: column "Region": not text: got float64`, `q:5:1: column "UserName": not text: got bool`, `q:5:2: column "Region": unterminated quote in item 1`}},
		{"invalid UTF-8", &result{columns: columns, rows: [][]driver.Value{{"al", []byte("\xff")}}}, []string{`q:1:2: column "Region": invalid UTF-8`}},
		{"a header that is none", &result{columns: []string{"username", "Region"}}, []string{`q: no principal column`}},
		{"a name that is no text", &result{columns: []string{"UserName", "Region\xff"}}, []string{`invalid UTF-8`}},
		{"no column", &result{}, []string{"q: no header"}},
		{"a result cut short", &result{columns: columns, rows: [][]driver.Value{{"al", "EMEA"}}, err: broken}, []string{"q:2: connection lost"}},
		{"a result that does not close", &result{columns: columns, rows: [][]driver.Value{{"al", "EMEA"}}, close: broken}, []string{"connection lost"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			rules, err := rls.ReadSQL(query(t, tt.r), &rls.Options{File: "q"})
			require.Error(t, err)
			require.Nil(t, rules)
			require.True(t, tt.r.closed)
			messages := strings.Split(err.Error(), "\n")
			require.Len(t, messages, len(tt.want), "%v", err)
			for i, want := range tt.want {
				require.Contains(t, messages[i], want)
			}
		})
	}
	t.Run("a query closed before", func(t *testing.T) {
		rows := query(t, &result{columns: columns})
		require.NoError(t, rows.Close())
		rules, err := rls.ReadSQL(rows, nil)
		require.Error(t, err)
		require.Nil(t, rules)
	})
	t.Run("options that make no sense", func(t *testing.T) {
		r := &result{columns: columns}
		_, err := rls.ReadSQL(query(t, r), &rls.Options{Dual: 9})
		require.ErrorIs(t, err, rls.ErrOptions)
		require.True(t, r.closed, "rows are closed all the same")
	})
}
