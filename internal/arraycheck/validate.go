package arraycheck

import (
	"bytes"
	"encoding/binary"
	"errors"

	v15 "github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"

	"github.com/rowsight/rowsight/internal/recovered"
)

// Validate reads every offset, index, run end and bitmap of a record once and
// reports whether all of them point inside the data. A record that passes can
// be read to its last value without a panic. Every bad column is in the error,
// in order; each is an [*Error].
func Validate(rec v15.Record) error {
	var errs []error
	for _, err := range Check(rec) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Check is [Validate] with the errors one by one.
func Check(rec v15.Record) (errs []*Error) {
	// What is malformed enough can make Arrow's own methods panic.
	defer func() {
		if p := recover(); p != nil {
			errs = append(errs, &Error{Err: malformed("%v", recovered.Error(p, nil))})
		}
	}()
	if rec == nil {
		return []*Error{{Err: malformed("no record")}}
	}
	for i, col := range rec.Columns() {
		if int64(col.Len()) != rec.NumRows() {
			errs = append(errs, &Error{Path: column(rec.ColumnName(i)), Type: col.DataType().String(), Err: malformed("%d rows, the record has %d", col.Len(), rec.NumRows())})
		} else if err := validate(col.Data(), true); err != nil {
			errs = append(errs, at(column(rec.ColumnName(i)), err))
		}
	}
	return errs
}

// Array is [Validate] for the rows of one array and what these rows can reach:
// of the children of a slice only the part that belongs to the slice is looked
// at, so that going through an array slice by slice takes no longer than once.
// Run ends and dictionaries are looked at as a whole.
func Array(d v15.ArrayData) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Err: malformed("%v", recovered.Error(p, nil))}
		}
	}()
	if e := validate(d, false); e != nil {
		return e
	}
	return nil
}

// validate checks an array and all below it: whole children, or only what the
// rows of d reach.
func validate(d v15.ArrayData, whole bool) *Error {
	if d == nil {
		return &Error{Err: malformed("no array")}
	}
	dt := Storage(d.DataType())
	fail := func(err error) *Error { return &Error{Type: d.DataType().String(), Err: err} }
	types := Below(dt)
	if got, want := len(d.Children()), len(types); got != want {
		return fail(malformed("%d children, want %d", got, want))
	}
	for i, f := range types {
		if c := d.Children()[i]; c == nil || !sameType(c.DataType(), f.Type) {
			return fail(malformed("child %d is not of type %s", i, f.Type))
		}
		// What a parent needs of its children is their length; of run ends, all.
		if whole || dt.ID() == v15.RUN_END_ENCODED {
			if err := validate(d.Children()[i], whole); err != nil {
				return at(f.Name, err)
			}
		}
	}
	if t, ok := dt.(*v15.DictionaryType); ok {
		if dict, ok := d.Dictionary().(*array.Data); !ok || dict == nil || !sameType(dict.DataType(), t.ValueType) {
			return fail(malformed("no dictionary of type %s", t.ValueType))
		}
		if err := validate(d.Dictionary(), whole); err != nil {
			return at("dictionary", err)
		}
	}
	if err := Shape(d, dt); err != nil {
		return fail(err)
	}
	parts, err := checkElements(d, dt)
	if err != nil {
		return fail(err)
	}
	for i, f := range types {
		child := d.Children()[i]
		if !whole && dt.ID() != v15.RUN_END_ENCODED {
			from, to := reached(d, dt, i, parts)
			if from != 0 || to != int64(child.Len()) {
				part := array.NewSliceData(child, from, to)
				defer part.Release()
				child = part
			}
			if err := validate(child, false); err != nil {
				return at(f.Name, err)
			}
		}
		if dt.ID() == v15.MAP && (countNulls(child) != 0 || keyNulls(child) != 0) {
			return fail(malformed("null entries or keys"))
		}
	}
	return nil
}

// sameType is arrow.TypeEqual, quick where both are one type.
func sameType(a, b v15.DataType) bool { return a == b || v15.TypeEqual(a, b) }

