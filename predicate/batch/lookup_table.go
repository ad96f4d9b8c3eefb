package batch

import (
	"math/bits"
	"unsafe"
)

// lookupTable looks texts up by their perfect hash, the usual form for many
// values.
//
// It takes a chunk of texts through three passes: make their keys, find the
// place of the one member that could be equal to each, compare with it. Each is
// a short loop whose turns do not depend on each other and which has no branch
// that depends on the text, so that many turns are under way at once and the
// cache misses of a large set overlap.
func lookupTable[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	if len(data) < 16 {
		lookupEach(l, dst, offsets, data)
		return
	}
	var c lookupChunk
	for len(dst) > 0 {
		part := dst[:min(chunk, len(dst))]
		odd := place(l, &c, offsets[:len(part)+1], data)
		l.compare(part, &c)
		for ; odd != 0; odd &= odd - 1 {
			i := bits.TrailingZeros64(odd)
			part[i] = l.find(data, int(offsets[i]), int(offsets[i+1]-offsets[i]))
		}
		dst, offsets = dst[len(part):], offsets[len(part):]
	}
}

// chunk is how many texts go through each pass at a time: the bits of a word.
const chunk = 64

// lookupChunk is what the passes hand on.
type lookupChunk struct {
	keys   [chunk]key
	hashes [chunk]uint64
	places [chunk]uint32 // where the member lies that a text may be equal to
}

// place makes the keys of the texts between offsets and finds their places. odd is that of
// makeKeys.
func place[O offset](l *lookup, c *lookupChunk, offsets []O, data []byte) (odd uint64) {
	last := uint(len(data) - 16)
	if near := narrow(offsets); near != nil {
		odd = makeKeys(c, words32(near), data, min(last, maxVector))
	} else {
		odd = makeKeys(c, words64(offsets), data, last)
	}
	if !l.salt.isZero() {
		c.rehash(l.salt, len(offsets)-1)
	}
	c.locate(l.short, len(offsets)-1)
	return odd
}

// makeKeys makes the keys of the texts between offsets. It returns which texts it could
// not make one of, as they are empty, long, or begin behind last, the last place where data
// can be read as words. A negative offset is beyond last.
func makeKeys[U uint32 | uint64](c *lookupChunk, offsets []U, data []byte, last uint) (odd uint64) {
	base := unsafe.Pointer(unsafe.SliceData(data))
	for i := range len(offsets) - 1 {
		from := uint(offsets[i])
		n := uint(offsets[i+1] - offsets[i])
		if from > last || n-1 >= maxShort {
			odd |= 1 << (i & (chunk - 1))
			from = 0
		}
		keep, text := &keepBoth[n&31], unsafe.Add(base, from)
		k := key{load(text) & keep[0], load(unsafe.Add(text, 8))&keep[1] | uint64(n)<<56}
		c.keys[i&(chunk-1)] = k
		c.hashes[i&(chunk-1)] = k.hash()
	}
	return odd
}

// locate finds the places of the first n texts.
func (c *lookupChunk) locate(p *perfect, n int) {
	for i, hash := range c.hashes[:n] {
		c.places[i] = p.place(hash)
	}
}

// compare gives each text the code of the member at its place, or that of none.
func (l *lookup) compare(dst []uint32, c *lookupChunk) {
	members, codes, miss := l.keys, l.shortCodes, l.miss
	if l.same {
		code := l.shortCodes[0]
		for i := range dst {
			k, m := &c.keys[i&(chunk-1)], &members[c.places[i&(chunk-1)]]
			got := code
			if (m.lo^k.lo)|(m.hi^k.hi) != 0 {
				got = miss
			}
			dst[i] = got
		}
		return
	}
	codes = codes[:len(members)]
	for i := range dst {
		at := c.places[i&(chunk-1)]
		k, m := &c.keys[i&(chunk-1)], &members[at]
		code := codes[at]
		if (m.lo^k.lo)|(m.hi^k.hi) != 0 {
			code = miss
		}
		dst[i] = code
	}
}

// bitsOfTable sets one word of mask per 64 texts, of a set that alone decides: code 1 for
// all members, 0 for any other text. It reports false, and does nothing, for other sets.
func bitsOfTable[O offset](l *lookup, mask []uint64, offsets []O, data []byte) bool {
	if l.short == nil || !l.same || l.shortCodes[0] != 1 || l.miss != 0 || l.null != 0 || len(data) < 16 {
		return false
	}
	var c lookupChunk
	for i := range mask {
		part := offsets[i*chunk : min((i+1)*chunk+1, len(offsets))]
		odd := place(l, &c, part, data)
		w := l.among(&c, len(part)-1) &^ odd
		for ; odd != 0; odd &= odd - 1 {
			k := bits.TrailingZeros64(odd) & 63
			w |= uint64(l.find(data, int(part[k]), int(part[k+1]-part[k]))) << k
		}
		mask[i] = w
	}
	return true
}

// among returns which of the first n texts are members, from the last to the first, so that
// a bit is shifted in by an addition.
func (l *lookup) among(c *lookupChunk, n int) (w uint64) {
	members := l.keys
	for i := n - 1; i >= 0; i-- {
		k, m := &c.keys[i&(chunk-1)], &members[c.places[i&(chunk-1)]]
		_, equal := bits.Sub64((m.lo^k.lo)|(m.hi^k.hi), 1, 0) // 0-1 borrows
		w, _ = bits.Add64(w, w, equal)
	}
	return w
}
