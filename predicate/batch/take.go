package batch

import (
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A gatherer copies selected rows of columns into new memory. It owns everything
// it allocates until release; results retain what they contain. So a copy that
// fails halfway leaks nothing.
type gatherer struct {
	mem    memory.Allocator
	owned  []interface{ Release() }
	arena  arena
	owners []bufferOwner // not yet used
	used   usedValues
	form   form // of the functions of take_vector.go
}

var gatherers = sync.Pool{New: func() any { return new(gatherer) }}

func newGatherer(mem memory.Allocator) *gatherer {
	t := gatherers.Get().(*gatherer)
	t.mem = mem
	return t
}

func (t *gatherer) own(r interface{ Release() }) { t.owned = append(t.owned, r) }

func (t *gatherer) release() {
	for _, r := range t.owned {
		r.Release()
	}
	clear(t.owned)
	t.owned, t.mem, t.used = t.owned[:0], nil, usedValues{}
	t.arena.reset()
	gatherers.Put(t)
}

// runs returns a selection to add runs to.
func (t *gatherer) runs() *selection { return &selection{arena: &t.arena} }

// data returns new array data that starts at offset 0.
func (t *gatherer) data(dt arrow.DataType, n int, buffers []*memory.Buffer, children []arrow.ArrayData, nulls int) *array.Data {
	d := array.NewData(dt, n, buffers, children, nulls, 0)
	t.own(d)
	return d
}

// record returns the rows of rec whose bits are set in mask.
func (t *gatherer) record(rec arrow.Record, mask []uint64, off path) (arrow.Record, error) {
	rows := int(rec.NumRows())
	sel := ofMask(mask, &t.arena)
	t.form = formOf(off)
	switch {
	case off&pathRows != 0:
		sel.dense, sel.long = true, true
	case off&pathRuns != 0:
		sel.dense, sel.long = false, false
	}
	if sel.n == 0 {
		return t.empty(rec.Schema()), nil
	}
	all := sel.n == rows
	columns := make([]arrow.Array, rec.NumCols())
	shared := 0
	for i := range columns {
		data := rec.Column(i).Data()
		var whole arrow.ArrayData
		if all {
			whole = t.whole(data)
		}
		if err := t.validate(data, whole != nil, sel.few(rows)); err != nil {
			return nil, fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
		if whole == data {
			columns[i] = rec.Column(i)
			shared++
			continue
		}
		if whole == nil {
			taken, err := t.take(data, sel, nil)
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
			}
			whole = taken
		}
		columns[i] = array.MakeFromData(whole)
		t.own(columns[i])
	}
	if all && shared == len(columns) {
		rec.Retain()
		return rec, nil
	}
	return array.NewRecord(rec.Schema(), columns, int64(sel.n)), nil
}

// empty returns a record without rows. It needs nothing of the columns that have
// no visible row, so nobody looks at these.
func (t *gatherer) empty(schema *arrow.Schema) arrow.Record {
	columns := make([]arrow.Array, schema.NumFields())
	for i := range columns {
		columns[i] = array.MakeFromData(t.blank(schema.Field(i).Type, 0))
		t.own(columns[i])
	}
	return array.NewRecord(schema, columns, 0)
}

// take copies the selected rows of data. The result starts at offset 0 and
// holds nothing but these rows.
//
// shown has a bit for each row of the result, 0 where something above masks it:
// a NULL parent, or a union that selects another child. Masked rows become null
// before anything else looks at them, so that dictionaries, lists and texts
// lose what only masked rows use. nil shows every row.
func (t *gatherer) take(data arrow.ArrayData, sel *selection, shown *memory.Buffer) (arrow.ArrayData, error) {
	if shown != nil && data.Len() == 0 && sel.n > 0 {
		data = t.blank(data.DataType(), 1) // masked rows of nothing
	}
	switch dt := data.DataType().(type) {
	case *arrow.NullType:
		return t.data(dt, sel.n, []*memory.Buffer{nil}, nil, sel.n), nil
	case *arrow.BooleanType:
		return t.takeBool(data, sel, shown), nil
	case *arrow.StringType, *arrow.BinaryType:
		return takeBytes(t, data, sel, shown, arrow.Int32Traits.CastFromBytes)
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		return takeBytes(t, data, sel, shown, arrow.Int64Traits.CastFromBytes)
	case *arrow.StringViewType, *arrow.BinaryViewType:
		return t.takeViews(data, sel, shown)
	case *arrow.ListType, *arrow.MapType:
		return takeList(t, data, sel, shown, arrow.Int32Traits.CastFromBytes)
	case *arrow.LargeListType:
		return takeList(t, data, sel, shown, arrow.Int64Traits.CastFromBytes)
	case *arrow.ListViewType:
		return takeListView(t, data, sel, shown, arrow.Int32Traits.CastFromBytes)
	case *arrow.LargeListViewType:
		return takeListView(t, data, sel, shown, arrow.Int64Traits.CastFromBytes)
	case *arrow.FixedSizeListType:
		return t.takeFixedSizeList(data, sel, shown, int(dt.Len()))
	case *arrow.StructType:
		return t.takeStruct(data, sel, shown)
	case *arrow.SparseUnionType:
		return t.takeSparseUnion(data, sel, shown, dt)
	case *arrow.DenseUnionType:
		return t.takeDenseUnion(data, sel, shown, dt)
	case *arrow.DictionaryType:
		return t.takeDict(data, sel, shown, dt)
	case *arrow.RunEndEncodedType:
		return t.takeRuns(data, sel, shown, dt)
	case arrow.ExtensionType:
		return t.takeExtension(data, sel, shown, dt)
	case arrow.FixedWidthDataType: // after the types above that are one too
		return t.takeFixed(data, sel, shown, dt.Bytes())
	default:
		return nil, fmt.Errorf("%w: %s", ErrNotCarried, dt)
	}
}

// carried reports whether take knows the type and all types inside it.
func carried(dt arrow.DataType) bool {
	switch dt := dt.(type) {
	case *arrow.DictionaryType:
		return carried(dt.ValueType)
	case *arrow.RunEndEncodedType:
		return carried(dt.Encoded())
	case arrow.ExtensionType:
		return carried(dt.StorageType())
	case arrow.NestedType:
		for _, f := range dt.Fields() {
			if !carried(f.Type) {
				return false
			}
		}
		return known(dt)
	default:
		return known(dt)
	}
}

func known(dt arrow.DataType) bool {
	switch dt.(type) {
	case *arrow.NullType, arrow.FixedWidthDataType, arrow.BinaryDataType, arrow.NestedType:
		return true
	default:
		return false
	}
}
