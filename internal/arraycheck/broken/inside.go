package broken

import (
	"fmt"
	"reflect"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Inside returns arrays that have a row of d in each row, one for every layout
// that can hold another, by its name. d has [Rows] rows.
func Inside(d arrow.ArrayData) map[string]arrow.ArrayData {
	dt := d.DataType()
	field := arrow.Field{Name: "x", Type: dt, Nullable: true}
	other := arrow.Field{Name: "o", Type: arrow.PrimitiveTypes.Int32, Nullable: true}
	fields := []arrow.Field{other, field}
	codes := []arrow.UnionTypeCode{2, 5}
	rows, keys := numbers(0, 1, 2, 3), texts(Rows)
	in := map[string]arrow.ArrayData{
		"struct":          data(arrow.StructOf(fields...), buffers(nil), rows, d),
		"list":            data(arrow.ListOf(dt), buffers(nil, i32(0, 1, 2, 3, 4)), d),
		"large_list":      data(arrow.LargeListOf(dt), buffers(nil, i64(0, 1, 2, 3, 4)), d),
		"list_view":       data(arrow.ListViewOf(dt), buffers(nil, i32(0, 1, 2, 3), i32(1, 1, 1, 1)), d),
		"large_list_view": data(arrow.LargeListViewOf(dt), buffers(nil, i64(0, 1, 2, 3), i64(1, 1, 1, 1)), d),
		"fixed_size_list": data(arrow.FixedSizeListOf(1, dt), buffers(nil), d),
		"sparse_union":    data(arrow.SparseUnionOf(fields, codes), buffers(nil, i8(5, 5, 5, 5)), rows, d),
		"dense_union":     data(arrow.DenseUnionOf(fields, codes), buffers(nil, i8(5, 5, 5, 5), i32(0, 1, 2, 3)), rows, d),
		"run_end_encoded": data(arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, dt), buffers(nil), numbers(1, 2, 3, 4), d),
	}
	m := arrow.MapOf(keys.DataType(), dt)
	in["map"] = data(m, buffers(nil, i32(0, 1, 2, 3, 4)), data(m.Elem(), buffers(nil), keys, d))
	if values, ok := d.(*array.Data); ok {
		in["dictionary"] = array.NewDataWithDictionary(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: dt}, Rows, buffers(nil, i8(0, 1, 2, 3)), 0, 0, values)
		ext := array.NewData(NewExtension(dt), Rows, d.Buffers(), d.Children(), d.NullN(), 0)
		if dict, ok := d.Dictionary().(*array.Data); ok && dict != nil {
			ext.SetDictionary(dict)
		}
		in["extension"] = ext
	}
	return in
}

// Make returns the array of data, and whether Arrow makes one: what its own
// constructors refuse by a panic cannot reach anybody.
func Make(d arrow.ArrayData) (a arrow.Array, ok bool) {
	defer func() {
		if recover() != nil {
			a, ok = nil, false
		}
	}()
	return array.MakeFromData(d), true
}

// extension is an extension type of any storage.
type extension struct{ arrow.ExtensionBase }

// An ExtensionArray is an array of it.
type ExtensionArray struct{ array.ExtensionArrayBase }

// NewExtension returns an extension type that is stored as dt.
func NewExtension(dt arrow.DataType) arrow.ExtensionType {
	return &extension{arrow.ExtensionBase{Storage: dt}}
}

func (e *extension) ArrayType() reflect.Type { return reflect.TypeFor[ExtensionArray]() }
func (e *extension) ExtensionName() string   { return "broken.test" }
func (e *extension) Serialize() string       { return "" }
func (e *extension) String() string          { return fmt.Sprintf("extension<%s>", e.Storage) }

func (e *extension) ExtensionEquals(other arrow.ExtensionType) bool {
	return arrow.TypeEqual(e.Storage, other.StorageType())
}

func (e *extension) Deserialize(storage arrow.DataType, _ string) (arrow.ExtensionType, error) {
	return &extension{arrow.ExtensionBase{Storage: storage}}, nil
}
