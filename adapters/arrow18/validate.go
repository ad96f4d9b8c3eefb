package arrow18

import (
	"errors"

	v15 "github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// Validate reads every offset, index, run end and bitmap of a v15 record once
// and reports whether all of them point inside the data. A record that passes
// can be read to its last value without a panic. It does not check the bytes of
// values. The error contains every malformed column, in order, each as an
// [Error] that wraps [ErrMalformed].
//
// Use it after [Record] for data from an untrusted source; the package comment
// describes the checks of Record.
func Validate(rec v15.Record) error {
	var errs []error
	for _, e := range arraycheck.Check(rec) {
		errs = append(errs, &Error{Path: e.Path, Type: e.Type, Err: e.Err})
	}
	return errors.Join(errs...)
}
