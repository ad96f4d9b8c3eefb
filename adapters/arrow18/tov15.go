package arrow18

import (
	"errors"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	mem15 "github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// Record returns the v15 form of a v18 record batch. The caller releases it.
//
// The error contains every column that cannot be converted, in order; see
// [Error]. Metadata of a v18 batch is dropped, because v15 has only metadata of
// the schema.
func Record(rec v18.RecordBatch) (v15.Record, error) {
	if rec == nil {
		return nil, &Error{Err: malformed("no record")}
	}
	schema, err := Schema(rec.Schema())
	if err != nil {
		return nil, err
	}
	return record(schema, rec)
}

// Array returns the v15 form of a v18 array. The caller releases it.
func Array(arr v18.Array) (v15.Array, error) {
	if arr == nil {
		return nil, &Error{Err: malformed("no array")}
	}
	dt, err := DataType(arr.DataType())
	if err != nil {
		return nil, err
	}
	return toArray(dt, arr.Data())
}

// record converts a batch whose schema has been converted before, as a reader
// does for each of its batches.
func record(schema *v15.Schema, rec v18.RecordBatch) (out v15.Record, err error) {
	defer refuse(&err)
	cols := make([]v15.Array, 0, schema.NumFields())
	defer func() {
		for _, col := range cols {
			col.Release()
		}
	}()
	if got, want := len(rec.Columns()), schema.NumFields(); got != want {
		return nil, &Error{Err: malformed("%d columns, the schema has %d", got, want)}
	}
	var errs []error
	for i, f := range schema.Fields() {
		col, err := toArray(f.Type, rec.Column(i).Data())
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
	return array15.NewRecord(schema, cols, rec.NumRows()), nil
}

func toArray(dt v15.DataType, src v18.ArrayData) (arr v15.Array, err error) {
	defer refuse(&err)
	data, err := toData(dt, src)
	if err != nil {
		return nil, err
	}
	defer data.Release()
	return array15.MakeFromData(data), nil
}

// toData builds the v15 header of src and of everything below it. The type is
// taken from the converted schema, never from src: where the two disagree, the
// check of the shape decides.
func toData(dt v15.DataType, src v18.ArrayData) (data *array15.Data, err error) {
	if d, ok := src.(*array18.Data); !ok || d == nil { // a typed nil stands for "no dictionary"
		return nil, &Error{Type: dt.String(), Err: malformed("no data")}
	}
	bufs := make([]*mem15.Buffer, len(src.Buffers()))
	var children []v15.ArrayData
	var held releases // the data holds references of its own
	defer held.release()
	for i, b := range src.Buffers() {
		if b != nil {
			b.Retain()
			bufs[i] = mem15.NewBufferWithAllocator(b.Bytes(), &loan{owner: b})
			held = append(held, bufs[i])
		}
	}
	types := arraycheck.Below(dt)
	if got, want := len(src.Children()), len(types); got != want {
		return nil, &Error{Type: dt.String(), Err: malformed("%d children, want %d", got, want)}
	}
	for i, f := range types {
		child, err := toData(f.Type, src.Children()[i])
		if err != nil {
			return nil, at(f.Name, err)
		}
		held = append(held, child)
		children = append(children, child)
	}
	if t, ok := arraycheck.Storage(dt).(*v15.DictionaryType); ok {
		dict, err := toDictionary(t.ValueType, src)
		if err != nil {
			return nil, at("dictionary", err)
		}
		held = append(held, dict)
		data = array15.NewDataWithDictionary(dt, src.Len(), bufs, src.NullN(), src.Offset(), dict)
	} else {
		data = array15.NewData(dt, src.Len(), bufs, children, src.NullN(), src.Offset())
	}
	if err := arraycheck.Shape(data, arraycheck.Storage(dt)); err != nil {
		data.Release()
		return nil, &Error{Type: dt.String(), Err: err}
	}
	data.SetNullN(arraycheck.Nulls(data, arraycheck.Storage(dt)))
	return data, nil
}

// toDictionary converts the dictionary of src. An array without rows may come
// without one; it gets an empty one, because readers of v15 ask for it.
func toDictionary(dt v15.DataType, src v18.ArrayData) (*array15.Data, error) {
	if d, ok := src.Dictionary().(*array18.Data); src.Len() == 0 && (!ok || d == nil) {
		none := array15.MakeArrayOfNull(mem15.NewGoAllocator(), dt, 0)
		defer none.Release()
		none.Data().Retain()
		return none.Data().(*array15.Data), nil
	}
	return toData(dt, src.Dictionary())
}

// join keeps a single error as it is.
func join(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
