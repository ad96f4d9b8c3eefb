package input

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/textpos"
)

// An Error says where in the data something is wrong.
type Error = textpos.Error

// Why data is refused before a row of it is read. [Error] says which data.
var (
	ErrNoData   = tabular.ErrNoData
	ErrFormat   = errors.New("unknown format")
	ErrEncoding = errors.New("not UTF-8 text")
	ErrSchema   = fmt.Errorf("%w from those of the first file", tabular.ErrColumns)
)
