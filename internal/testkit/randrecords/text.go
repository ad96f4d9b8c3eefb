package randrecords

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Text shows a row of an array, whatever its layout: rows are equal if their
// texts are.
func Text(a arrow.Array, row int) string {
	switch a := a.(type) {
	case *array.SparseUnion:
		return fmt.Sprintf("%d:%s", a.TypeCode(row), Text(a.Field(a.ChildID(row)), row))
	case *array.DenseUnion:
		return fmt.Sprintf("%d:%s", a.TypeCode(row), Text(a.Field(a.ChildID(row)), int(a.ValueOffset(row))))
	case *array.RunEndEncoded:
		return Text(a.Values(), a.GetPhysicalIndex(row))
	case array.ExtensionArray:
		data := retyped(a.Data(), a.ExtensionType().StorageType())
		defer data.Release()
		storage := array.MakeFromData(data)
		defer storage.Release()
		return Text(storage, row)
	}
	if a.IsNull(row) || a.DataType().ID() == arrow.NULL {
		return "null"
	}
	switch a := a.(type) {
	case *array.Struct:
		return each(a.NumField(), func(i int) string { return Text(a.Field(i), row) })
	case *array.FixedSizeList:
		size := int(a.DataType().(*arrow.FixedSizeListType).Len())
		at := (a.Data().Offset() + row) * size
		return each(size, func(i int) string { return Text(a.ListValues(), at+i) })
	case array.ListLike:
		from, to := a.ValueOffsets(row)
		return each(int(to-from), func(i int) string { return Text(a.ListValues(), int(from)+i) })
	case *array.Dictionary:
		return Text(a.Dictionary(), a.GetValueIndex(row))
	case *array.Binary:
		return fmt.Sprintf("%q", a.Value(row))
	case *array.LargeBinary:
		return fmt.Sprintf("%q", a.Value(row))
	case *array.BinaryView:
		return fmt.Sprintf("%q", a.Value(row))
	default:
		return fmt.Sprintf("%q", a.ValueStr(row))
	}
}

func each(n int, f func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = f(i)
	}
	return "[" + strings.Join(parts, " ") + "]"
}