// keyNulls counts the nulls among the keys of the entries of a map.
func keyNulls(entries v15.ArrayData) int {
	keys := array.NewSliceData(entries.Children()[0], int64(entries.Offset()), int64(entries.Offset()+entries.Len()))
	defer keys.Release()
	return countNulls(keys)
}

// checkElements is the part of the check that takes time for every row. Where
// rows choose elements of children it says which part of each they reach.
func checkElements(d v15.ArrayData, dt v15.DataType) (reached []part, err error) {
	if hasBitmap(dt) && len(bytesOf(d, 0)) > 0 {
		// A count that is too low hides nulls from whoever trusts it.
		if got, want := d.NullN(), d.Len()-bitutil.CountSetBits(bytesOf(d, 0), d.Offset(), d.Len()); got >= 0 && got != want {
			return nil, malformed("null count %d, the bitmap has %d", got, want)
		}
	}
	if d.Len() == 0 {
		return nil, nil
	}
	switch t := dt.(type) {
	case *v15.BinaryType, *v15.StringType, *v15.ListType, *v15.MapType:
		return nil, checkIncreasing(d, v15.Int32Traits.CastFromBytes)
	case *v15.LargeBinaryType, *v15.LargeStringType, *v15.LargeListType:
		return nil, checkIncreasing(d, v15.Int64Traits.CastFromBytes)
	case *v15.BinaryViewType, *v15.StringViewType:
		return nil, checkViews(d)
	case *v15.ListViewType:
		return checkSpans(d, v15.Int32Traits.CastFromBytes)
	case *v15.LargeListViewType:
		return checkSpans(d, v15.Int64Traits.CastFromBytes)
	case *v15.SparseUnionType:
		return nil, checkCodes(d, t)
	case *v15.DenseUnionType:
		return checkChosen(d, t)
	case *v15.DictionaryType:
		return nil, checkIndices(d, t)
	case *v15.RunEndEncodedType:
		return nil, checkRunEnds(d.Children()[0])
	}
	return nil, nil
}

// Runs checks the run ends of a run-end encoded array, all of them: readers
// search them for a row and take them to increase. Its values are not looked at.
func Runs(d v15.ArrayData) error {
	ends := d.Children()[0]
	return first(Shape(ends, ends.DataType()), Shape(d, d.DataType()), checkRunEnds(ends))
}

// checkRunEnds checks that every run has a row.
func checkRunEnds(ends v15.ArrayData) error {
	switch b, n := bytesOf(ends, 1), ends.Len(); ends.DataType().ID() {
	case v15.INT16:
		return checkRising(elements(v15.Int16Traits.CastFromBytes(b), ends, n))
	case v15.INT32:
		return checkRising(elements(v15.Int32Traits.CastFromBytes(b), ends, n))
	default:
		return checkRising(elements(v15.Int64Traits.CastFromBytes(b), ends, n))
	}
}

func checkRising[T int16 | int32 | int64](ends []T) error {
	last := T(0)
	for i, end := range ends {
		if end <= last {
			return malformed("run %d ends at %d, after %d", i, end, last)
		}
		last = end
	}
	return nil
}

// elements returns the first n elements of the rows of d, of values of a buffer.
func elements[T any](values []T, d v15.ArrayData, n int) []T {
	if n == 0 {
		return nil // there may be no buffer
	}
	return values[d.Offset() : d.Offset()+n]
}

// countNulls is the null count of a whole array of any type.
func countNulls(d v15.ArrayData) int { return Nulls(d, Storage(d.DataType())) }

// checkIndices checks that every index of a row that is not null is in the
// dictionary. Nobody looks up the index of a null.
func checkIndices(d v15.ArrayData, t *v15.DictionaryType) error {
	b := bytesOf(d, 1)
	switch t.IndexType.ID() {
	case v15.INT8:
		return checkInside(d, v15.Int8Traits.CastFromBytes(b))
	case v15.UINT8:
		return checkInside(d, v15.Uint8Traits.CastFromBytes(b))
	case v15.INT16:
		return checkInside(d, v15.Int16Traits.CastFromBytes(b))
	case v15.UINT16:
		return checkInside(d, v15.Uint16Traits.CastFromBytes(b))
	case v15.INT32:
		return checkInside(d, v15.Int32Traits.CastFromBytes(b))
	case v15.UINT32:
		return checkInside(d, v15.Uint32Traits.CastFromBytes(b))
	case v15.INT64:
		return checkInside(d, v15.Int64Traits.CastFromBytes(b))
	case v15.UINT64:
		return checkInside(d, v15.Uint64Traits.CastFromBytes(b))
	default:
		return malformed("indices of type %s", t.IndexType)
	}
}

