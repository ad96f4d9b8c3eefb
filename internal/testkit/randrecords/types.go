package randrecords

import (
	"math/rand/v2"
	"reflect"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Any allows every type.
func Any(arrow.Type) bool { return true }

// Flat is what tables of databases have: columns of numbers, times and texts,
// and dictionaries of text.
func Flat(t arrow.Type) bool { return !arrow.IsNested(t) && !isView(t) && t != arrow.EXTENSION }

// Plain allows what JSON, CSV and Parquet can hold: no unions, run ends, views
// or extensions.
func Plain(t arrow.Type) bool {
	switch t {
	case arrow.SPARSE_UNION, arrow.DENSE_UNION, arrow.RUN_END_ENCODED, arrow.EXTENSION, arrow.LIST_VIEW, arrow.LARGE_LIST_VIEW, arrow.DICTIONARY, arrow.NULL:
		return false
	}
	return !isView(t)
}

func isView(t arrow.Type) bool { return t == arrow.STRING_VIEW || t == arrow.BINARY_VIEW }

// Type returns a random type that nests up to depth levels, made of types that
// are allowed.
func Type(rnd *rand.Rand, depth int, allowed func(arrow.Type) bool) arrow.DataType {
	for {
		var dt arrow.DataType
		if depth == 0 || rnd.IntN(6) == 0 {
			dt = leaf(rnd)
		} else {
			dt = nested(rnd, depth-1, allowed)
		}
		if allowed(dt.ID()) {
			return dt
		}
	}
}

func leaf(rnd *rand.Rand) arrow.DataType {
	return pick(rnd, []arrow.DataType{
		arrow.BinaryTypes.String, arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.StringView,
		arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary, arrow.BinaryTypes.BinaryView,
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64,
		arrow.FixedWidthTypes.Boolean, arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Timestamp_us, arrow.Null,
		&arrow.Decimal128Type{Precision: 38, Scale: 2}, &arrow.FixedSizeBinaryType{ByteWidth: 5}, &arrow.FixedSizeBinaryType{ByteWidth: 16},
	})
}

func nested(rnd *rand.Rand, depth int, allowed func(arrow.Type) bool) arrow.DataType {
	below := func() arrow.DataType { return Type(rnd, depth, allowed) }
	fields := func() []arrow.Field {
		fields := make([]arrow.Field, 1+rnd.IntN(3))
		for i := range fields {
			fields[i] = arrow.Field{Name: string(rune('a' + i)), Type: below(), Nullable: true}
		}
		return fields
	}
	codes := func(n int) []arrow.UnionTypeCode {
		return [][]arrow.UnionTypeCode{{0, 1, 2}, {3, 7, 5}, {2, 1, 0}}[rnd.IntN(3)][:n]
	}
	switch rnd.IntN(13) {
	case 0, 1:
		return arrow.StructOf(fields()...)
	case 2:
		return arrow.ListOf(below())
	case 3:
		return arrow.LargeListOf(below())
	case 4:
		return arrow.ListViewOf(below())
	case 5:
		return arrow.LargeListViewOf(below())
	case 6:
		return arrow.FixedSizeListOf(int32(1+rnd.IntN(3)), below())
	case 7:
		return arrow.MapOf(arrow.BinaryTypes.String, below())
	case 8:
		f := fields()
		return arrow.SparseUnionOf(f, codes(len(f)))
	case 9:
		f := fields()
		return arrow.DenseUnionOf(f, codes(len(f)))
	case 10:
		values := leaf(rnd)
		for values.ID() == arrow.NULL || isView(values.ID()) {
			values = leaf(rnd)
		}
		return &arrow.DictionaryType{ValueType: values, IndexType: pick(rnd, []arrow.DataType{
			arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
			arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
		})}
	case 11:
		values := below()
		for values.ID() == arrow.RUN_END_ENCODED {
			values = below()
		}
		return arrow.RunEndEncodedOf(pick(rnd, []arrow.DataType{arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64}), values)
	default:
		storage := below()
		for storage.ID() == arrow.DICTIONARY || storage.ID() == arrow.EXTENSION { // Arrow v15 loses the dictionary
			storage = below()
		}
		return &extension{arrow.ExtensionBase{Storage: storage}}
	}
}

func pick[T any](rnd *rand.Rand, list []T) T { return list[rnd.IntN(len(list))] }

// An extension is a type over any storage.
type extension struct{ arrow.ExtensionBase }

// An ExtensionArray is an array of a random extension type.
type ExtensionArray struct{ array.ExtensionArrayBase }

// ArrayType implements [arrow.ExtensionType].
func (*extension) ArrayType() reflect.Type { return reflect.TypeFor[ExtensionArray]() }

// ExtensionName implements [arrow.ExtensionType].
func (*extension) ExtensionName() string { return "rowsight.random" }

// Serialize implements [arrow.ExtensionType].
func (*extension) Serialize() string { return "" }

// Deserialize implements [arrow.ExtensionType].
func (*extension) Deserialize(storage arrow.DataType, _ string) (arrow.ExtensionType, error) {
	return &extension{arrow.ExtensionBase{Storage: storage}}, nil
}

// ExtensionEquals implements [arrow.ExtensionType].
func (e *extension) ExtensionEquals(o arrow.ExtensionType) bool {
	return o.ExtensionName() == e.ExtensionName() && arrow.TypeEqual(o.StorageType(), e.Storage)
}
