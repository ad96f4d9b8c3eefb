package arrow18

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// Errors of conversions and validations.
var (
	// ErrType reports a type that one of the two Arrow versions does not have.
	ErrType = arraycheck.ErrType
	// ErrMalformed reports an array whose buffers, children or dictionary do
	// not fit its type, offset and length.
	ErrMalformed = arraycheck.ErrMalformed
)

// An Error is an error of a conversion or validation, with its place. It never
// contains a value of the data.
type Error struct {
	Path string // column "a", and the path below it: column "a": item: dictionary; "" for a type or array alone
	Type string // the Arrow type at that place; "" for an error of the whole schema
	Err  error  // wraps ErrType or ErrMalformed
}

// Error returns the place and the reason.
func (e *Error) Error() string {
	s := "arrow18: "
	if e.Path != "" {
		s += e.Path + ": "
	}
	if e.Type != "" {
		s += e.Type + ": "
	}
	return s + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// malformed is a reason that wraps ErrMalformed.
func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// at puts an error of a child below the place it belongs to.
func at(path string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return &Error{Path: path, Err: err}
	}
	if e.Path != "" {
		path += ": " + e.Path
	}
	return &Error{Path: path, Type: e.Type, Err: e.Err}
}
