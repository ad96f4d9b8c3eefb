package csvfile

import (
	"errors"
	"slices"
	"strconv"
)

// Why a table is refused, besides what is no CSV and what the directory refuses.
var (
	ErrNoHeader  = errors.New("no header")
	ErrColumn    = errors.New("unknown column")
	ErrDuplicate = errors.New("duplicate column")
	ErrMissing   = errors.New("missing column")
)

// An Error is one problem of a table. Line and Column count from 1, Column in
// bytes; 0 is not known.
type Error struct {
	File         string
	Line, Column int
	Err          error
}

// Error returns "file:line:column: reason".
func (e *Error) Error() string {
	s := e.File
	for _, n := range []int{e.Line, e.Column} {
		if n == 0 {
			break
		}
		if s != "" {
			s += ":"
		}
		s += strconv.Itoa(n)
	}
	if s != "" {
		s += ": "
	}
	return s + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// join returns all problems in the order of their positions.
func join(problems []*Error) error {
	slices.SortStableFunc(problems, func(a, b *Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	errs := make([]error, len(problems))
	for i, e := range problems {
		errs[i] = e
	}
	return errors.Join(errs...)
}
