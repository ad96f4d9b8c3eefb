package parquet

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow/bitutil"

	"github.com/rowsight/rowsight/predicate"
)

// values are those of a page that are not NULL.
type values struct {
	g       *gathering
	b       []byte
	indexed bool
	next    int64 // of plain texts: the value that b begins with
}

// at returns the bytes of the k-th value, which is no boolean. k does not become less.
func (v *values) at(k int64) []byte {
	g := v.g
	b := v.b
	if v.indexed {
		k = int64(g.indices[k])
		if b = g.dictionary; g.width == 0 {
			return b[g.places[k]+4 : g.places[k+1]]
		}
	}
	if g.width > 0 {
		return b[k*int64(g.width):][:g.width]
	}
	for ; v.next < k; v.next++ {
		v.b = v.b[4+binary.LittleEndian.Uint32(v.b):]
	}
	return v.b[4:][:binary.LittleEndian.Uint32(v.b)]
}

// take adds n values from the k-th on, which are visible. k does not become less.
func (v *values) take(k, n int64) {
	g := v.g
	switch {
	case g.kept != nil && v.indexed:
		g.kept = append(g.kept, g.indices[k:k+n]...)
		return
	case g.kept != nil:
		for i := range n {
			g.kept = append(g.kept, uint32(g.entries)+uint32(g.n+i))
		}
	case g.valid != nil:
		bitutil.SetBitsTo(g.valid, g.n, n, true)
	}
	switch {
	case g.bit:
		for i := range n {
			g.data[(g.n+i)>>3] |= v.b[(k+i)>>3] >> ((k + i) & 7) & 1 << ((g.n + i) & 7)
		}
	case g.width > 0 && !v.indexed:
		w := int64(g.width)
		g.data = append(g.data, v.b[k*w:(k+n)*w]...)
	default:
		before := len(g.data)
		for i := range n {
			g.data = append(g.data, v.at(k+i)...)
			if g.width == 0 {
				g.end()
			}
		}
		if g.width == 0 {
			size := int64(len(g.data) - before)
			g.more += max(0, size-g.room)
			g.room = max(0, g.room-size)
		}
	}
	g.n += n
}

// inside reports whether n texts are inside of bounds.
func (v *values) inside(b predicate.Bounds, n int64) bool {
	for k := range n {
		if !inside(b, v.at(k)) {
			return false
		}
	}
	return true
}
