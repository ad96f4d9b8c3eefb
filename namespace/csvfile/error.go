package csvfile

import (
	"errors"

	"github.com/rowsight/rowsight/internal/textpos"
)

// Errors of tables, in addition to those of CSV and of the directory.
var (
	ErrNoHeader  = errors.New("no header")
	ErrColumn    = errors.New("unknown column")
	ErrDuplicate = errors.New("duplicate column")
	ErrMissing   = errors.New("missing column")
)

// An Error is one problem of a table: its Pos and its reason, Err. It prints as
// "file:line:column: reason".
type Error = textpos.Error
