package tabular

import (
	"errors"

	"github.com/rowsight/rowsight/internal/textpos"
)

// An Error says where in the data something is wrong.
type Error = textpos.Error

// errMore stands behind the problems of a file after which nobody looked for
// others.
var errMore = errors.New("there may be more such problems: the rest of the file was not checked")

// Why data is refused before a row of it is read.
var (
	ErrNoData  = errors.New("no data")
	ErrColumns = errors.New("the columns differ") // from those that the message names
)
