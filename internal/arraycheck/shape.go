package arraycheck

import (
	"math"

	v15 "github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
)

// Shape reports why the buffers, children and dictionary of one array are
// too small for offset, length and the storage type dt, looking at first and
// last elements only. Its children have been checked before.
//
// What passes can be given to array.MakeFromData without a panic. What lies
// between the first and the last element is for [Validate].
func Shape(d v15.ArrayData, dt v15.DataType) error {
	if d.Len() < 0 || d.Offset() < 0 || d.Len() > math.MaxInt-1-d.Offset() {
		return malformed("offset %d and length %d", d.Offset(), d.Len())
	}
	end := d.Offset() + d.Len()
	if got, want := len(d.Buffers()), buffers(dt); got < want {
		return malformed("%d buffers, want %d", got, want)
	}
	if err := checkBitmap(d, dt); err != nil {
		return err
	}
	switch t := dt.(type) {
	case *v15.NullType:
		return nil
	case *v15.BinaryType, *v15.StringType:
		return checkOffsets(d, 4, len(bytesOf(d, 2)))
	case *v15.LargeBinaryType, *v15.LargeStringType:
		return checkOffsets(d, 8, len(bytesOf(d, 2)))
	case *v15.ListType, *v15.MapType:
		return checkOffsets(d, 4, d.Children()[0].Len())
	case *v15.LargeListType:
		return checkOffsets(d, 8, d.Children()[0].Len())
	case *v15.BinaryViewType, *v15.StringViewType:
		for i := 2; i < len(d.Buffers()); i++ {
			if d.Buffers()[i] == nil {
				return malformed("no buffer %d", i)
			}
		}
		return checkWidth(d, 1, v15.ViewHeaderSizeBytes)
	case *v15.ListViewType:
		return first(checkWidth(d, 1, 4), checkWidth(d, 2, 4))
	case *v15.LargeListViewType:
		return first(checkWidth(d, 1, 8), checkWidth(d, 2, 8))
	case *v15.FixedSizeListType:
		if t.Len() < 0 {
			return malformed("lists of %d elements", t.Len())
		}
		return checkChildren(d, end, int(t.Len()))
	case *v15.StructType:
		return checkChildren(d, end, 1)
	case *v15.SparseUnionType:
		return first(checkWidth(d, 1, 1), checkChildren(d, end, 1))
	case *v15.DenseUnionType:
		return first(checkWidth(d, 1, 1), checkWidth(d, 2, 4))
	case *v15.RunEndEncodedType:
		return checkRuns(d, end)
	case *v15.DictionaryType:
		return checkWidth(d, 1, t.IndexType.(v15.FixedWidthDataType).Bytes())
	case *v15.BooleanType:
		return checkBits(d, 1)
	case *v15.Decimal128Type:
		return first(checkPrecision(t.Precision, 38), checkWidth(d, 1, t.Bytes()))
	case *v15.Decimal256Type:
		return first(checkPrecision(t.Precision, 76), checkWidth(d, 1, t.Bytes()))
	case v15.FixedWidthDataType:
		return checkWidth(d, 1, t.Bytes())
	default:
		return ErrType
	}
}

// Storage looks through extension types to the type that says how data lie.
func Storage(dt v15.DataType) v15.DataType {
	for {
		ext, ok := dt.(v15.ExtensionType)
		if !ok {
			return dt
		}
		dt = ext.StorageType()
	}
}

// Below returns the types of the children, in order.
func Below(dt v15.DataType) []v15.Field {
	if nested, ok := Storage(dt).(v15.NestedType); ok {
		return nested.Fields()
	}
	return nil
}

// buffers is how many buffers Go's arrays of a type have at least.
func buffers(dt v15.DataType) int {
	switch dt.(type) {
	case *v15.NullType, *v15.RunEndEncodedType:
		return 0
	case *v15.StructType, *v15.FixedSizeListType:
		return 1
	case *v15.BinaryType, *v15.StringType, *v15.LargeBinaryType, *v15.LargeStringType,
		*v15.ListViewType, *v15.LargeListViewType, *v15.DenseUnionType:
		return 3
	default:
		return 2
	}
}

// hasBitmap reports whether arrays of a type have a validity bitmap of their own.
func hasBitmap(dt v15.DataType) bool {
	switch dt.(type) {
	case *v15.NullType, *v15.RunEndEncodedType, *v15.SparseUnionType, *v15.DenseUnionType:
		return false
	default:
		return true
	}
}

// Nulls is the null count of an array whose shape is known to be right. One
// that was left to be counted later (a negative number) is counted now.
func Nulls(d v15.ArrayData, dt v15.DataType) int {
	switch {
	case d.NullN() >= 0:
		return d.NullN()
	case dt.ID() == v15.NULL:
		return d.Len()
	case !hasBitmap(dt) || len(bytesOf(d, 0)) == 0:
		return 0
	default:
		return d.Len() - bitutil.CountSetBits(bytesOf(d, 0), d.Offset(), d.Len())
	}
}

