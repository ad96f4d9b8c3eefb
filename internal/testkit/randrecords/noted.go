package randrecords

import "github.com/apache/arrow/go/v15/arrow"

// Noted returns a type whose fields, at any depth, have the secret as metadata.
func Noted(dt arrow.DataType) arrow.DataType {
	fields := func(n arrow.NestedType) []arrow.Field {
		var noted []arrow.Field
		for _, f := range n.Fields() {
			noted = append(noted, NotedField(f))
		}
		return noted
	}
	switch dt := dt.(type) {
	case *arrow.StructType:
		return arrow.StructOf(fields(dt)...)
	case *arrow.ListType:
		return arrow.ListOfField(NotedField(dt.ElemField()))
	case *arrow.LargeListType:
		return arrow.LargeListOfField(NotedField(dt.ElemField()))
	case *arrow.ListViewType:
		return arrow.ListViewOfField(NotedField(dt.ElemField()))
	case *arrow.LargeListViewType:
		return arrow.LargeListViewOfField(NotedField(dt.ElemField()))
	case *arrow.FixedSizeListType:
		return arrow.FixedSizeListOfField(dt.Len(), NotedField(dt.ElemField()))
	case *arrow.MapType:
		return arrow.MapOfWithMetadata(dt.KeyType(), NotedField(dt.KeyField()).Metadata, Noted(dt.ItemType()), NotedField(dt.ItemField()).Metadata)
	case *arrow.SparseUnionType:
		return arrow.SparseUnionOf(fields(dt), dt.TypeCodes())
	case *arrow.DenseUnionType:
		return arrow.DenseUnionOf(fields(dt), dt.TypeCodes())
	case *arrow.RunEndEncodedType:
		return arrow.RunEndEncodedOf(dt.RunEnds(), Noted(dt.Encoded()))
	case *extension:
		return &extension{arrow.ExtensionBase{Storage: Noted(dt.Storage)}}
	default:
		return dt
	}
}

// NotedField is [Noted] of a field.
func NotedField(f arrow.Field) arrow.Field {
	f.Type, f.Metadata = Noted(f.Type), arrow.NewMetadata([]string{"note"}, []string{Secret})
	return f
}

// HasNotes reports whether fields have metadata, at any depth.
func HasNotes(fields []arrow.Field) bool {
	for _, f := range fields {
		dt := f.Type
		for {
			ext, ok := dt.(arrow.ExtensionType)
			if !ok {
				break
			}
			dt = ext.StorageType()
		}
		if f.HasMetadata() {
			return true
		}
		if n, ok := dt.(arrow.NestedType); ok && HasNotes(n.Fields()) {
			return true
		}
	}
	return false
}
