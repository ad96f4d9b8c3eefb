package where

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/predicate"
)

// Errors of predicates and queries.
var (
	ErrDialect  = errors.New("unknown dialect")
	ErrOptions  = errors.New("bad options")
	ErrColumn   = predicate.ErrNoColumn
	ErrNUL      = errors.New("it holds NUL")
	ErrEncoding = errors.New("it is not valid UTF-8")
	ErrBudget   = errors.New("more than the engine allows in one statement")
	ErrBarrier  = errors.New("the dialect has no barrier that keeps expressions from hidden rows")
	ErrQuery    = errors.New("the query cannot be wrapped")
)

// A BudgetError reports a condition that is too large for an engine. It wraps
// [ErrBudget]. Nothing was sent.
type BudgetError struct {
	Dialect  Dialect
	What     string // "arguments", "bytes of text", "bytes of an argument", "values of a list", "lists in the table", "levels of nesting"
	Got, Max int
}

// Error names the dialect, the limit, and the size of the condition.
func (e *BudgetError) Error() string {
	return fmt.Sprintf("%s: %d %s, want at most %d: %v", e.Dialect, e.Got, e.What, e.Max, ErrBudget)
}

// Unwrap returns [ErrBudget].
func (e *BudgetError) Unwrap() error { return ErrBudget }

// A ValueError names a value that cannot be sent by its position, without its
// text (S7, T8). It wraps [ErrNUL] or [ErrEncoding].
type ValueError struct {
	Column string
	Number int // of the value among those of a set, from 1
	Of     int
	Err    error
}

// Error names the column and the place of the value.
func (e *ValueError) Error() string {
	return fmt.Sprintf("column %q: value %d of %d: %v", e.Column, e.Number, e.Of, e.Err)
}

// Unwrap returns the reason.
func (e *ValueError) Unwrap() error { return e.Err }

func checkText(s string) error {
	switch {
	case strings.IndexByte(s, 0) >= 0:
		return ErrNUL
	case !utf8.ValidString(s):
		return ErrEncoding
	}
	return nil
}
