package arraycheck

import (
	v15 "github.com/apache/arrow/go/v15/arrow"
)

// reached returns the part of child i that rows of d refer to, from its first
// to behind its last element. d has been checked.
func reached(d v15.ArrayData, dt v15.DataType, i int) (from, to int64) {
	start, end := int64(d.Offset()), int64(d.Offset()+d.Len())
	if d.Len() == 0 {
		return 0, 0
	}
	switch t := dt.(type) {
	case *v15.ListType, *v15.MapType:
		return intAt(d, 1, 4, 0), intAt(d, 1, 4, d.Len())
	case *v15.LargeListType:
		return intAt(d, 1, 8, 0), intAt(d, 1, 8, d.Len())
	case *v15.FixedSizeListType:
		return start * int64(t.Len()), end * int64(t.Len())
	case *v15.ListViewType:
		return spanned(d, 4)
	case *v15.LargeListViewType:
		return spanned(d, 8)
	case *v15.DenseUnionType:
		return chosen(d, t, i)
	default: // a row is a row of each child
		return start, end
	}
}

// spanned returns where the first list of a list view begins and the last ends.
func spanned(d v15.ArrayData, width int) (from, to int64) {
	from = int64(d.Children()[0].Len())
	for i := range d.Len() {
		if at, size := intAt(d, 1, width, i), intAt(d, 2, width, i); size > 0 {
			from, to = min(from, at), max(to, at+size)
		}
	}
	return min(from, to), to
}

// chosen returns the part of a child that rows of a dense union refer to. They
// do so in order.
func chosen(d v15.ArrayData, t *v15.DenseUnionType, child int) (from, to int64) {
	for i, ids := 0, t.ChildIDs(); i < d.Len(); i++ {
		if ids[intAt(d, 1, 1, i)] != child {
			continue
		}
		k := intAt(d, 2, 4, i)
		if to == 0 {
			from = k
		}
		to = k + 1
	}
	return from, to
}