// bytesOf returns the bytes of a buffer, nil if it is not there.
func bytesOf(d v15.ArrayData, i int) []byte {
	if b := d.Buffers()[i]; b != nil {
		return b.Bytes()
	}
	return nil
}

func checkBitmap(d v15.ArrayData, dt v15.DataType) error {
	if d.NullN() > d.Len() || d.NullN() < array.UnknownNullCount {
		return malformed("%d nulls of %d rows", d.NullN(), d.Len())
	}
	if !hasBitmap(dt) {
		// Null stands for itself; unions and run-end encodings have the nulls of
		// their children. Some readers would go by a bitmap, others would not.
		if dt.ID() != v15.NULL && (d.NullN() > 0 || len(d.Buffers()) > 0 && len(bytesOf(d, 0)) > 0) {
			return malformed("a validity bitmap or nulls of its own")
		}
		return nil
	}
	// Arrow takes an empty bitmap for none.
	if len(bytesOf(d, 0)) == 0 {
		if d.NullN() > 0 {
			return malformed("%d nulls and no validity bitmap", d.NullN())
		}
		return nil
	}
	return checkBits(d, 0)
}

func checkBits(d v15.ArrayData, i int) error {
	end := d.Offset() + d.Len()
	return checkLen(d, i, end/8+(end%8+7)/8)
}

// checkWidth checks a buffer of elements of a fixed width in bytes.
func checkWidth(d v15.ArrayData, i, width int) error {
	end := d.Offset() + d.Len()
	if width < 0 || width > 0 && end > math.MaxInt/width {
		return malformed("%d elements of %d bytes", end, width)
	}
	return checkLen(d, i, end*width)
}

// checkLen allows a missing buffer, or one that is too short, where there is no
// row: v15 and v18 leave out the buffers of empty arrays.
func checkLen(d v15.ArrayData, i, want int) error {
	if d.Len() == 0 || d.Buffers()[i] == nil && want == 0 {
		return nil
	}
	if got := len(bytesOf(d, i)); got < want {
		return malformed("buffer %d has %d bytes, want %d", i, got, want)
	}
	return nil
}

func checkPrecision(got, most int32) error {
	if got < 1 || got > most {
		return malformed("a precision of %d digits, want 1 to %d", got, most)
	}
	return nil
}

// checkOffsets checks that the part of the values that an array of
// variable-length elements spans lies inside the values.
func checkOffsets(d v15.ArrayData, width, values int) error {
	if d.Len() == 0 && len(bytesOf(d, 1)) < (d.Offset()+1)*width {
		return nil // an array without rows may have no offsets
	}
	if d.Offset()+d.Len()+1 > math.MaxInt/width {
		return malformed("%d offsets of %d bytes", d.Offset()+d.Len(), width)
	}
	if got, want := len(bytesOf(d, 1)), (d.Offset()+d.Len()+1)*width; got < want {
		return malformed("buffer 1 has %d bytes, want %d", got, want)
	}
	from, to := intAt(d, 1, width, 0), intAt(d, 1, width, d.Len())
	if from < 0 || to < from || to > int64(values) {
		return malformed("offsets %d to %d of %d values", from, to, values)
	}
	return nil
}

// checkChildren checks that every child has at least each elements a row.
func checkChildren(d v15.ArrayData, end, each int) error {
	if each > 0 && end > math.MaxInt/each {
		return malformed("%d lists of %d elements", end, each)
	}
	for i, c := range d.Children() {
		if c.Len() < end*each {
			return malformed("child %d has %d rows, want %d", i, c.Len(), end*each)
		}
	}
	return nil
}

// checkRuns checks the last run end, which a look-up of the last row trusts.
func checkRuns(d v15.ArrayData, end int) error {
	ends, values := d.Children()[0], d.Children()[1]
	switch ends.DataType().ID() {
	case v15.INT16, v15.INT32, v15.INT64:
	default:
		return malformed("run ends of type %s", ends.DataType())
	}
	width, _ := intWidth(ends.DataType())
	if Nulls(ends, ends.DataType()) != 0 {
		return malformed("null run ends")
	}
	if ends.Len() != values.Len() {
		return malformed("%d run ends for %d values", ends.Len(), values.Len())
	}
	if most := int64(1)<<(8*width-1) - 1; int64(end) > most {
		return malformed("%d rows, run ends of type %s reach %d", end, ends.DataType(), most)
	}
	if d.Len() == 0 {
		return nil
	}
	if ends.Len() == 0 {
		return malformed("no runs for %d rows", d.Len())
	}
	if last := intAt(ends, 1, width, ends.Len()-1); last < int64(end) {
		return malformed("last run ends at %d, want %d", last, end)
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
