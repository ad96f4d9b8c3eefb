package parquet

import (
	v18 "github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// fieldID is the metadata in which the library reports ids of columns, also
// those of columns that have none.
const fieldID = "PARQUET:field_id"

// dropNoIDs takes the ids that are none out of a field and all below it, so
// that a schema comes back as it was written. The library makes its arrays from
// the types it finds here.
func dropNoIDs(f *pqarrow.SchemaField) {
	if f.Field == nil {
		return
	}
	*f.Field = withoutNoID(*f.Field)
	for i := range f.Children {
		dropNoIDs(&f.Children[i])
	}
}

func withoutNoID(f v18.Field) v18.Field {
	f.Type = plainType(f.Type)
	if id, ok := f.Metadata.GetValue(fieldID); !ok || id != "-1" {
		return f
	}
	var keys, values []string
	for i, k := range f.Metadata.Keys() {
		if k != fieldID {
			keys, values = append(keys, k), append(values, f.Metadata.Values()[i])
		}
	}
	f.Metadata = v18.NewMetadata(keys, values)
	return f
}

// plainType rebuilds a nested type without the ids in its fields.
func plainType(dt v18.DataType) v18.DataType {
	switch t := dt.(type) {
	case *v18.ListType:
		return v18.ListOfField(withoutNoID(t.ElemField()))
	case *v18.LargeListType:
		return v18.LargeListOfField(withoutNoID(t.ElemField()))
	case *v18.FixedSizeListType:
		return v18.FixedSizeListOfField(t.Len(), withoutNoID(t.ElemField()))
	case *v18.MapType:
		m := v18.MapOfFields(withoutNoID(t.KeyField()), withoutNoID(t.ItemField()))
		m.KeysSorted = t.KeysSorted
		return m
	case *v18.StructType:
		fields := t.Fields()
		for i := range fields {
			fields[i] = withoutNoID(fields[i])
		}
		return v18.StructOf(fields...)
	default:
		return dt
	}
}
