package rlstest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/rls"
)

// Why case files are refused. [Error] says where, and adds what was found and
// what is wanted.
var (
	ErrNoFiles    = errors.New("no case files")
	ErrSyntax     = errors.New("not YAML from here on")
	ErrEncoding   = errors.New("not valid UTF-8")
	ErrYAML       = errors.New("not allowed in a case file") // anchors, tags, a second document
	ErrKey        = errors.New("unknown key")
	ErrTwice      = errors.New("given twice")
	ErrMissing    = errors.New("missing")
	ErrType       = errors.New("wrong type")
	ErrValue      = errors.New("bad value")
	ErrConflict   = errors.New("do not go together")
	ErrPath       = errors.New("not a path inside the folder of the test")
	ErrColumn     = errors.New("no such column in the data")
	ErrNoRow      = errors.New("no row of the data matches")
	ErrNoCases    = errors.New("no cases")
	ErrNoData     = errors.New("no rows in the data")
	ErrNotUpdated = errors.New("cannot be updated")
)

// An Error is one problem of a case file or of the data it names. Field is where
// in the document, such as cases[2].only, if that is known. It never holds the
// value of a tag (T8).
type Error struct {
	Pos   rls.Position
	Field string
	Err   error
}

// Error returns file:line:column: field: reason.
func (e *Error) Error() string {
	s := e.Pos.String()
	if s != "" {
		s += ": "
	}
	if e.Field != "" {
		s += e.Field + ": "
	}
	return s + e.Err.Error()
}

// Unwrap returns the reason, which wraps one of the Err variables or is an error
// of the file that was named.
func (e *Error) Unwrap() error { return e.Err }

// join returns the problems of a case file in the order of their positions, and
// nil if there is none.
func join(problems []*Error) error {
	slices.SortStableFunc(problems, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

func noFiles(match string) error {
	if match == "" {
		match = "*.rlstest.yaml"
	}
	return fmt.Errorf("%w: nothing matches %s", ErrNoFiles, match)
}
