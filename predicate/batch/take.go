package batch

import (
	"fmt"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A taker copies selected rows of columns into memory of its own. It owns all
// it allocates until release; what becomes part of a result is retained there.
// So nothing is left behind however a copy ends.
type taker struct {
	mem    memory.Allocator
	owned  []interface{ Release() }
	arena  arena
	vector bool // use the functions of take_vector.go
}

var takers = sync.Pool{New: func() any { return new(taker) }}

func newTaker(mem memory.Allocator) *taker {
	t := takers.Get().(*taker)
	t.mem = mem
	return t
}

func (t *taker) own(r interface{ Release() }) { t.owned = append(t.owned, r) }

func (t *taker) release() {
	for _, r := range t.owned {
		r.Release()
	}
	clear(t.owned)
	t.owned, t.mem = t.owned[:0], nil
	t.arena.reset()
	takers.Put(t)
}

// runs returns a selection to add runs to.
func (t *taker) runs() *selection { return &selection{arena: &t.arena} }

// buffer returns a new buffer of n bytes. Its content is undefined.
func (t *taker) buffer(n int) *memory.Buffer {
	b := memory.NewResizableBuffer(t.mem)
	t.own(b)
	b.Resize(n)
	return b
}

// data returns new array data that starts at offset 0.
func (t *taker) data(dt arrow.DataType, n int, buffers []*memory.Buffer, children []arrow.ArrayData, nulls int) *array.Data {
	d := array.NewData(dt, n, buffers, children, nulls, 0)
	t.own(d)
	return d
}

// record returns the rows of rec whose bits are set in mask.
func (t *taker) record(rec arrow.Record, mask []uint64, off path) (arrow.Record, error) {
	rows := int(rec.NumRows())
	sel := ofMask(mask, &t.arena)
	t.vector = hasVector && off&pathVector == 0
	switch {
	case off&pathRows != 0:
		sel.dense, sel.long = true, true
	case off&pathRuns != 0:
		sel.dense, sel.long = false, false
	}
	all := sel.n == rows
	columns := make([]arrow.Array, rec.NumCols())
	shared := 0
	for i := range columns {
		data := rec.Column(i).Data()
		share := all && closed(data)
		if err := validate(data, share); err != nil {
			return nil, fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
		if share {
			columns[i] = rec.Column(i)
			shared++
			continue
		}
		taken, err := t.take(data, sel)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
		columns[i] = array.MakeFromData(taken)
		t.own(columns[i])
	}
	if all && shared == len(columns) {
		rec.Retain()
		return rec, nil
	}
	return array.NewRecord(rec.Schema(), columns, int64(sel.n)), nil
}

// take copies the selected rows of data. The result starts at offset 0 and
// holds nothing but these rows.
func (t *taker) take(data arrow.ArrayData, sel *selection) (arrow.ArrayData, error) {
	switch dt := data.DataType().(type) {
	case *arrow.NullType:
		return t.data(dt, sel.n, []*memory.Buffer{nil}, nil, sel.n), nil
	case *arrow.BooleanType:
		return t.takeBool(data, sel), nil
	case *arrow.StringType, *arrow.BinaryType:
		return takeBytes(t, data, sel, arrow.Int32Traits.CastFromBytes)
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		return takeBytes(t, data, sel, arrow.Int64Traits.CastFromBytes)
	case *arrow.StringViewType, *arrow.BinaryViewType:
		return t.takeViews(data, sel)
	case *arrow.ListType, *arrow.MapType:
		return takeList(t, data, sel, arrow.Int32Traits.CastFromBytes)
	case *arrow.LargeListType:
		return takeList(t, data, sel, arrow.Int64Traits.CastFromBytes)
	case *arrow.ListViewType:
		return takeListView(t, data, sel, arrow.Int32Traits.CastFromBytes)
	case *arrow.LargeListViewType:
		return takeListView(t, data, sel, arrow.Int64Traits.CastFromBytes)
	case *arrow.FixedSizeListType:
		return t.takeFixedSizeList(data, sel, int(dt.Len()))
	case *arrow.StructType:
		return t.takeStruct(data, sel)
	case *arrow.SparseUnionType:
		return t.takeSparseUnion(data, sel)
	case *arrow.DenseUnionType:
		return t.takeDenseUnion(data, sel, dt)
	case *arrow.DictionaryType:
		return t.takeDict(data, sel, dt)
	case *arrow.RunEndEncodedType:
		return t.takeRuns(data, sel, dt)
	case arrow.ExtensionType:
		return t.takeExtension(data, sel, dt)
	case arrow.FixedWidthDataType: // after the types above that are one too
		return t.takeFixed(data, sel, dt.Bytes())
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

// closed reports whether data can be handed on as it is when all its rows are
// visible: it was not sliced out of something larger, and its layout holds
// nothing that no row refers to. Dictionaries, views, unions and the like are
// rebuilt instead of searched for such remains.
func closed(data arrow.ArrayData) bool {
	n := data.Len()
	if data.Offset() != 0 || !endsWith(bufferBytes(data, 0), n) {
		return false
	}
	switch dt := data.DataType().(type) {
	case arrow.BinaryViewDataType:
		return false
	case *arrow.NullType, arrow.BinaryDataType:
		return true
	case *arrow.ListType, *arrow.LargeListType, *arrow.MapType:
		return closed(data.Children()[0])
	case *arrow.FixedSizeListType:
		return data.Children()[0].Len() == n*int(dt.Len()) && closed(data.Children()[0])
	case *arrow.StructType:
		return !slices.ContainsFunc(data.Children(), func(child arrow.ArrayData) bool {
			return child.Len() != n || !closed(child)
		})
	case *arrow.BooleanType:
		return endsWith(bufferBytes(data, 1), n)
	case *arrow.DictionaryType, arrow.ExtensionType:
		return false
	case arrow.FixedWidthDataType:
		return true
	default:
		return false
	}
}

// endsWith reports whether no bit of the last byte of a bitmap of n bits is set
// past the n-th, where it would speak of another row.
func endsWith(bitmap []byte, n int) bool {
	return bitmap == nil || n&7 == 0 || n>>3 >= len(bitmap) || bitmap[n>>3]>>(n&7) == 0
}
