package batch

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/bitutil"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// validate refuses a column that Arrow's own validation would refuse, as far as
// its rows can leave:
//
//	handed on as it is   all rows, at every depth
//	nested, run ends     all rows, at every depth: one row is found by others
//	flat                 sizes here, a row's offsets, index or view where it is
//	                     copied; hidden rows are not looked at. The null count
//	                     unless few rows are visible: it is not copied but
//	                     counted anew, and the bitmap of other rows not read
func (t *gatherer) validate(data arrow.ArrayData, shared, few bool) error {
	if nested(data.DataType()) || shared && !t.sharedFlat(data) {
		return malformed(arraycheck.Array(data))
	}
	if dt, ok := arraycheck.Storage(data.DataType()).(*arrow.DictionaryType); ok {
		dict := data.Dictionary()
		if dict.DataType() != dt.ValueType && !arrow.TypeEqual(dict.DataType(), dt.ValueType) {
			return fmt.Errorf("%w: a dictionary of another type", ErrMalformed)
		}
		if err := t.validate(dict, shared, few); err != nil {
			return err
		}
	}
	if err := sized(data); err != nil {
		return err
	}
	bitmap, nulls := validity(data), data.NullN()
	if few || nulls < 0 || len(bitmap) == 0 || nulls == 0 && allSet(bitmap, data.Offset(), data.Len()) {
		return nil
	}
	if nulls != data.Len()-bitutil.CountSetBits(bitmap, data.Offset(), data.Len()) {
		return fmt.Errorf("%w: the null count is not that of the bitmap", ErrMalformed)
	}
	return nil
}

// sharedFlat reports whether sizes and the null count are all that is left to check
// in a flat array that is handed on. Numbers have nothing else. The indices of a
// dictionary were followed when whole looked for unused values. The offsets of texts
// are compared here, by vectors; where some decrease, or without vectors, the general
// check goes through them.
func (t *gatherer) sharedFlat(data arrow.ArrayData) bool {
	switch dt := arraycheck.Storage(data.DataType()).(type) {
	case *arrow.StringType, *arrow.BinaryType:
		if !t.form.has(loopRising) || sized(data) != nil {
			return false
		}
		offsets := arrow.Int32Traits.CastFromBytes(bufferBytes(data, 1))
		return data.Len() == 0 || vectorRising(offsets[data.Offset():data.Offset()+data.Len()+1])
	case *arrow.DictionaryType, *arrow.BooleanType:
		return true
	case arrow.BinaryDataType, arrow.BinaryViewDataType, arrow.NestedType, *arrow.NullType:
		return false
	case arrow.FixedWidthDataType:
		return dt.Bytes() > 0
	default:
		return false
	}
}

// sized refuses an array whose buffers are too small for its rows, in time that
// does not depend on them.
func sized(data arrow.ArrayData) error {
	return malformed(arraycheck.Shape(data, arraycheck.Storage(data.DataType())))
}

// nested reports whether rows of a type are not side by side in its buffers.
func nested(dt arrow.DataType) bool {
	switch dt := arraycheck.Storage(dt).(type) {
	case *arrow.DictionaryType:
		return nested(dt.ValueType)
	case arrow.NestedType, *arrow.RunEndEncodedType:
		return true
	default:
		return false
	}
}

// malformed makes an error of arraycheck one of this package.
func malformed(err error) error {
	if err == nil {
		return nil
	}
	var where *arraycheck.Error
	if errors.As(err, &where) && where.Path == "" {
		err = where.Err // the caller names the column, and the type is the schema's
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}
