package batch

import "unsafe"

// few is a set of a few short values, such as regions and segments. Its table is
// so sparse, and its hash chosen such, that no two values share a slot. A
// look-up is then one load and one compare, without a branch that depends on the
// text: where values come in random order, a mispredicted branch costs more than
// all the rest.
//
// The empty text, whose key is zero, is in slot 0 like a value. All other free
// slots hold that key, too, which no text looked for there has, and the code of
// a miss.
type few struct {
	keys         [fewSlots]key
	codes        [fewSlots]uint32
	mulLo, mulHi uint64
	wide         bool // some value has more than 8 bytes
}

const (
	fewSlots  = 256 // indexed by a byte
	fewValues = 48  // more than these hardly ever find slots of their own
	fewSeeds  = 200 // hashes that are tried
)

// slot returns the slot of a key: the highest byte of the product.
func (f *few) slot(k key) uint8 { return uint8((k.lo*f.mulLo + k.hi*f.mulHi) >> 56) }

// seal is called when all values are there with their final codes. It chooses
// the form they are looked up in.
func (l *lookup) seal() {
	l.one, l.few, l.handful, l.planes = nil, nil, nil, nil
	if l.rest != nil {
		return
	}
	if !l.same {
		l.unify()
	}
	switch {
	case l.n == 1:
		l.one = newOne(l)
		fallthrough // where it does not decide alone
	case l.long == nil && l.n <= fewValues:
		l.few = newFew(l)
	}
	switch {
	case l.few == nil:
	case l.form == formAVX512:
		l.handful = newHandful(l)
	case l.form.has(loopFew):
		l.planes = newPlanes(l)
	}
}

// unify keeps one code if all keys have the same.
func (l *lookup) unify() {
	var codes []uint32
	for i := range l.eachKey {
		if len(codes) == 0 {
			codes = []uint32{l.shortCodes[i]}
		} else if l.shortCodes[i] != codes[0] {
			return
		}
	}
	if len(codes) > 0 {
		l.shortCodes, l.same = codes, true
	}
}

// newFew returns a table of the values of l, nil if some are long or no hash
// keeps them apart.
func newFew(l *lookup) *few {
	if l.long != nil {
		return nil
	}
	f := new(few)
	for _, k := range l.eachKey {
		f.wide = f.wide || k.size() > 8
	}
next:
	for i := range uint64(fewSeeds) {
		f.mulLo = mixA + 2*i*mixB
		f.mulHi = f.mulLo * mixC
		used := [fewSlots / 64]uint64{1} // slot 0
		for _, k := range l.eachKey {
			s := f.slot(k)
			if used[s>>6]>>(s&63)&1 != 0 {
				continue next
			}
			used[s>>6] |= 1 << (s & 63)
		}
		for j := range f.codes {
			f.codes[j] = l.miss
		}
		f.codes[0] = l.null
		for j, k := range l.eachKey {
			s := f.slot(k)
			f.keys[s], f.codes[s] = k, l.code(j)
		}
		return f
	}
	return nil
}

// The loops below read words at addresses computed from offsets. An offset is
// checked against the end of data before the word behind it is read; the last
// texts, whose words would reach past the end, go the general way.
//
// Only the lowest byte of a length is in a key, so the rest is compared, too.

// lookupTiny is lookupFew where no value has more than 8 bytes.
func lookupTiny[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	f, miss := l.few, l.miss
	if len(data) < 8 {
		lookupEach(l, dst, offsets, data)
		return
	}
	base, last := unsafe.Pointer(unsafe.SliceData(data)), uint(len(data)-8)
	dst = dst[:len(offsets)-1]
	at := uint(offsets[0])
	var lengths uint // negative if one is: not asked in the loop, which has no branch
	for i, o := range offsets[1:] {
		end := uint(o)
		n := end - at
		lengths |= n
		if at > last {
			dst[i] = l.find(data, int(at), int(end)-int(at))
			at = end
			continue
		}
		k := key{load(unsafe.Add(base, at)) & keepLow[n&31], uint64(n) << 56}
		at = end
		s := f.slot(k)
		code := f.codes[s]
		if (k.lo^f.keys[s].lo)|(k.hi^f.keys[s].hi)|uint64(n>>8) != 0 {
			code = miss
		}
		dst[i] = code
	}
	// Where no length is negative the last end is the largest.
	if int(lengths) < 0 || at > uint(len(data)) {
		lookupEach(l, dst, offsets, data) // which stops there
	}
}

func lookupFew[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	f, miss := l.few, l.miss
	if len(data) < 16 {
		lookupEach(l, dst, offsets, data)
		return
	}
	base, last := unsafe.Pointer(unsafe.SliceData(data)), uint(len(data)-16)
	dst = dst[:len(offsets)-1]
	at := uint(offsets[0])
	var lengths uint // negative if one is: not asked in the loop, which has no branch
	for i, o := range offsets[1:] {
		end := uint(o)
		n := end - at
		lengths |= n
		if at > last {
			dst[i] = l.find(data, int(at), int(end)-int(at))
			at = end
			continue
		}
		k := key{load(unsafe.Add(base, at)) & keepLow[n&31], load(unsafe.Add(base, at+8))&keepHigh[n&31] | uint64(n)<<56}
		at = end
		s := f.slot(k)
		code := f.codes[s]
		if (k.lo^f.keys[s].lo)|(k.hi^f.keys[s].hi)|uint64(n>>8) != 0 {
			code = miss
		}
		dst[i] = code
	}
	// Where no length is negative the last end is the largest.
	if int(lengths) < 0 || at > uint(len(data)) {
		lookupEach(l, dst, offsets, data) // which stops there
	}
}

// lookupEach is the general way: find, text by text.
func lookupEach[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	for i := range dst {
		dst[i] = l.find(data, int(offsets[i]), int(offsets[i+1]-offsets[i]))
	}
}
