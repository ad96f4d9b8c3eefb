package tabular

import (
	"errors"
	"strconv"
)

// An Error says where in the data something is wrong.
type Error struct {
	File         string
	Line, Column int // from 1; 0 where the format has none
	Err          error
}

// Error returns "file:line:column: reason", without the parts there are not.
func (e *Error) Error() string {
	s := e.File
	if e.Line > 0 {
		s += ":" + strconv.Itoa(e.Line)
	}
	if e.Column > 0 {
		s += ":" + strconv.Itoa(e.Column)
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// errMore stands behind the problems of a file after which nobody looked for
// others.
var errMore = errors.New("there may be more such problems: the rest of the file was not checked")

// Why data is refused before a row of it is read. [Error] says which data.
var (
	ErrNoData   = errors.New("no data")
	ErrFormat   = errors.New("unknown format")
	ErrEncoding = errors.New("not UTF-8 text")
	ErrSchema   = errors.New("the columns differ from those of the first file")
	ErrColumns  = errors.New("the columns differ from those expected")
)
