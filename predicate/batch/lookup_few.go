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
	mulLo, mulHi uint64 // the same number: Go needs one multiplication
	wide         bool   // some value has more than 8 bytes

	tiny *tiny // nil if some value has more than 7 bytes
}

// tiny is the table again, with both words of each key in one: up to 7 bytes and the length.
type tiny struct {
	keys  [fewSlots]uint64
	codes [fewSlots]uint32
}

const (
	fewSlots  = 256 // indexed by a byte
	fewValues = 48  // more than these hardly ever find slots of their own
	fewSeeds  = 200 // hashes that are tried
)

// slot returns the slot of a key: the highest byte of the product.
func (f *few) slot(k key) uint8 { return uint8((k.lo + k.hi) * f.mulLo >> 56) }

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
	f := &few{tiny: new(tiny)}
	for _, k := range l.eachKey {
		f.wide = f.wide || k.size() > 8
		if k.size() > 7 {
			f.tiny = nil
		}
	}
next:
	for i := range uint64(fewSeeds) {
		f.mulLo = mixA + 2*i*mixB
		f.mulHi = f.mulLo
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
		if f.tiny != nil {
			f.tiny.codes = f.codes
			for j, k := range f.keys {
				f.tiny.keys[j] = k.lo | k.hi
			}
		}
		return f
	}
	return nil
}

// lookupFew looks texts up in few values. Its loops read words at addresses computed from
// offsets. A start is compared with the end of data before the word behind it is read. The
// last texts, whose words would reach past the end, go the general way, and so do all of a
// chunk where some length is negative or does not fit into a byte.
func lookupFew[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	for ; len(dst) >= chunk && len(data) >= 16; dst, offsets = dst[chunk:], offsets[chunk:] {
		codes := (*[chunk]uint32)(dst)
		var done int
		var lengths uint // all bits of them: not asked in the loops
		last := uint(len(data) - 16)
		if near := narrow(offsets); near != nil {
			done, lengths = fewTexts(l, codes, (*[chunk + 1]uint32)(words32(near)), data, min(last, maxVector))
		} else {
			done, lengths = fewTexts(l, codes, (*[chunk + 1]uint64)(words64(offsets)), data, last)
		}
		// Where no length is negative the last end is the largest.
		if lengths > 255 || uint(offsets[done]) > uint(len(data)) {
			done = 0 // lookupEach stops where that is
		}
		lookupEach(l, dst[done:chunk], offsets[done:chunk+1], data)
	}
	lookupEach(l, dst, offsets, data)
}

// fewTexts looks up the texts of a chunk that begin at last or before it, and returns how many
// that are. A negative offset is beyond last. In both loops a key has the lowest byte of the length,
// whatever it is. A chunk of one size needs no check of an index, and numbers without a sign need none of
// their size, so that what the loops use fits into registers. Each offset is read twice:
// one that is kept for the next turn is one value too many.
func fewTexts[U uint32 | uint64](l *lookup, dst *[chunk]uint32, offsets *[chunk + 1]U, data []byte, last uint) (done int, lengths uint) {
	_, _ = *dst, *offsets // not nil, for the loops
	f, base, miss := l.few, unsafe.Pointer(unsafe.SliceData(data)), l.miss
	if t, mul := f.tiny, f.mulLo; t != nil {
		for i := range dst {
			at := uint(offsets[i])
			n := uint(offsets[i+1] - offsets[i])
			lengths |= n
			if at > last {
				return i, lengths
			}
			k := load(unsafe.Add(base, at))&keepTiny[n&31] | uint64(n)<<56
			s := k * mul >> 56
			code := t.codes[s]
			if t.keys[s] != k {
				code = miss
			}
			dst[i] = code
		}
		return chunk, lengths
	}
	for i := range dst {
		at := uint(offsets[i])
		n := uint(offsets[i+1] - offsets[i])
		lengths |= n
		if at > last {
			return i, lengths
		}
		keep, text := &keepBoth[n&31], unsafe.Add(base, at)
		lo, hi := load(text)&keep[0], load(unsafe.Add(text, 8))&keep[1]|uint64(n)<<56
		s := (lo + hi) * f.mulLo >> 56
		code, k := f.codes[s], &f.keys[s]
		if (lo^k.lo)|(hi^k.hi) != 0 {
			code = miss
		}
		dst[i] = code
	}
	return chunk, lengths
}

// lookupEach is the general way: find, text by text.
func lookupEach[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	for i := range dst {
		dst[i] = l.find(data, int(offsets[i]), int(offsets[i+1]-offsets[i]))
	}
}
