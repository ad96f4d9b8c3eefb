package rls

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
)

// Reasons why rules are refused. [Error] adds the position, the value found and
// the value wanted.
var (
	// Text that is not CSV (U19). The first three also occur in the list inside
	// a cell (U5).
	ErrUnterminated = csvtext.ErrUnterminated
	ErrAfterQuote   = csvtext.ErrAfterQuote
	ErrBareQuote    = csvtext.ErrBareQuote
	ErrLoneCR       = csvtext.ErrLoneCR
	ErrUTF8         = csvtext.ErrUTF8
	ErrUTF16        = csvtext.ErrUTF16
	ErrFieldCount   = csvtext.ErrFieldCount
	ErrTooLarge     = csvtext.ErrTooLarge

	// Cells.
	ErrEmptyItem = errors.New("empty quoted item")                  // U5
	ErrTooLong   = errors.New("cell too long")                      // U18
	ErrDual      = errors.New("rule names both a user and a group") // U9, Reject
	ErrKind      = errors.New("ARN of the wrong kind")              // U16
	ErrNotText   = errors.New("not text")                           // ReadSQL

	// Headers (U1, U2).
	ErrEmpty       = errors.New("no header")
	ErrNoName      = errors.New("column without a name")
	ErrDuplicate   = errors.New("duplicate column")
	ErrNoPrincipal = errors.New("no principal column")
	ErrMixed       = errors.New("principal columns cannot be combined")
	ErrVersion     = errors.New("principal columns are of another format version")
	ErrNoFields    = errors.New("no restricted field")

	// Viewers (U14, U15): see [LimitError].
	ErrTooManyRules  = errors.New("too many rules")
	ErrTooManyValues = errors.New("too many values")
)

// A Position is a place in a permission dataset. Lines and columns count from
// 1, columns in bytes. For rules read by [Read] or [ReadSQL], Line is the
// number of the row and Column the number of the column. A part that is not
// known is zero.
type Position struct {
	File         string
	Line, Column int
}

// String returns "file:line:column" without unknown parts.
func (p Position) String() string {
	s := p.File
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

// An Error is one problem of a permission dataset. Pos is the start of the cell
// or of the offending text. Field is the name of its column, if known.
type Error struct {
	Pos   Position
	Field string
	Err   error
}

// Error returns `file:line:column: column "Field": reason`.
func (e *Error) Error() string {
	s := e.Pos.String()
	if s != "" {
		s += ": "
	}
	if e.Field != "" {
		s += "column " + strconv.Quote(e.Field) + ": "
	}
	return s + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// join returns all problems in the order of their positions.
func join(problems []*Error) error {
	slices.SortStableFunc(problems, func(a, b *Error) int {
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Column - b.Pos.Column
	})
	errs := make([]error, len(problems))
	for i, e := range problems {
		errs[i] = e
	}
	return errors.Join(errs...)
}

// A LimitError reports that one viewer exceeds a limit of QuickSight. The
// viewer then sees no row. Err is [ErrTooManyRules], with an empty Column, or
// [ErrTooManyValues].
type LimitError struct {
	Who      namespace.Identity
	Column   string
	Got, Max int
	Err      error
}

// Error returns `who: column "Column": reason: got n, want at most max`.
func (e *LimitError) Error() string {
	s := e.Who.String() + ": "
	if e.Column != "" {
		s += "column " + strconv.Quote(e.Column) + ": "
	}
	return fmt.Sprintf("%s%v: got %d, want at most %d", s, e.Err, e.Got, e.Max)
}

// Unwrap returns the reason.
func (e *LimitError) Unwrap() error { return e.Err }
