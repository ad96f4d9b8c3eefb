package csvfile

import (
	"errors"

	"github.com/rowsight/rowsight/internal/textpos"
)

// Why a table is refused, besides what is no CSV and what the directory refuses.
var (
	ErrNoHeader  = errors.New("no header")
	ErrColumn    = errors.New("unknown column")
	ErrDuplicate = errors.New("duplicate column")
	ErrMissing   = errors.New("missing column")
)

// An Error is one problem of a table: its Pos and its reason, Err. It prints as
// "file:line:column: reason".
type Error = textpos.Error
