package rls

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/internal/header"
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
	ErrEmptyItem = list.ErrEmptyItem                                // U5
	ErrTooLong   = errors.New("cell too long")                      // U18
	ErrDual      = errors.New("rule names both a user and a group") // U9, Reject
	ErrKind      = errors.New("ARN of the wrong kind")              // U16
	ErrNotText   = errors.New("not text")                           // ReadSQL

	// Headers (U1, U2).
	ErrEmpty       = errors.New("no header")
	ErrNoName      = header.ErrNoName
	ErrDuplicate   = header.ErrDuplicate
	ErrNoPrincipal = header.ErrNoPrincipal
	ErrMixed       = header.ErrMixed
	ErrVersion     = header.ErrVersion
	ErrNoFields    = header.ErrNoFields

	// Viewers (U14, U15): see [LimitError].
	ErrTooManyRules  = errors.New("too many rules")
	ErrTooManyValues = errors.New("too many values")
)

// A Position is a place in a permission dataset: File, Line and Column. Lines and
// columns count from 1, columns in bytes. For rules read by [Read] or [ReadSQL],
// Line is the number of the row and Column the number of the column. A part that
// is not known is zero. It prints as "file:line:column", or as "file:B3" if Cell
// names the cell of a workbook.
type Position = textpos.Position

// An Error is one problem of a permission dataset. Pos is the start of the cell
// or of the offending text. Field is the name of its column, if known. Err is the
// reason. It prints as `file:line:column: column "Field": reason`.
type Error = textpos.Error

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