func checkInside[T int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64](d v15.ArrayData, indices []T) error {
	bits, size := bytesOf(d, 0), uint64(d.Dictionary().Len())
	indices = elements(indices, d, d.Len())
	most := uint64(0)
	for _, k := range indices {
		most = max(most, uint64(k)) // a negative index becomes a very large one
	}
	if most < size {
		return nil
	}
	for i, k := range indices {
		if uint64(k) >= size && (len(bits) == 0 || bitutil.BitIsSet(bits, d.Offset()+i)) {
			return malformed("index of row %d is not in the dictionary of %d", i, size)
		}
	}
	return nil
}

// checkViews checks the headers of string and binary views:
//
//	size int32 | 12 bytes                                     size <= 12
//	size int32 | prefix [4]byte | buffer int32 | offset int32  longer
//
// The prefix must be that of the value, and what a short value leaves must be
// zero: comparisons trust both.
func checkViews(d v15.ArrayData) error {
	const inline = 12
	bits, headers, data := bytesOf(d, 0), bytesOf(d, 1), d.Buffers()[2:]
	offset, rows := d.Offset(), headers[d.Offset()*v15.ViewHeaderSizeBytes:]
	for i := range d.Len() {
		if len(bits) > 0 && !bitutil.BitIsSet(bits, offset+i) {
			continue
		}
		h := rows[i*v15.ViewHeaderSizeBytes:][:v15.ViewHeaderSizeBytes]
		size := int64(int32(binary.NativeEndian.Uint32(h)))
		if size < 0 {
			return malformed("view %d has size %d", i, size)
		}
		if size <= inline {
			if !padded(h, int(size)) {
				return malformed("view %d is not padded with zeros", i)
			}
			continue
		}
		buf, from := int64(int32(binary.NativeEndian.Uint32(h[8:]))), int64(int32(binary.NativeEndian.Uint32(h[12:])))
		if buf < 0 || buf >= int64(len(data)) {
			return malformed("view %d is in buffer %d of %d", i, buf, len(data))
		}
		b := data[buf].Bytes()
		if from < 0 || from > int64(len(b)) || size > int64(len(b))-from {
			return malformed("view %d spans %d bytes from %d of %d", i, size, from, len(b))
		}
		if !bytes.Equal(h[4:8], b[from:from+4]) {
			return malformed("view %d has the prefix of another value", i)
		}
	}
	return nil
}

// padded reports whether the 12 bytes of an inline view are 0 behind the first
// size.
func padded(h []byte, size int) bool {
	// h    0  size | 4  bytes 0 to 3: low | 8  bytes 4 to 11: high
	low, high := uint64(binary.LittleEndian.Uint32(h[4:])), binary.LittleEndian.Uint64(h[8:])
	if size >= 4 {
		return high>>(8*(size-4)) == 0 // a shift by 64 leaves 0
	}
	return high == 0 && low>>(8*size) == 0
}

// intAt reads element i, counted from the array's offset, of a buffer of
// integers of a width in bytes, sign-extended.
func intAt(d v15.ArrayData, buf, width, i int) int64 {
	b := d.Buffers()[buf].Bytes()[(d.Offset()+i)*width:]
	switch width {
	case 1:
		return int64(int8(b[0]))
	case 2:
		return int64(int16(binary.NativeEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.NativeEndian.Uint32(b)))
	default:
		return int64(binary.NativeEndian.Uint64(b))
	}
}

// intWidth returns the width in bytes of an integer type.
func intWidth(dt v15.DataType) (int, bool) {
	if !v15.IsInteger(dt.ID()) {
		return 0, false
	}
	return dt.(v15.FixedWidthDataType).Bytes(), true
}
