package output

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/internal/recovered"
)

// arrowWriter writes IPC. It turns what the encoder of Arrow panics over into
// errors.
type arrowWriter struct{ w Writer }

// Write implements [Writer].
func (a *arrowWriter) Write(rec arrow.Record) (err error) {
	defer caught(&err)
	return a.w.Write(rec)
}

// Close implements [Writer].
func (a *arrowWriter) Close() (err error) {
	defer caught(&err)
	return a.w.Close()
}

func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %w", errEncode, recovered.Error(p, nil))
	}
}

var errEncode = errors.New("these rows cannot be written in this format")
