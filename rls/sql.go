package rls

import (
	"database/sql"
	"fmt"
)

// ReadSQL reads a permission dataset from the result of a query, to its end, and
// closes rows. SQL NULL and the empty string are both no value (U3).
//
// Columns must be text: strings, or bytes that are UTF-8. A number or a date is
// refused, because its text here may differ from the text of the data. Cast it
// in the query.
//
// The rules are those of CSV files, except that the Line of a [Position] is the
// number of the row and its Column the number of the column, both from 1.
func ReadSQL(rows *sql.Rows, opts *Options) (*Rules, error) {
	if rows == nil {
		return nil, errNoSource
	}
	defer rows.Close() // on a second call, it does nothing
	o, err := opts.resolve()
	if err != nil {
		return nil, err
	}
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	q := &query{rows: rows, names: names, values: make([]any, len(names))}
	rs, err := read(q, o)
	if err != nil {
		return nil, err
	}
	// Some drivers learn only here that the result was cut short.
	if err := rows.Close(); err != nil {
		return nil, err
	}
	return rs, nil
}

// A query is the table a query returns. Each cell is scanned as what the driver
// gave, so that database/sql converts nothing.
type query struct {
	rows   *sql.Rows
	names  []string
	values []any
	err    error // of a scan
}

func (q *query) Columns() []string { return q.names }

func (q *query) Next() bool {
	if q.err != nil || !q.rows.Next() {
		return false
	}
	targets := make([]any, len(q.values))
	for i := range targets {
		targets[i] = &q.values[i]
	}
	q.err = q.rows.Scan(targets...)
	return q.err == nil
}

func (q *query) cell(i int) (string, error) {
	switch v := q.values[i].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	default:
		return "", fmt.Errorf("%w: got %T, want a string; cast it in the query", ErrNotText, v)
	}
}

func (q *query) Err() error {
	if q.err != nil {
		return q.err
	}
	return q.rows.Err()
}
