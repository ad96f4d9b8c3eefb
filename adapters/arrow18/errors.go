package arrow18

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// Why a conversion or a validation is refused.
var (
	// ErrType reports a type that one of the two Arrow versions does not have.
	ErrType = arraycheck.ErrType
	// ErrMalformed reports an array whose buffers, children or dictionary do
	// not hold what its type, offset and length promise.
	ErrMalformed = arraycheck.ErrMalformed
)

// An Error says where a conversion or a validation failed. It never holds a
// value of the data.
type Error struct {
	Path string // column "a", then the way down: column "a": item: dictionary; "" for a bare type or array
	Type string // the Arrow type at that place; "" when the schema as a whole is refused
	Err  error  // wraps ErrType or ErrMalformed
}

// Error returns where the fault is, and what it is.
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
