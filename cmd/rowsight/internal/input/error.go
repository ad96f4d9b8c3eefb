package input

import "github.com/rowsight/rowsight/internal/tabular"

// An Error says where in the data something is wrong.
type Error = tabular.Error

// Why data is refused before a row of it is read. [Error] says which data.
var (
	ErrNoData   = tabular.ErrNoData
	ErrFormat   = tabular.ErrFormat
	ErrEncoding = tabular.ErrEncoding
	ErrSchema   = tabular.ErrSchema
)
