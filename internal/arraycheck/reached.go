package arraycheck

import (
	"math"

	v15 "github.com/apache/arrow/go/v15/arrow"
)

// A part is some elements of a child: from one to before another.
type part struct{ from, to int64 }

// reached returns the part of child i that rows of d refer to, from its first
// to behind its last element. d has been checked, and parts is what
// checkElements said.
func reached(d v15.ArrayData, dt v15.DataType, i int, parts []part) (from, to int64) {
	start, end := int64(d.Offset()), int64(d.Offset()+d.Len())
	if d.Len() == 0 {
		return 0, 0
	}
	if parts != nil {
		return parts[i].from, parts[i].to
	}
	switch t := dt.(type) {
	case *v15.ListType, *v15.MapType:
		return intAt(d, 1, 4, 0), intAt(d, 1, 4, d.Len())
	case *v15.LargeListType:
		return intAt(d, 1, 8, 0), intAt(d, 1, 8, d.Len())
	case *v15.FixedSizeListType:
		return start * int64(t.Len()), end * int64(t.Len())
	default: // a row is a row of each child
		return start, end
	}
}

// checkSpans checks that each list of a list view lies inside the values, and
// returns where the first begins and the last ends.
func checkSpans[T int32 | int64](d v15.ArrayData, castOffsets func([]byte) []T) ([]part, error) {
	values := int64(d.Children()[0].Len())
	offsets := elements(castOffsets(bytesOf(d, 1)), d, d.Len())
	sizes := elements(castOffsets(bytesOf(d, 2)), d, d.Len())
	from, to := values, int64(0)
	for i, o := range offsets {
		at, size := int64(o), int64(sizes[i])
		if at < 0 || size < 0 || at > values || size > values-at {
			return nil, malformed("list %d spans %d elements from %d of %d", i, size, at, values)
		}
		if size > 0 {
			from, to = min(from, at), max(to, at+size)
		}
	}
	return []part{{min(from, to), to}}, nil
}

// children returns the child of each type code, by the byte that stands for it,
// and len(d.Children()) where the type has none.
func children(d v15.ArrayData, t v15.UnionType) (child [256]uint8) {
	for code := range child {
		child[code] = uint8(len(d.Children())) // a union has 128 at most
	}
	for code, i := range t.ChildIDs() {
		if i >= 0 && i < len(d.Children()) {
			child[code] = uint8(i)
		}
	}
	return child
}

// checkCodes checks that each row of a union names a child the type has.
func checkCodes(d v15.ArrayData, t v15.UnionType) error {
	child, most := children(d, t), uint8(0)
	codes := elements(bytesOf(d, 1), d, d.Len())
	for _, code := range codes {
		most = max(most, child[code])
	}
	if int(most) < len(d.Children()) {
		return nil
	}
	for i, code := range codes {
		if int(child[code]) == len(d.Children()) {
			return malformed("row %d has the unknown type code %d", i, int8(code))
		}
	}
	return nil
}

// checkChosen checks that each row of a dense union names an element of a child,
// and returns the part of each child that rows refer to. Elements of one child
// come in the order of the rows, as the format wants.
func checkChosen(d v15.ArrayData, t *v15.DenseUnionType) ([]part, error) {
	if err := checkCodes(d, t); err != nil {
		return nil, err
	}
	child := children(d, t)
	places := elements(v15.Int32Traits.CastFromBytes(bytesOf(d, 2)), d, d.Len())
	parts := make([]part, len(d.Children()))
	// Of each child: how many elements it has, and the last that a row named.
	var size, last [256]int32
	for i, c := range d.Children() {
		size[i] = int32(min(c.Len(), math.MaxInt32))
	}
	for i, code := range elements(bytesOf(d, 1), d, d.Len()) {
		c, k := child[code], places[i]
		if uint32(k) >= uint32(size[c]) {
			return nil, malformed("row %d is element %d of a child of %d", i, k, size[c])
		}
		if k < last[c] {
			return nil, malformed("row %d is element %d of a child, after %d", i, k, last[c])
		}
		if p := &parts[c]; p.to == 0 {
			p.from, p.to = int64(k), 1
		}
		last[c] = k
	}
	for i := range parts {
		if parts[i].to > 0 {
			parts[i].to = int64(last[i]) + 1
		}
	}
	return parts, nil
}
