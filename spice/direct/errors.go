package direct

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// Errors of reading a table.
var (
	ErrSource   = errors.New("want a DB, and either a Table or a Query")
	ErrNoColumn = predicate.ErrNoColumn
	ErrTwice    = predicate.ErrAmbiguous
	ErrType     = errors.New("no Arrow type for it; cast it in the query")
	ErrFixed    = errors.New("text of fixed length: engines show its padding and do not compare it; cast it in the query")
	ErrCell     = errors.New("a value is not what the column's type says")
	ErrChanged  = errors.New("the columns changed during the read")
	ErrWidened  = errors.New("the engine returned a row that the filter hides")
	ErrShadowed = errors.New("a temporary table or view hides the table, or may hide it: name its schema")
	ErrReleased = errors.New("read after it was released")
)

// A ColumnError is a problem of a column. It never contains a value of a row.
type ColumnError struct {
	Column string
	Type   string // as the database calls it; may be ""
	Err    error
}

// Error names the column and its type.
func (e *ColumnError) Error() string {
	if e.Type == "" {
		return fmt.Sprintf("column %q: %v", e.Column, e.Err)
	}
	return fmt.Sprintf("column %q of type %s: %v", e.Column, e.Type, e.Err)
}

// Unwrap returns why.
func (e *ColumnError) Unwrap() error { return e.Err }

// noColumn is [ErrNoColumn] with the column that differs in the case of letters
// only, if there is one.
func noColumn(name string, names []string) error {
	for _, other := range names {
		if strings.EqualFold(name, other) {
			return fmt.Errorf("%w: want %q", ErrNoColumn, other)
		}
	}
	return ErrNoColumn
}
