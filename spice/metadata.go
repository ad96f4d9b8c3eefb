package spice

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// bareSchema returns schema without metadata, at any depth: metadata may describe
// rows that a viewer does not see (V8).
func bareSchema(schema *arrow.Schema) (*arrow.Schema, error) {
	fields, err := bareFields(schema.Fields())
	if err != nil {
		return nil, err
	}
	return arrow.NewSchema(fields, nil), nil
}

func bareFields(fields []arrow.Field) ([]arrow.Field, error) {
	bare := make([]arrow.Field, len(fields))
	for i, f := range fields {
		dt, err := bareType(f.Type)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", f.Name, err)
		}
		bare[i] = arrow.Field{Name: f.Name, Type: dt, Nullable: f.Nullable}
	}
	return bare, nil
}

// bareType returns dt with fields that have no metadata. What an extension type
// says of itself is a part of the type and stays.
func bareType(dt arrow.DataType) (arrow.DataType, error) {
	switch dt := dt.(type) {
	case arrow.ExtensionType:
		storage, err := bareType(dt.StorageType())
		if err != nil || arrow.TypeEqual(storage, dt.StorageType(), arrow.CheckMetadata()) {
			return dt, err
		}
		return dt.Deserialize(storage, dt.Serialize())
	case *arrow.DictionaryType:
		values, err := bareType(dt.ValueType)
		return &arrow.DictionaryType{IndexType: dt.IndexType, ValueType: values, Ordered: dt.Ordered}, err
	case *arrow.RunEndEncodedType:
		values, err := bareType(dt.Encoded())
		bare := arrow.RunEndEncodedOf(dt.RunEnds(), values)
		bare.ValueNullable = dt.ValueNullable
		return bare, err
	case arrow.NestedType:
		fields, err := bareFields(dt.Fields())
		if err != nil {
			return nil, err
		}
		return withFields(dt, fields)
	default:
		return dt, nil
	}
}

func withFields(dt arrow.NestedType, fields []arrow.Field) (arrow.DataType, error) {
	switch dt := dt.(type) {
	case *arrow.StructType:
		return arrow.StructOf(fields...), nil
	case *arrow.ListType:
		return arrow.ListOfField(fields[0]), nil
	case *arrow.LargeListType:
		return arrow.LargeListOfField(fields[0]), nil
	case *arrow.ListViewType:
		return arrow.ListViewOfField(fields[0]), nil
	case *arrow.LargeListViewType:
		return arrow.LargeListViewOfField(fields[0]), nil
	case *arrow.FixedSizeListType:
		return arrow.FixedSizeListOfField(dt.Len(), fields[0]), nil
	case *arrow.MapType:
		key, err := bareType(dt.KeyType())
		if err != nil {
			return nil, err
		}
		item, err := bareType(dt.ItemType())
		if err != nil {
			return nil, err
		}
		m := arrow.MapOf(key, item)
		m.KeysSorted = dt.KeysSorted
		m.SetItemNullable(dt.ItemField().Nullable)
		return m, nil
	case *arrow.SparseUnionType:
		return arrow.SparseUnionOf(fields, dt.TypeCodes()), nil
	case *arrow.DenseUnionType:
		return arrow.DenseUnionOf(fields, dt.TypeCodes()), nil
	default:
		return nil, fmt.Errorf("%w: %s", ErrSchema, dt)
	}
}

// bareRecord returns the same memory as a record whose fields have no metadata.
// The caller releases it.
func bareRecord(rec arrow.Record) (arrow.Record, error) {
	schema, err := bareSchema(rec.Schema())
	if err != nil {
		return nil, err
	}
	columns := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		dt := schema.Field(i).Type
		if !arrow.TypeEqual(c.DataType(), rec.Schema().Field(i).Type) {
			return nil, fmt.Errorf("%w: column %q is %s, its record says %s", ErrSchema, rec.ColumnName(i), c.DataType(), rec.Schema().Field(i).Type)
		}
		data := bareData(c.Data(), dt)
		defer data.Release()
		columns[i] = array.MakeFromData(data)
		defer columns[i].Release()
	}
	return array.NewRecord(schema, columns, rec.NumRows()), nil
}

// bareData returns the same memory under a type that differs in the metadata of
// its fields. What has not the children of its type is left alone: a filter
// refuses it.
func bareData(data arrow.ArrayData, dt arrow.DataType) arrow.ArrayData {
	storage := arraycheck.Storage(dt)
	nested, ok := storage.(arrow.NestedType)
	d, isDict := storage.(*arrow.DictionaryType)
	if !ok && !isDict || ok && len(nested.Fields()) != len(data.Children()) {
		data.Retain()
		return data
	}
	children := data.Children()
	if ok {
		children = make([]arrow.ArrayData, len(children))
		for i, f := range nested.Fields() {
			children[i] = bareData(data.Children()[i], f.Type)
			defer children[i].Release()
		}
	}
	bare := array.NewData(dt, data.Len(), data.Buffers(), children, data.NullN(), data.Offset())
	if isDict {
		values := bareData(data.Dictionary(), d.ValueType)
		defer values.Release()
		bare.SetDictionary(values)
	}
	return bare
}
