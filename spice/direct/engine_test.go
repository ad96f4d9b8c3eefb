package direct_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
)

// An engine is a driver for database/sql that answers as it is told and writes
// down what it was asked.
type engine struct {
	names, types []string
	decimals     map[string][2]int64
	rows         [][]driver.Value
	fail         map[string]error // by a part of the statement
	broken       error            // after the rows
	block        chan struct{}    // closed when a query may go on after its first row

	mu     sync.Mutex
	asked  []string
	args   [][]driver.NamedValue
	open   int // results that are not closed
	change func(*engine)
}

func (e *engine) db(t *testing.T) *sql.DB {
	db := sql.OpenDB(e)
	t.Cleanup(func() { db.Close() })
	return db
}

func (e *engine) Connect(context.Context) (driver.Conn, error) { return e, nil }
func (e *engine) Driver() driver.Driver                        { return nil }
func (e *engine) Prepare(string) (driver.Stmt, error)          { return nil, errors.New("not used") }
func (e *engine) Begin() (driver.Tx, error)                    { return nil, errors.New("not used") }
func (e *engine) Close() error                                 { return nil }

func (e *engine) note(query string, args []driver.NamedValue) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, query)
	e.args = append(e.args, args)
	for part, err := range e.fail {
		if strings.Contains(query, part) {
			return err
		}
	}
	return nil
}

func (e *engine) ExecContext(_ context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return driver.ResultNoRows, e.note(query, args)
}

func (e *engine) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := e.note(query, args); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open++
	r := &result{engine: e, ctx: ctx, names: e.names, types: e.types}
	if !strings.HasSuffix(query, "WHERE 1 = 0") {
		r.rows = e.rows
		r.broken = e.broken
		list, _, _ := strings.Cut(strings.TrimPrefix(query, "SELECT "), " FROM")
		r.pick(list)
	}
	if e.change != nil {
		e.change(e)
	}
	return r, nil
}

// A result is the rows of a query, which selects some of the columns.
type result struct {
	*engine
	ctx          context.Context
	names, types []string
	rows         [][]driver.Value
	broken       error
	columns      []int // nil is all
	next         int
	closed       bool
}

func (r *result) pick(list string) {
	if list == "*" || !strings.Contains(list, `"`) {
		return
	}
	var names, types []string
	for name := range strings.SplitSeq(list, ", ") {
		_, name, _ = strings.Cut(name, ".")
		for i, n := range r.names {
			if `"`+n+`"` == name {
				r.columns = append(r.columns, i)
				names, types = append(names, n), append(types, r.types[i])
				break
			}
		}
	}
	r.names, r.types = names, types
}

func (r *result) Columns() []string                       { return r.names }
func (r *result) ColumnTypeDatabaseTypeName(i int) string { return r.types[i] }
func (r *result) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	d, ok := r.decimals[r.names[i]]
	return d[0], d[1], ok
}

func (r *result) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.closed = true
		r.open--
	}
	return nil
}

func (r *result) Next(dest []driver.Value) error {
	if r.next == 1 && r.block != nil {
		select {
		case <-r.block:
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
	if r.next == len(r.rows) {
		if r.broken != nil {
			return r.broken
		}
		return io.EOF
	}
	row := r.rows[r.next]
	r.next++
	if r.columns == nil {
		copy(dest, row)
		return nil
	}
	for i, c := range r.columns {
		dest[i] = row[c]
	}
	return nil
}
