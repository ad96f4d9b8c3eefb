package batch

import (
	"math/bits"
	"unsafe"
)

// chunk is how many texts lookupTable takes through each of its passes.
const chunk = 64

// A place says where the member lies that a text may be equal to, and, by a 1,
// that others may be equal if it is not.
type place struct{ at, others uint32 }

// lookupTable looks texts up in the groups, the usual form for many values.
//
// It takes a chunk of texts through two passes. The first makes their keys and
// finds the place of the one member that could be equal; the second, so short
// that many of its turns fit into the processor's window at once, fetches those
// members and compares. So the cache misses of a large set overlap. Neither has
// a branch that depends on the text, but for those that are empty or long.
func lookupTable[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	list := l.short.list
	if len(data) < 16 || len(list) == 0 {
		lookupEach(l, dst, offsets, data)
		return
	}
	shift, mask := l.short.shift, uint64(len(list)-1)
	base, last := unsafe.Pointer(unsafe.SliceData(data)), uint(len(data)-16)
	var keys [chunk]key
	var places [chunk]place
	for len(dst) > 0 {
		part := dst[:min(chunk, len(dst))]
		var odd uint64 // texts that are empty, long, or too near the end to be read as words
		at := uint(offsets[0])
		for i, o := range offsets[1 : len(part)+1] {
			i &= chunk - 1
			end := uint(o)
			n := end - at
			if at > last || n-1 >= maxShort {
				odd |= 1 << i
				at = end
				keys[i], places[i] = key{}, place{}
				continue
			}
			k := key{load(unsafe.Add(base, at)) & keepLow[n&31], load(unsafe.Add(base, at+8))&keepHigh[n&31] | uint64(n)<<56}
			at = end
			hash := k.hash()
			g := &list[hash>>shift&mask]
			matches := g.matches(hash)
			keys[i] = k
			places[i] = place{g.first(matches), uint32(nonzero(matches | uint64(g.n/(groupTags+1))))}
		}
		l.compare(part, &keys, &places)
		for ; odd != 0; odd &= odd - 1 {
			i := bits.TrailingZeros64(odd)
			part[i] = l.find(data, int(offsets[i]), int(offsets[i+1]-offsets[i]))
		}
		dst, offsets = dst[len(part):], offsets[len(part):]
	}
}

// compare is the second pass: it gives each key the code of its member.
func (l *lookup) compare(dst []uint32, keys *[chunk]key, places *[chunk]place) {
	members, codes, miss := l.keys, l.shortCodes, l.miss
	var again uint64
	for i := range dst {
		k, p := &keys[i&(chunk-1)], places[i&(chunk-1)]
		m := &members[p.at]
		differ := uint32(nonzero(m.lo ^ k.lo | m.hi ^ k.hi))
		code := codes[p.at]
		dst[i] = code ^ (code^miss)&-differ
		again |= uint64(differ&p.others) << (i & 63)
	}
	for ; again != 0; again &= again - 1 {
		i := bits.TrailingZeros64(again)
		dst[i] = l.findKey(keys[i], l.short.of(keys[i].hash()))
	}
}

// nonzero returns 1 if x is not 0.
func nonzero(x uint64) uint64 { return (x | -x) >> 63 }
