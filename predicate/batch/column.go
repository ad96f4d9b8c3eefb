package batch

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// A codes reads the class codes of the rows of one column of one batch.
type codes interface {
	// read fills dst, which is no longer than a block, with the codes of the rows
	// that start at row from.
	read(dst []uint32, from int) error
}

// readAll is read for any number of rows.
func readAll(c codes, dst []uint32, from int) error {
	for len(dst) > 0 {
		n := min(blockRows, len(dst))
		if err := c.read(dst[:n], from); err != nil {
			return err
		}
		dst, from = dst[n:], from+n
	}
	return nil
}

// A maskFiller decides rows without codes. It is used where its column is the
// only one of the predicate.
type maskFiller interface {
	// bits sets one word of mask for every 64 of n rows from row from on. It
	// reports false, and does nothing, if it cannot.
	bits(mask []uint64, from, n int) bool
}

// A zeroChecker reports, from a dictionary alone, that all codes of a column are 0.
// In the first column of a table, code 0 is the rejecting state: no row of the
// batch needs to be read.
type zeroChecker interface{ zero() bool }

// IsText reports whether a type is text for rules (U2): utf8 in any of its
// layouts, plain, as a dictionary of any index type, or run-end encoded.
// [Check] also looks at the metadata of a column, which may say that its text
// is JSON.
func IsText(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType:
		return true
	case *arrow.DictionaryType:
		return IsText(t.ValueType)
	case *arrow.RunEndEncodedType:
		return IsText(t.Encoded())
	default:
		return false
	}
}

// openColumn returns a reader of the class codes of a text column. The reader
// uses the memory of data and must not outlive it.
func openColumn(data arrow.ArrayData, c *classifier) (codes, error) {
	if err := sized(data); err != nil {
		return nil, err
	}
	switch t := data.DataType().(type) {
	case *arrow.StringType:
		return openPlain(data, c.lookup, arrow.Int32Traits.CastFromBytes), nil
	case *arrow.LargeStringType:
		return openPlain(data, c.lookup, arrow.Int64Traits.CastFromBytes), nil
	case *arrow.StringViewType:
		return openViews(data, c.lookup), nil
	case *arrow.DictionaryType:
		return openDict(data, t, c)
	case *arrow.RunEndEncodedType:
		return openRuns(data, t, c)
	default:
		return nil, fmt.Errorf("%w: type is %s", ErrNotText, t)
	}
}

// validity returns the validity bitmap of data, nil if it has none. The null
// count is not asked: where it and the bitmap disagree, readers of the array go
// by the bitmap.
func validity(data arrow.ArrayData) []byte { return bufferBytes(data, 0) }

// bufferBytes returns the bytes of buffer i of data, nil if there is none.
func bufferBytes(data arrow.ArrayData, i int) []byte {
	if bufs := data.Buffers(); i < len(bufs) && bufs[i] != nil {
		return bufs[i].Bytes()
	}
	return nil
}
