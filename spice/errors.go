package spice

import (
	"errors"
	"strconv"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// Errors of datasets. None of them comes with a row.
var (
	ErrNoDataset   = errors.New("no such dataset")
	ErrExists      = errors.New("the dataset exists")
	ErrInput       = errors.New("bad input")
	ErrImportMode  = errors.New("not with this import mode")
	ErrClosed      = errors.New("the store is closed")
	ErrLocked      = errors.New("another process writes to the store")
	ErrReadOnly    = errors.New("the store was opened for reading")
	ErrNoKey       = errors.New("no key to encrypt with")
	ErrKey         = errors.New("the key of the dataset cannot be used")
	ErrCorrupt     = spicefile.ErrCorrupt
	ErrRollback    = errors.New("the folder holds a state that the witness does not know")
	ErrWitness     = errors.New("the witness cannot be used")
	ErrNotIngested = errors.New("the dataset has no rows yet: refresh it first")
	ErrSource      = errors.New("the source of the rows failed")
	ErrNotDirect   = errors.New("dataset has no data source; call Connect")
	ErrNoColumn    = predicate.ErrNoColumn
	ErrNotText     = predicate.ErrNotText
	ErrType        = spicefile.ErrType
	ErrSchema      = spicefile.ErrSchema
	ErrEncoding    = spicefile.ErrEncoding
	ErrTooLong     = spicefile.ErrTooLong
)

// Errors of sessions.
var (
	ErrSession    = errors.New("bad session")
	ErrExpired    = errors.New("the session has expired")
	ErrAccess     = errors.New("no access")
	ErrNoRules    = errors.New("the dataset is restricted and its rules are missing")
	ErrRules      = errors.New("the rules of the dataset cannot be used")
	ErrNotOwner   = errors.New("not an owner of the dataset")
	ErrNotVisible = errors.New("a permission dataset is not for viewers")
	ErrNoParent   = errors.New("the parent dataset was deleted")
	ErrDepth      = errors.New("datasets nested deeper than 3 levels")
	ErrSpiceChild = errors.New("a SPICE child of a restricted parent is refused; use direct query")
	ErrAudit      = errors.New("the audit record could not be written, so the read failed")
)

// An Error is an error of one dataset. Its text is for operators. Show a viewer
// only the sentinel that it wraps (S7).
type Error struct {
	Dataset string // its id; "" for the store
	Op      string // the operation, such as "refresh"
	Err     error
}

// Error returns the dataset, the operation, and the reason.
func (e *Error) Error() string {
	text := e.Err.Error()
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	if e.Dataset != "" {
		text = "dataset " + strconv.Quote(e.Dataset) + ": " + text
	}
	return text
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }
