package batch

import (
	"slices"
	"unsafe"
)

// Sets of a few short values, such as regions and segments, are kept besides in
// a table that is so sparse, and whose hash is chosen such, that no two values
// share a slot. A look-up is then one load and one compare, without a branch
// that depends on the text: where values come in random order, a mispredicted
// branch costs more than all the rest.
//
// The empty text is one of the values; the size of a free slot is one no text
// has, so that its code, that of a miss, is found without asking whether the
// slot is free.
type (
	// tiny holds values of at most 8 bytes.
	tiny struct {
		slots [fewSlots]tinySlot
		seed  uint64
	}
	tinySlot struct {
		lo         uint64
		size, code uint32
	}
	// few holds values of at most 15 bytes.
	few struct {
		slots [fewSlots]fewSlot
		seed  uint64
	}
	fewSlot struct {
		lo, hi     uint64
		size, code uint32
	}
)

const (
	fewSlots  = 256 // indexed by a byte
	fewValues = 48  // more than these hardly ever find slots of their own
	fewSeeds  = 200 // hashes that are tried
	freeSlot  = 1<<32 - 1
)

func tinyHash(lo uint64, n uint32, seed uint64) uint8 {
	return uint8((lo ^ uint64(n)) * seed >> 56)
}

func fewHash(lo, hi uint64, n uint32, seed uint64) uint8 {
	return uint8(((lo ^ uint64(n)) + hi*mixC) * seed >> 56)
}

// seal is called when all values are there with their final codes. It chooses
// the form they are looked up in.
func (l *lookup) seal() {
	l.one, l.tiny, l.few = nil, nil, nil
	codes := l.shortCodes[:l.short.size()]
	l.same = len(codes) > 0 && !slices.ContainsFunc(codes, func(c uint32) bool { return c != codes[0] })
	switch {
	case l.size() == 1:
		l.one = newOne(l)
	case len(l.values) == 0 && l.size() <= fewValues:
		values := []fewSlot{{code: l.null}} // the empty text
		longest := uint32(0)
		for i, k := range l.keys[:l.size()] {
			n := uint32(k.hi >> 56)
			longest = max(longest, n)
			values = append(values, fewSlot{k.lo, k.hi &^ (0xff << 56), n, l.shortCodes[i]})
		}
		if longest <= 8 {
			l.tiny = newTiny(values, l.miss)
		} else {
			l.few = newFew(values, l.miss)
		}
	}
}

// newTiny returns a table of values, nil if no hash keeps them apart.
func newTiny(values []fewSlot, miss uint32) *tiny {
	t := new(tiny)
next:
	for i := range uint64(fewSeeds) {
		t.seed = mixA + 2*i*mixB
		for j := range t.slots {
			t.slots[j] = tinySlot{size: freeSlot, code: miss}
		}
		for _, v := range values {
			s := &t.slots[tinyHash(v.lo, v.size, t.seed)]
			if s.size != freeSlot {
				continue next
			}
			*s = tinySlot{v.lo, v.size, v.code}
		}
		return t
	}
	return nil
}

// newFew returns a table of values, nil if no hash keeps them apart.
func newFew(values []fewSlot, miss uint32) *few {
	t := new(few)
next:
	for i := range uint64(fewSeeds) {
		t.seed = mixA + 2*i*mixB
		for j := range t.slots {
			t.slots[j] = fewSlot{size: freeSlot, code: miss}
		}
		for _, v := range values {
			s := &t.slots[fewHash(v.lo, v.hi, v.size, t.seed)]
			if s.size != freeSlot {
				continue next
			}
			*s = v
		}
		return t
	}
	return nil
}

// The loops below read words at addresses computed from offsets. An offset is
// checked against the end of data before the word behind it is read; the last
// texts, whose words would reach past the end, go the general way.

func lookupTiny[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	t, miss := l.tiny, l.miss
	base := unsafe.Pointer(unsafe.SliceData(data))
	last := uint(max(len(data)-8, 0))
	if len(data) < 8 {
		lookupEach(l, dst, offsets, data)
		return
	}
	dst = dst[:len(offsets)-1]
	at := uint(offsets[0])
	for i, o := range offsets[1:] {
		end := uint(o)
		n := uint32(end - at)
		if at > last {
			dst[i] = l.find(data, int(at), int(end)-int(at))
			at = end
			continue
		}
		lo := load(unsafe.Add(base, at)) & keepLow[n&31]
		at = end
		s := &t.slots[tinyHash(lo, n, t.seed)]
		code := s.code
		if (lo^s.lo)|uint64(n^s.size) != 0 {
			code = miss
		}
		dst[i] = code
	}
}

func lookupFew[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	t, miss := l.few, l.miss
	base := unsafe.Pointer(unsafe.SliceData(data))
	last := uint(max(len(data)-16, 0))
	if len(data) < 16 {
		lookupEach(l, dst, offsets, data)
		return
	}
	dst = dst[:len(offsets)-1]
	at := uint(offsets[0])
	for i, o := range offsets[1:] {
		end := uint(o)
		n := uint32(end - at)
		if at > last {
			dst[i] = l.find(data, int(at), int(end)-int(at))
			at = end
			continue
		}
		lo := load(unsafe.Add(base, at)) & keepLow[n&31]
		hi := load(unsafe.Add(base, at+8)) & keepHigh[n&31]
		at = end
		s := &t.slots[fewHash(lo, hi, n, t.seed)]
		code := s.code
		if (lo^s.lo)|(hi^s.hi)|uint64(n^s.size) != 0 {
			code = miss
		}
		dst[i] = code
	}
}

// lookupEach is the general way: find, text by text.
func lookupEach[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	for i := range dst {
		dst[i] = l.find(data, int(offsets[i]), int(offsets[i+1]-offsets[i]))
	}
}
