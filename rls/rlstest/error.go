package rlstest

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/textpos"
)

// Errors of case files. [Error] adds the position, the value found and the
// value wanted.
var (
	ErrNoFiles    = errors.New("no case files")
	ErrSyntax     = jsondoc.ErrNotYAML
	ErrEncoding   = jsondoc.ErrEncoding
	ErrYAML       = jsondoc.ErrYAML // anchors, aliases, tags, a second document
	ErrKey        = jsondoc.ErrField
	ErrTwice      = jsondoc.ErrTwice
	ErrMissing    = jsondoc.ErrMissing
	ErrType       = jsondoc.ErrType
	ErrValue      = errors.New("bad value")
	ErrConflict   = errors.New("do not go together")
	ErrPath       = errors.New("not a path inside the folder of the test")
	ErrColumn     = errors.New("no such column in the data")
	ErrNoRow      = errors.New("no row of the data matches")
	ErrNoCases    = errors.New("no cases")
	ErrNoData     = errors.New("no rows in the data")
	ErrNotUpdated = errors.New("cannot be updated")
)

// An Error is one problem of a case file or of its data. Pos is the position.
// Field is the field of the document, such as cases[2].only, if known. Err is
// the reason, which wraps one of the Err variables or is an error of a file. It
// prints as "file:line:column: field: reason" and never contains the value of a
// tag (T8).
type Error = textpos.Error

func noFiles(match string) error {
	match = cmp.Or(match, "*.rlstest.yaml")
	return fmt.Errorf("%w: nothing matches %s", ErrNoFiles, match)
}
