package witness

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// memory is a database with one table, whose driver knows the four statements
// of a Table.
type memory struct {
	mu   sync.Mutex
	rows map[string]string
}

type conn struct{ *memory }

func (m *memory) Connect(context.Context) (driver.Conn, error) { return conn{m}, nil }
func (m *memory) Driver() driver.Driver                        { return nil }
func (conn) Prepare(string) (driver.Stmt, error)               { return nil, errors.ErrUnsupported }
func (conn) Close() error                                      { return nil }
func (conn) Begin() (driver.Tx, error)                         { return nil, errors.ErrUnsupported }

func (c conn) ExecContext(_ context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := func(i int) string { return args[i].Value.(string) }
	switch {
	case strings.HasPrefix(query, "INSERT"):
		if _, ok := c.rows[text(0)]; ok {
			return nil, errors.New("duplicate key")
		}
		c.rows[text(0)] = text(1)
		return driver.RowsAffected(1), nil
	case strings.HasPrefix(query, "UPDATE"):
		if now, ok := c.rows[text(1)]; !ok || now != text(2) {
			return driver.RowsAffected(0), nil
		}
		c.rows[text(1)] = text(0)
		return driver.RowsAffected(1), nil
	}
	return nil, errors.ErrUnsupported
}

func (c conn) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.rows[args[0].Value.(string)]
	return &row{value, !ok}, nil
}

type row struct {
	value string
	done  bool
}

func (*row) Columns() []string { return []string{"value"} }
func (*row) Close() error      { return nil }
func (r *row) Next(to []driver.Value) error {
	if r.done {
		return io.EOF
	}
	r.done, to[0] = true, r.value
	return nil
}

func witnesses(t *testing.T) map[string]Witness {
	files, err := NewFiles(t.TempDir() + "/w")
	require.NoError(t, err)
	table, err := NewTable(sql.OpenDB(&memory{rows: make(map[string]string)}), nil)
	require.NoError(t, err)
	return map[string]Witness{"files": files, "table": table}
}

func TestWitness(t *testing.T) {
	ctx := t.Context()
	for kind, w := range witnesses(t) {
		t.Run(kind, func(t *testing.T) {
			value, err := w.Read(ctx, "a")
			require.NoError(t, err)
			require.Nil(t, value)
			require.ErrorIs(t, w.Replace(ctx, "a", []byte("x"), []byte("y")), ErrChanged, "there is none to replace")
			require.NoError(t, w.Replace(ctx, "a", nil, []byte("1")))
			require.ErrorIs(t, w.Replace(ctx, "a", nil, []byte("2")), ErrChanged)
			require.ErrorIs(t, w.Replace(ctx, "a", []byte("2"), []byte("3")), ErrChanged)
			require.NoError(t, w.Replace(ctx, "a", []byte("1"), []byte("2")))
			value, err = w.Read(ctx, "a")
			require.NoError(t, err)
			require.Equal(t, "2", string(value))
			value, err = w.Read(ctx, "A")
			require.NoError(t, err)
			require.Nil(t, value)

			// Of all who count up, only one counts each number.
			require.NoError(t, w.Replace(ctx, "n", nil, []byte("0")))
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for done := 0; done < 25; {
						now, err := w.Read(ctx, "n")
						if err != nil {
							t.Error(err)
							return
						}
						var n int
						fmt.Sscan(string(now), &n)
						switch err := w.Replace(ctx, "n", now, fmt.Append(nil, n+1)); {
						case err == nil:
							done++
						case !errors.Is(err, ErrChanged):
							t.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			value, err = w.Read(ctx, "n")
			require.NoError(t, err)
			require.Equal(t, "200", string(value))
		})
	}
}

// What a process leaves that was killed while it wrote a value is no value.
func TestFilesKilled(t *testing.T) {
	ctx := t.Context()
	w, err := NewFiles(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, w.Replace(ctx, "a", nil, []byte("1")))
	require.NoError(t, os.WriteFile(w.folder("a")+"/value.123.tmp", []byte("2"), 0o600))
	require.NoError(t, os.WriteFile(w.folder("a")+"/x", []byte("2"), 0o600))
	value, err := w.Read(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, "1", string(value))
}

func TestZero(t *testing.T) {
	for _, w := range []Witness{new(Files), (*Files)(nil), new(Table), (*Table)(nil)} {
		value, err := w.Read(t.Context(), "a")
		require.ErrorIs(t, err, errZero)
		require.Nil(t, value)
		require.ErrorIs(t, w.Replace(t.Context(), "a", nil, []byte("1")), errZero)
	}
	require.Empty(t, new(Table).Schema())
	_, err := NewTable(nil, nil)
	require.ErrorIs(t, err, errZero)
	_, err = NewTable(nil, &TableOptions{Table: "a; b"})
	require.ErrorIs(t, err, ErrTable)
}
