package rows

import (
	"database/sql"
	"errors"
	"reflect"
	"unsafe"

	"github.com/rowsight/rowsight/predicate"
)

// SQLRows are the visible rows of a query. Like [sql.Rows], it is not safe for
// concurrent use. The zero SQLRows has no rows (S1).
//
//	for visible.Next() {
//		err := visible.Scan(&id, &tenant)
//	}
//	err := visible.Err()
type SQLRows struct {
	rows   *sql.Rows
	plan   plan
	texts  []string // of the columns that p restricts, in the order of names
	names  []string
	dest   []any // for Scan: a *sqlText for each of them, and a skipped for every other column
	tested bool  // the current row is visible
	err    error
}

// BindSQL compiles p for the rows of a query, before the first call of Next.
// Every column that p restricts must be in the result exactly once (U2), and as
// text as far as the driver says. All problems are reported, each a
// [*predicate.ColumnError]. On an error the SQLRows is nil, and r is unchanged.
//
// After BindSQL, call the methods of the SQLRows and not those of r.
func BindSQL(p predicate.Predicate, r *sql.Rows) (*SQLRows, error) {
	if r == nil {
		return nil, ErrRow
	}
	types, err := r.ColumnTypes()
	if err != nil {
		return nil, err
	}
	table := make([]predicate.Column, len(types))
	at := make(map[string]int, len(types))
	for i, t := range types {
		table[i] = predicate.Column{Name: t.Name(), Type: t.DatabaseTypeName(), Text: mayBeText(t.ScanType())}
		at[t.Name()] = i
	}
	v := &SQLRows{rows: r, names: p.Restricted(), dest: make([]any, len(types))}
	if err := predicate.CheckColumns(table, v.names...); err != nil {
		return nil, err
	}
	for i := range v.dest {
		v.dest[i] = skipped{}
	}
	v.texts = make([]string, len(v.names))
	fields := make(map[string]field, len(v.names))
	for i, name := range v.names {
		fields[name] = textAt(i)
		v.dest[at[name]] = &sqlText{column: name, text: &v.texts[i]}
	}
	v.plan = newPlan(p, fields)
	return v, nil
}

// mayBeText reports whether a column that a driver scans into t can hold text. A
// driver that does not know says any.
func mayBeText(t reflect.Type) bool {
	if t == nil || t.Kind() == reflect.Interface {
		return true
	}
	return kindOf(t) != notText
}

// Next moves to the next visible row. It returns false after the last row and
// on an error, and closes the rows. See [SQLRows.Err].
func (v *SQLRows) Next() bool {
	if v == nil || v.rows == nil || v.err != nil {
		return false
	}
	v.tested = false
	for v.rows.Next() {
		if v.err = v.rows.Scan(v.dest...); v.err != nil {
			v.err = errors.Join(columnError(v.err), v.rows.Close())
			return false
		}
		if v.plan.match(unsafe.Pointer(unsafe.SliceData(v.texts))) {
			v.tested = true
			return true
		}
	}
	return false
}

// columnError returns the error of a column without what package sql says around
// it.
func columnError(err error) error {
	if column, ok := errors.AsType[*predicate.ColumnError](err); ok {
		return column
	}
	return err
}

// Scan copies the columns of the current row, as [sql.Rows.Scan] does. It is an
// error if Next did not return true before.
func (v *SQLRows) Scan(dest ...any) error {
	switch {
	case v == nil || v.rows == nil:
		return errNoRow
	case v.err != nil:
		return v.err
	case !v.tested:
		return errNoRow
	}
	return v.rows.Scan(dest...)
}

var errNoRow = errors.New("no visible row: Scan was called before Next returned true")

// Err returns the error that ended the rows, if any. A value that is not text in
// a restricted column is a [*predicate.ColumnError].
func (v *SQLRows) Err() error {
	switch {
	case v == nil || v.rows == nil:
		return nil
	case v.err != nil:
		return v.err
	}
	return v.rows.Err()
}

// Close closes the rows of the query.
func (v *SQLRows) Close() error {
	if v == nil || v.rows == nil {
		return nil
	}
	v.tested = false
	return v.rows.Close()
}

// A sqlText is where a restricted column is scanned to. It copies bytes: a driver
// may overwrite them as soon as Scan returns.
type sqlText struct {
	column string
	text   *string
	buf    []byte
}

// Scan is called by [sql.Rows.Scan].
func (t *sqlText) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t.text = ""
	case string:
		*t.text = v
	case []byte:
		t.buf = append(t.buf[:0], v...)
		*t.text = textOf(t.buf)
	default:
		return &predicate.ColumnError{Column: t.column, Type: reflect.TypeOf(v).String(), Err: predicate.ErrNotText}
	}
	return nil
}

// skipped is where every other column is scanned to.
type skipped struct{}

// Scan is called by [sql.Rows.Scan].
func (skipped) Scan(any) error { return nil }
