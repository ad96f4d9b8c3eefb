package batch

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/internal/recovered"
	"github.com/rowsight/rowsight/predicate"
)

// Errors of binding and filtering.
var (
	// ErrNoColumn says that the schema lacks a column the predicate restricts (U2).
	ErrNoColumn = predicate.ErrNoColumn
	// ErrAmbiguous says that several columns have the name.
	ErrAmbiguous = predicate.ErrAmbiguous
	// ErrNotText says that the column cannot be restricted: it is not utf8,
	// large_utf8 or string_view, nor a dictionary or run-end encoding of those.
	ErrNotText = predicate.ErrNotText
	// ErrNotCarried says that rows with a column of this type cannot be copied.
	ErrNotCarried = errors.New("rows of this type cannot be carried")
	// ErrSchema says that a record does not have the schema the filter is bound
	// to.
	ErrSchema = errors.New("the record does not have the bound schema")
	// ErrMalformed says that the buffers of a record contradict each other.
	ErrMalformed = errors.New("malformed record")
)

// errBind is what becomes of a compilation that panics.
var errBind = errors.New("the predicate could not be compiled")

// How a column can be malformed.
var (
	errIndex   = fmt.Errorf("%w: an index leads out of the dictionary", ErrMalformed)
	errOffsets = fmt.Errorf("%w: offsets out of order or out of range", ErrMalformed)
	errView    = fmt.Errorf("%w: a view that is not padded with zeros", ErrMalformed)
	errUnion   = fmt.Errorf("%w: a row of a union refers to no item", ErrMalformed)
)

// A BindError is a column that a predicate cannot be bound to. Err is
// [ErrNoColumn], [ErrAmbiguous], [ErrNotText] or [ErrNotCarried].
type BindError struct {
	Column string
	Type   arrow.DataType // nil if there is no such column
	Err    error
	Near   string // a hint at the intended column; may be ""
}

// Error returns `column "Region": not text: type is int64`, or
// `column "Region": no such column; did you mean "region"?`.
func (e *BindError) Error() string {
	if e.Type == nil {
		return fmt.Sprintf("column %q: %v%s", e.Column, e.Err, e.Near)
	}
	return fmt.Sprintf("column %q: %v: type is %s", e.Column, e.Err, e.Type)
}

// Unwrap returns e.Err.
func (e *BindError) Unwrap() error { return e.Err }

func (c *classifier) malformed(err error) error {
	return fmt.Errorf("column %q: %w", c.name, err)
}

// guard turns a panic over buffers that contradict each other into an error:
// whatever a hostile file holds, the caller gets no rows and goes on living.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %w", ErrMalformed, recovered.Error(p, nil))
	}
}
