package jsondoc

import (
	"errors"

	"github.com/rowsight/rowsight/internal/textpos"
)

// Why a document is refused. [Error] says where.
var (
	ErrSyntax   = errors.New("not JSON from here on")
	ErrEncoding = errors.New("not valid UTF-8")
	ErrTooLarge = errors.New("document too large")
	ErrField    = errors.New("unknown field")
	ErrTwice    = errors.New("field given twice")
	ErrType     = errors.New("wrong type")
	ErrMissing  = errors.New("field missing")
	ErrMore     = textpos.ErrMore
)

// A Position is a place in a document, and an Error one problem there.
type (
	Position = textpos.Position
	Error    = textpos.Error
)
