// Package textpos locates problems in text. A [Position] is a place in a file,
// an [Error] a problem at a place. The readers of this module share both, so
// that errors.As finds every located error in the same way.
package textpos

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrMore is the reason of the last error of a list that was cut.
var ErrMore = errors.New("more problems that are not listed")

// A Position is a place in a text. Line and Column count from 1, Column in
// bytes. A part that is not known is zero; the zero Position is unknown.
type Position struct {
	File         string
	Line, Column int

	// Cell is the name of the cell, such as B3, in a workbook. Whoever read the
	// workbook sets it.
	Cell string
}

// At returns the Position of its parts.
func At(file string, line, column int) Position {
	return Position{File: file, Line: line, Column: column}
}

// String returns "file:line:column" without unknown parts, or "file:B3" for a
// cell of a workbook.
func (p Position) String() string {
	s := p.File
	if p.Cell != "" {
		return strings.TrimPrefix(s+":"+p.Cell, ":")
	}
	for _, n := range []int{p.Line, p.Column} {
		if n == 0 {
			break
		}
		if s != "" {
			s += ":"
		}
		s += strconv.Itoa(n)
	}
	return s
}

// An Error is one problem. Pos is the start of the offending text. Field is the
// part of the document or the column, if known. Err is the reason.
type Error struct {
	Pos   Position
	Field string
	Err   error

	column bool // Field is the name of a column
}

// InFile returns an Error of a file as a whole.
func InFile(file string, err error) *Error { return &Error{Pos: Position{File: file}, Err: err} }

// InColumn returns an Error in a column of a table.
func InColumn(pos Position, name string, err error) *Error {
	return &Error{pos, name, err, name != ""}
}

// Error returns "file:line:column: field: reason", and `column "name"` for a
// field that is a column of a table.
func (e *Error) Error() string {
	parts := []string{e.Pos.String(), e.Field, "unknown problem"}
	if e.column {
		parts[1] = "column " + strconv.Quote(e.Field)
	}
	if e.Err != nil {
		parts[2] = e.Err.Error()
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Sort sorts problems of one file by position. Problems at one place keep their
// order.
func Sort(problems []*Error) {
	slices.SortStableFunc(problems, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
}

// Join returns the problems in the order of their positions, joined, or nil. It
// sorts the list itself. Of more than most problems it returns the first ones
// and an [ErrMore] with the number of the others; a most of 0 is no limit.
func Join(problems []*Error, most int) error {
	Sort(problems)
	errs := make([]error, 0, len(problems))
	for i, e := range problems {
		if most > 0 && i == most {
			errs = append(errs, &Error{Pos: e.Pos, Err: fmt.Errorf("%w: %d", ErrMore, len(problems)-i)})
			break
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

// Flat returns the errors that err joins, at any depth, in their order.
func Flat(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, Flat(e)...)
	}
	return all
}

// Each calls yield for every Error inside err, and not for those inside another
// Error.
func Each(err error, yield func(*Error)) {
	switch e := err.(type) {
	case *Error:
		yield(e)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			Each(inner, yield)
		}
	case interface{ Unwrap() error }:
		Each(e.Unwrap(), yield)
	}
}
