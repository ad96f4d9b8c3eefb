package jsondoc

import (
	"errors"
	"fmt"
	"strings"
)

// Why a document is refused. [Error] says where.
var (
	ErrSyntax   = errors.New("not JSON from here on")
	ErrEncoding = errors.New("not valid UTF-8")
	ErrTooLarge = errors.New("document too large")
	ErrField    = errors.New("unknown field")
	ErrTwice    = errors.New("field given twice")
	ErrType     = errors.New("wrong type")
	ErrMissing  = errors.New("field missing")
	ErrMore     = errors.New("more problems that are not listed")
)

// A Position is a place in a document. Line and Column count from 1, Column in
// bytes. The zero Position is nowhere.
type Position struct {
	File         string
	Line, Column int
}

// String returns file:line:column, without what there is not.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	s := fmt.Sprintf("%d:%d", p.Line, p.Column)
	if p.File != "" {
		s = p.File + ":" + s
	}
	return s
}

// An Error is one problem of a document.
type Error struct {
	Pos   Position
	Field string // Statement[1].Effect; "" for the whole document
	Err   error
}

// Error returns position: field: reason.
func (e *Error) Error() string {
	parts := make([]string, 0, 3)
	for _, s := range []string{e.Pos.String(), e.Field} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(append(parts, e.Err.Error()), ": ")
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }
