package spice

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/recovered"
)

// concatenate joins arrays of one type. Types that cannot be joined are an error:
// Arrow v15 panics over unions, and gives wrong rows for lists of nulls and for
// dictionaries, of which only those that are columns are joined here. Parts that
// are not joined would reveal hidden rows (V8).
func concatenate(pieces []arrow.Array, mem memory.Allocator) (arr arrow.Array, err error) {
	defer func() {
		if p := recover(); p != nil {
			arr, err = nil, recovered.Error(p, nil)
		}
		if err != nil {
			err = fmt.Errorf("%w: rows of type %s cannot be joined: %w", ErrSchema, pieces[0].DataType(), err)
		}
	}()
	switch dt := pieces[0].DataType().(type) {
	case *arrow.NullType:
		return array.Concatenate(pieces, mem)
	case *arrow.DictionaryType:
		if mixedUp(dt.ValueType) {
			return nil, errors.ErrUnsupported
		}
		return joinDictionaries(pieces, dt, mem)
	default:
		if mixedUp(dt) {
			return nil, errors.ErrUnsupported
		}
		return array.Concatenate(pieces, mem)
	}
}

// mixedUp reports whether values are dictionary-encoded or of the null type, at
// any depth.
func mixedUp(dt arrow.DataType) bool {
	switch dt := dt.(type) {
	case *arrow.DictionaryType, *arrow.NullType:
		return true
	case arrow.ExtensionType:
		return mixedUp(dt.StorageType())
	case arrow.NestedType:
		return slices.ContainsFunc(dt.Fields(), func(f arrow.Field) bool { return mixedUp(f.Type) })
	default:
		return false
	}
}

// joinDictionaries joins dictionary columns: the values of all, each once, and
// the indices of all, renumbered.
func joinDictionaries(pieces []arrow.Array, dt *arrow.DictionaryType, mem memory.Allocator) (arrow.Array, error) {
	var values []arrow.Array // parts of dictionaries that have a value for the first time
	defer func() {
		for _, v := range values {
			v.Release()
		}
	}()
	numbers := make(map[string]int)
	rows := 0
	renumbered := make([][]int, len(pieces)) // the new number of each value, for each piece
	for j, piece := range pieces {
		rows += piece.Len()
		d := piece.(*array.Dictionary).Dictionary()
		for i := range d.Len() {
			key, ok := valueKey(d, i)
			n, seen := numbers[key]
			if !ok || !seen {
				n = len(numbers)
				if !ok {
					key = fmt.Sprint("\x00", n)
				}
				numbers[key] = n
				values = append(values, array.NewSlice(d, int64(i), int64(i+1)))
			}
			renumbered[j] = append(renumbered[j], n)
		}
	}
	width := dt.IndexType.(arrow.FixedWidthDataType).Bytes()
	most := uint64(1)<<(8*width-1) - 1
	if !arrow.IsSignedInteger(dt.IndexType.ID()) {
		most = 2*most + 1
	}
	if uint64(len(numbers)) > most {
		return nil, errors.New("more values than the index type has numbers")
	}
	valid, indices := memory.NewResizableBuffer(mem), memory.NewResizableBuffer(mem)
	defer valid.Release()
	defer indices.Release()
	valid.Resize((rows + 7) / 8)
	indices.Resize(rows * width)
	clear(valid.Bytes())
	clear(indices.Bytes())
	row := 0
	for j, piece := range pieces {
		d := piece.(*array.Dictionary)
		for i := range d.Len() {
			if d.IsValid(i) {
				valid.Bytes()[row/8] |= 1 << (row % 8)
				var number [8]byte
				binary.LittleEndian.PutUint64(number[:], uint64(renumbered[j][d.GetValueIndex(i)]))
				copy(indices.Bytes()[row*width:(row+1)*width], number[:])
			}
			row++
		}
	}
	var dictionary arrow.Array
	var err error
	if len(values) > 0 {
		dictionary, err = array.Concatenate(values, mem)
	} else {
		dictionary, err = array.Concatenate([]arrow.Array{pieces[0].(*array.Dictionary).Dictionary()}, mem)
	}
	if err != nil {
		return nil, err
	}
	defer dictionary.Release()
	data := array.NewDataWithDictionary(dt, rows, []*memory.Buffer{valid, indices}, array.UnknownNullCount, 0, dictionary.Data().(*array.Data))
	defer data.Release()
	return array.MakeFromData(data), nil
}

// valueKey returns a text that two values of a type share if they are equal;
// false if that is not known.
func valueKey(values arrow.Array, i int) (string, bool) {
	if values.IsNull(i) {
		return "null", true
	}
	switch v := values.(type) {
	case interface{ Value(int) string }:
		return "=" + v.Value(i), true
	case interface{ Value(int) []byte }:
		return "=" + string(v.Value(i)), true
	}
	fixed, ok := values.DataType().(arrow.FixedWidthDataType)
	if bufs := values.Data().Buffers(); ok && fixed.BitWidth()%8 == 0 && len(bufs) == 2 && bufs[1] != nil {
		at := (values.Data().Offset() + i) * fixed.Bytes()
		return "=" + string(bufs[1].Bytes()[at:at+fixed.Bytes()]), true
	}
	return "", false
}
