package arrow18

import (
	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// FromRecord returns the v18 form of a v15 record. The caller releases it.
//
// The error contains every column that cannot be converted, in order; see
// [Error].
func FromRecord(rec v15.Record) (v18.RecordBatch, error) {
	if rec == nil {
		return nil, &Error{Err: malformed("no record")}
	}
	schema, err := FromSchema(rec.Schema())
	if err != nil {
		return nil, err
	}
	return fromRecord(schema, rec)
}

// FromArray returns the v18 form of a v15 array. The caller releases it.
func FromArray(arr v15.Array) (v18.Array, error) {
	if arr == nil {
		return nil, &Error{Err: malformed("no array")}
	}
	dt, err := FromDataType(arr.DataType())
	if err != nil {
		return nil, err
	}
	return fromArray(arr.DataType(), dt, arr.Data())
}

// fromRecord converts a batch whose schema has been converted before, as a reader
// does for each of its batches.
func fromRecord(schema *v18.Schema, rec v15.Record) (out v18.RecordBatch, err error) {
	defer refuse(&err)
	cols := make([]v18.Array, 0, schema.NumFields())
	defer func() {
		for _, col := range cols {
			col.Release()
		}
	}()
	if got, want := len(rec.Columns()), schema.NumFields(); got != want || rec.Schema().NumFields() != want {
		return nil, &Error{Err: malformed("%d columns, the schema has %d", got, want)}
	}
	var errs []error
	for i, f := range schema.Fields() {
		col, err := fromArray(rec.Schema().Field(i).Type, f.Type, rec.Column(i).Data())
		switch {
		case err != nil:
			errs = append(errs, at(column(f.Name), err))
		case int64(col.Len()) != rec.NumRows():
			errs = append(errs, &Error{Path: column(f.Name), Type: f.Type.String(), Err: malformed("%d rows, the record has %d", col.Len(), rec.NumRows())})
			col.Release()
		default:
			cols = append(cols, col)
		}
	}
	if len(errs) > 0 {
		return nil, join(errs)
	}
	return array18.NewRecordBatch(schema, cols, rec.NumRows()), nil
}

func fromArray(from v15.DataType, dt v18.DataType, src v15.ArrayData) (arr v18.Array, err error) {
	defer refuse(&err)
	data, err := fromData(from, dt, src)
	if err != nil {
		return nil, err
	}
	defer data.Release()
	return array18.MakeFromData(data), nil
}

// fromData builds the v18 header of src and of everything below it. Both types
// come from the schema, never from src: where they disagree with src, the check
// of the shape decides.
func fromData(from v15.DataType, dt v18.DataType, src v15.ArrayData) (data *array18.Data, err error) {
	if d, ok := src.(*array15.Data); !ok || d == nil { // a typed nil stands for "no dictionary"
		return nil, &Error{Type: from.String(), Err: malformed("no data")}
	}
	bufs := make([]*mem18.Buffer, len(src.Buffers()))
	var children []v18.ArrayData
	var held releases // the data holds references of its own
	defer held.release()
	types, wants := arraycheck.Below(from), below18(dt)
	if got, want := len(src.Children()), len(types); got != want || want != len(wants) {
		return nil, &Error{Type: from.String(), Err: malformed("%d children, want %d", got, want)}
	}
	for i, f := range types {
		child, err := fromData(f.Type, wants[i].Type, src.Children()[i])
		if err != nil {
			return nil, at(f.Name, err)
		}
		held = append(held, child)
		children = append(children, child)
	}
	if err := arraycheck.Shape(src, arraycheck.Storage(from)); err != nil {
		return nil, &Error{Type: from.String(), Err: err}
	}
	for i, b := range src.Buffers() {
		if b != nil {
			b.Retain()
			bufs[i] = mem18.NewBufferWithAllocator(b.Bytes(), &loan{owner: b})
			held = append(held, bufs[i])
		}
	}
	if t, ok := arraycheck.Storage(from).(*v15.DictionaryType); ok {
		want, ok := storage18(dt).(*v18.DictionaryType)
		if !ok {
			return nil, &Error{Type: from.String(), Err: ErrType}
		}
		dict, err := fromDictionary(t.ValueType, want.ValueType, src)
		if err != nil {
			return nil, at("dictionary", err)
		}
		held = append(held, dict)
		return array18.NewDataWithDictionary(dt, src.Len(), bufs, arraycheck.Nulls(src, arraycheck.Storage(from)), src.Offset(), dict), nil
	}
	return array18.NewData(dt, src.Len(), bufs, children, arraycheck.Nulls(src, arraycheck.Storage(from)), src.Offset()), nil
}

// fromDictionary converts the dictionary of src. An array without rows may come
// without one; it gets an empty one, as in the other direction.
func fromDictionary(from v15.DataType, dt v18.DataType, src v15.ArrayData) (*array18.Data, error) {
	if d, ok := src.Dictionary().(*array15.Data); src.Len() == 0 && (!ok || d == nil) {
		none := array18.MakeArrayOfNull(mem18.NewGoAllocator(), dt, 0)
		defer none.Release()
		none.Data().Retain()
		return none.Data().(*array18.Data), nil
	}
	return fromData(from, dt, src.Dictionary())
}

// storage18 is storage for a v18 type.
func storage18(dt v18.DataType) v18.DataType {
	for {
		ext, ok := dt.(v18.ExtensionType)
		if !ok {
			return dt
		}
		dt = ext.StorageType()
	}
}

// below18 is below for a v18 type.
func below18(dt v18.DataType) []v18.Field {
	if nested, ok := storage18(dt).(v18.NestedType); ok {
		return nested.Fields()
	}
	return nil
}
