package arraycheck

import (
	"errors"
	"fmt"
)

// Why an array is refused.
var (
	// ErrType reports a type whose layout is not known.
	ErrType = errors.New("type is not known")
	// ErrMalformed reports an array whose buffers, children or dictionary do
	// not hold what its type, offset and length promise.
	ErrMalformed = errors.New("malformed array")
)

// An Error says which array of a record is malformed. It never holds a value of
// the data.
type Error struct {
	Path string // column "a", then the way down: column "a": item: dictionary
	Type string // the Arrow type at that place
	Err  error  // wraps ErrType or ErrMalformed
}

// Error returns where the fault is, and what it is.
func (e *Error) Error() string {
	s := e.Err.Error()
	if e.Type != "" {
		s = e.Type + ": " + s
	}
	if e.Path != "" {
		s = e.Path + ": " + s
	}
	return s
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// malformed is a reason that wraps ErrMalformed.
func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// at puts an error of a child below the place it belongs to.
func at(path string, err *Error) *Error {
	if err.Path != "" {
		path += ": " + err.Path
	}
	return &Error{Path: path, Type: err.Type, Err: err.Err}
}

func column(name string) string { return fmt.Sprintf("column %q", name) }
