package batch

import (
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Rows reads text columns of Arrow records row by row. It is an rls.Source, so
// a permission dataset can be in Arrow records. It is not safe for concurrent
// use.
type Rows struct {
	reader  array.RecordReader
	columns []string
	rec     arrow.Record
	row     int
	err     error
}

// NewRows returns the rows of r. It does not retain or release r. Every column
// must be text; otherwise there are no rows and Err returns a [*BindError].
func NewRows(r array.RecordReader) *Rows {
	rows := &Rows{reader: r, row: -1}
	if r == nil {
		rows.err = errNoReader
		return rows
	}
	for _, f := range r.Schema().Fields() {
		rows.columns = append(rows.columns, f.Name)
		if !IsText(f.Type) && rows.err == nil {
			rows.err = &BindError{Column: f.Name, Type: f.Type, Err: ErrNotText}
		}
	}
	return rows
}

// Columns returns the names of the columns.
func (rs *Rows) Columns() []string { return rs.columns }

// Next moves to the next row. It returns false at the end and on an error.
func (rs *Rows) Next() (ok bool) {
	defer func() {
		if rs.err != nil {
			ok, rs.rec = false, nil
		}
	}()
	defer guard(&rs.err)
	if rs.err != nil || rs.reader == nil {
		return false
	}
	for rs.row++; rs.rec == nil || rs.row >= int(rs.rec.NumRows()); rs.row = 0 {
		if !rs.reader.Next() {
			rs.rec, rs.err = nil, rs.reader.Err()
			rs.reader = nil
			return false
		}
		rs.rec = rs.reader.Record()
	}
	return true
}

// Text returns the text that the current row holds in column i, a copy; false
// stands for NULL.
func (rs *Rows) Text(i int) (s string, ok bool) {
	// A panic over a broken record or a wrong index ends the rows: Err says so,
	// and the NULL returned here, which is a wildcard in a rule, comes to nothing.
	defer guard(&rs.err)
	s, ok = textAt(rs.rec.Column(i), rs.row)
	return strings.Clone(s), ok
}

// Err returns the error that ended the rows, or nil.
func (rs *Rows) Err() error { return rs.err }

// textAt returns the text of a row of a text column, whatever its layout, the
// slow way.
func textAt(a arrow.Array, row int) (string, bool) {
	if a.IsNull(row) {
		return "", false
	}
	switch a := a.(type) {
	case *array.String:
		return a.Value(row), true
	case *array.LargeString:
		return a.Value(row), true
	case *array.StringView:
		return a.Value(row), true
	case *array.Dictionary:
		return textAt(a.Dictionary(), a.GetValueIndex(row))
	case *array.RunEndEncoded:
		return textAt(a.Values(), a.GetPhysicalIndex(row))
	default:
		return "", false
	}
}
