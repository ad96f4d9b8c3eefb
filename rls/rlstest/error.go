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
	ErrNoRow      = errors.New("no row of the data is meant")
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

// join returns the problems of a case file in the order of their positions,
// and nil if there is none. Those of other files keep their place behind.
func join(errs []error) error {
	slices.SortStableFunc(errs, func(a, b error) int {
		p, q := positionOf(a), positionOf(b)
		if p == nil || q == nil || p.File != q.File {
			return 0
		}
		return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
	})
	return errors.Join(errs...)
}

func positionOf(err error) *rls.Position {
	if e, ok := err.(*Error); ok {
		return &e.Pos
	}
	return nil
}

func noFiles(match string) error {
	if match == "" {
		match = "*.rlstest.yaml"
	}
	return fmt.Errorf("%w: nothing matches %s", ErrNoFiles, match)
}
