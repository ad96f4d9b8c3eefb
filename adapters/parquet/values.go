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
		g.data = appendText(g.data, v.b, int(k*w), int((k+n)*w))
	case g.width > 0:
		for i := range n {
			g.data = append(g.data, v.at(k+i)...)
		}
	default:
		before := len(g.data)
		if v.indexed {
			g.indexedTexts(g.indices[k : k+n])
		} else {
			v.plainTexts(k, n)
		}
		size := int64(len(g.data) - before)
		g.more += max(0, size-g.room)
		g.room = max(0, g.room-size)
	}
	g.n += n
}

// indexedTexts adds the texts of indices.
func (g *gathering) indexedTexts(indices []uint32) {
	data, b, places := g.data, g.dictionary, g.places
	for _, i := range indices {
		data = appendText(data, b, int(places[i])+4, int(places[i+1]))
		if g.large {
			g.farEnds = append(g.farEnds, int64(len(data)))
		} else {
			g.ends = append(g.ends, int32(len(data)))
		}
	}
	g.data = data
}

// plainTexts adds n texts from the k-th on.
func (v *values) plainTexts(k, n int64) {
	g, b, data := v.g, v.b, v.g.data
	for ; v.next < k; v.next++ {
		b = b[4+binary.LittleEndian.Uint32(b):]
	}
	for range n {
		end := 4 + int(binary.LittleEndian.Uint32(b))
		data = appendText(data, b, 4, end)
		if b = b[end:]; g.large {
			g.farEnds = append(g.farEnds, int64(len(data)))
		} else {
			g.ends = append(g.ends, int32(len(data)))
		}
	}
	v.b, v.next, g.data = b, k+n, data
}

// blockBytes are copied for a shorter value, if there are as many on both sides: that is faster than
// to copy as many bytes as the value has.
const blockBytes = 64

// appendText appends a text, or a run of numbers, which is a part of b. Bytes behind it may be in dst
// beyond its length, up to blockBytes, until wipe.
func appendText(dst, b []byte, from, to int) []byte {
	at := len(dst)
	if to-from > blockBytes || len(b)-from < blockBytes || cap(dst)-at < blockBytes {
		return append(dst, b[from:to]...)
	}
	*(*[blockBytes]byte)(dst[at:cap(dst)]) = *(*[blockBytes]byte)(b[from:])
	return dst[:at+to-from]
}

// wipe clears bytes behind data, which may be of hidden rows.
func (g *gathering) wipe() {
	n := len(g.data)
	clear(g.data[n:min(cap(g.data), n+blockBytes)])
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
