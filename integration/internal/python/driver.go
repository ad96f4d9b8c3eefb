package python

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
)

// The least of database/sql that a test needs: statements with arguments, and
// rows. There are no transactions.

type connector struct{ p *Process }

func (c connector) Connect(context.Context) (driver.Conn, error) { return conn(c), nil }
func (c connector) Driver() driver.Driver                        { return c }

// Open is there for the interface only: a process is started, not opened.
func (c connector) Open(string) (driver.Conn, error) { return conn(c), nil }

type conn struct{ p *Process }

func (c conn) Prepare(query string) (driver.Stmt, error) { return stmt{c, query}, nil }
func (c conn) Close() error                              { return nil }
func (c conn) Begin() (driver.Tx, error)                 { return nil, errors.New("there are no transactions") }

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	reply, err := c.p.run(ctx, query, values)
	if err != nil {
		return nil, err
	}
	return &rows{reply}, nil
}

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if _, err := c.QueryContext(ctx, query, args); err != nil {
		return nil, err
	}
	return driver.ResultNoRows, nil
}

type stmt struct {
	c     conn
	query string
}

func (s stmt) Close() error  { return nil }
func (s stmt) NumInput() int { return -1 }

func (s stmt) Exec(args []driver.Value) (driver.Result, error) {
	return s.c.ExecContext(context.Background(), s.query, named(args))
}

func (s stmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.c.QueryContext(context.Background(), s.query, named(args))
}

func named(args []driver.Value) []driver.NamedValue {
	list := make([]driver.NamedValue, len(args))
	for i, a := range args {
		list[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return list
}

type rows struct{ r *reply }

func (r *rows) Columns() []string { return r.r.Columns }
func (r *rows) Close() error      { return nil }

// ColumnTypeDatabaseTypeName returns the name of a type, "" if the engine does not
// say it.
func (r *rows) ColumnTypeDatabaseTypeName(i int) string {
	if i >= len(r.r.Types) {
		return ""
	}
	return r.r.Types[i]
}

func (r *rows) Next(dest []driver.Value) error {
	if len(r.r.Rows) == 0 {
		return io.EOF
	}
	for i, v := range r.r.Rows[0] {
		if n, ok := v.(json.Number); ok {
			if whole, err := n.Int64(); err == nil {
				v = whole
			} else {
				v = n.String()
			}
		}
		dest[i] = v
	}
	r.r.Rows = r.r.Rows[1:]
	return nil
}
