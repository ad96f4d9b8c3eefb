package csvtext

import (
	"errors"

	"github.com/rowsight/rowsight/internal/textpos"
)

// Why a record is refused. [Error] says where.
var (
	ErrBareQuote    = errors.New("bare quote in unquoted text")
	ErrAfterQuote   = errors.New("text after closing quote")
	ErrUnterminated = errors.New("unterminated quote")
	ErrLoneCR       = errors.New("carriage return without line feed")
	ErrUTF8         = errors.New("invalid UTF-8")
	ErrUTF16        = errors.New("UTF-16 text, want UTF-8")
	ErrFieldCount   = errors.New("wrong number of fields")
	ErrTooLarge     = errors.New("record too large")
	ErrOptions      = errors.New("the delimiter and the quote must be two different characters, and no line ends")
)

// An Error is one problem of a file. Columns do not count a byte order mark. It
// points at the character that is wrong: for [ErrUnterminated] at the opening
// quote, for [ErrFieldCount] at the start of the record.
type Error = textpos.Error
