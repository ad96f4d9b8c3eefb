package rows

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// A result is what a query of the driver below returns.
type result struct {
	columns []string
	types   []reflect.Type // nil: the driver does not know
	rows    [][]driver.Value
	err     error // after the rows
	at      int
	reused  []byte // bytes that each row overwrites, as some drivers do
}

// Connect and the methods below make a result a driver with one query.
func (r *result) Connect(context.Context) (driver.Conn, error) { return r, nil }
func (r *result) Driver() driver.Driver                        { return nil }
func (r *result) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }
func (r *result) Prepare(string) (driver.Stmt, error)          { return r, nil }
func (r *result) Close() error                                 { return nil }
func (r *result) NumInput() int                                { return 0 }
func (r *result) Exec([]driver.Value) (driver.Result, error)   { return nil, driver.ErrSkip }
func (r *result) Query([]driver.Value) (driver.Rows, error)    { return r, nil }
func (r *result) Columns() []string                            { return r.columns }
func (r *result) ColumnTypeDatabaseTypeName(int) string        { return "TYPE" }
func (r *result) ColumnTypeScanType(i int) reflect.Type {
	if r.types == nil {
		return reflect.TypeFor[any]()
	}
	return r.types[i]
}

func (r *result) Next(dest []driver.Value) error {
	if r.at == len(r.rows) {
		if r.err != nil {
			return r.err
		}
		return io.EOF
	}
	from := 0
	for i, v := range r.rows[r.at] {
		if b, ok := v.([]byte); ok && b != nil {
			r.reused = append(r.reused[:from], b...)
			v, from = r.reused[from:len(r.reused):len(r.reused)], len(r.reused)
		}
		dest[i] = v
	}
	r.at++
	return nil
}

func (r *result) query(t *testing.T) *sql.Rows {
	db := sql.OpenDB(r)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	rows, err := db.Query("select")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rows.Close()) })
	return rows
}

// TestSQLAgainstMatch compares the rows of queries with Match.
func TestSQLAgainstMatch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 16))
	visible := 0
	for round := range 100 {
		p := randomPredicate(rnd, 3)
		if round%2 == 0 {
			p = randomBoxes(rnd, 20)
		}
		r := &result{columns: append([]string{"id"}, columns...)}
		var want []int64
		for id := range int64(30) {
			cells := randomRow(rnd, 20)
			row := []driver.Value{id}
			for _, c := range cells {
				switch {
				case !c.Valid:
					row = append(row, nil)
				case rnd.IntN(2) == 0:
					row = append(row, []byte(c.String))
				default:
					row = append(row, c.String)
				}
			}
			r.rows = append(r.rows, row)
			if admits(p, cells) {
				want = append(want, id)
			}
		}
		v, err := BindSQL(p, r.query(t))
		require.NoError(t, err)
		var got []int64
		for v.Next() {
			var id int64
			var rest [4]any
			require.NoError(t, v.Scan(&id, &rest[0], &rest[1], &rest[2], &rest[3]))
			got = append(got, id)
		}
		require.NoError(t, v.Err())
		require.Equal(t, want, got, p.String())
		require.ErrorIs(t, v.Scan(), errNoRow, "after the last row")
		visible += len(got)
	}
	require.Greater(t, visible, 500)
}

func TestSQLColumns(t *testing.T) {
	r := &result{columns: []string{"id", "tenant", "region", "twice", "twice", "raw", "null"}, types: []reflect.Type{
		reflect.TypeFor[int64](), reflect.TypeFor[string](), reflect.TypeFor[any](), reflect.TypeFor[string](), reflect.TypeFor[string](),
		reflect.TypeFor[sql.RawBytes](), reflect.TypeFor[sql.NullString](),
	}}
	for _, name := range []string{"tenant", "region", "raw", "null"} {
		_, err := BindSQL(predicate.HasValue(name), r.query(t))
		require.NoError(t, err, name)
	}
	v, err := BindSQL(predicate.All().Restrict("id", "twice", "Tenant"), r.query(t))
	require.Nil(t, v)
	require.EqualError(t, err, `column "Tenant": no such column; did you mean "tenant"?`+"\n"+
		`column "id": not text: type is TYPE`+"\n"+`column "twice": several columns have this name: type is TYPE`)
	_, err = BindSQL(predicate.All(), nil)
	require.ErrorIs(t, err, ErrRow)
}

func TestSQLErrors(t *testing.T) {
	broken := errors.New("connection lost")
	r := &result{columns: []string{"tenant"}, rows: [][]driver.Value{{"acme"}, {"other"}, {int64(7)}, {"acme"}}}
	v, err := BindSQL(predicate.In("tenant", "acme"), r.query(t))
	require.NoError(t, err)
	require.ErrorIs(t, v.Scan(new(string)), errNoRow, "before Next")
	require.True(t, v.Next())
	require.False(t, v.Next())
	require.EqualError(t, v.Err(), `column "tenant": not text: type is int64`)
	require.ErrorIs(t, v.Err(), predicate.ErrNotText)
	require.ErrorIs(t, v.Scan(new(string)), predicate.ErrNotText, "the row that is not text is not shown")
	require.False(t, v.Next(), "it does not go on")

	r = &result{columns: []string{"tenant"}, rows: [][]driver.Value{{"acme"}}, err: broken}
	v, err = BindSQL(predicate.In("tenant", "acme"), r.query(t))
	require.NoError(t, err)
	require.True(t, v.Next())
	require.False(t, v.Next())
	require.ErrorIs(t, v.Err(), broken)
	require.ErrorIs(t, v.Scan(new(string)), errNoRow)

	r = &result{columns: []string{"tenant"}, rows: [][]driver.Value{{"acme"}}}
	v, err = BindSQL(predicate.In("tenant", "acme"), r.query(t))
	require.NoError(t, err)
	require.True(t, v.Next())
	require.NoError(t, v.Close())
	require.ErrorIs(t, v.Scan(new(string)), errNoRow, "after Close")
}

// TestSQLBytes: a text is not the memory of the driver.
func TestSQLBytes(t *testing.T) {
	var text string
	b := []byte("acme")
	require.NoError(t, (&sqlText{text: &text}).Scan(b))
	b[0] = 'x'
	require.Equal(t, "acme", text)
}

func ExampleBindSQL() {
	orders := &result{
		columns: []string{"id", "tenant"},
		rows:    [][]driver.Value{{int64(1), "acme"}, {int64(2), nil}, {int64(3), "globex"}, {int64(4), "acme"}},
	}
	db := sql.OpenDB(orders)
	p := predicate.In("tenant", "acme")

	rows, err := db.Query("SELECT id, tenant FROM orders")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rows.Close()
	visible, err := BindSQL(p, rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	for visible.Next() {
		var id int64
		var tenant string
		if err := visible.Scan(&id, &tenant); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("order", id)
	}
	if err := visible.Err(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// order 1
	// order 4
}
