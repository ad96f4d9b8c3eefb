package arrow18

import (
	"errors"

	v15 "github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// Validate reads every offset, index, run end and bitmap of a v15 record once
// and reports whether all of them point inside the data. A record that passes
// can be read to its last value without a panic. The bytes of values are not
// looked at. Every bad column is in the error, in order; each is an [Error]
// that wraps [ErrMalformed].
//
// Use it on data from a source that is not trusted, after [Record]; see the
// package comment for what Record has checked already.
func Validate(rec v15.Record) error {
	var errs []error
	for _, e := range arraycheck.Check(rec) {
		errs = append(errs, &Error{Path: e.Path, Type: e.Type, Err: e.Err})
	}
	return errors.Join(errs...)
}
