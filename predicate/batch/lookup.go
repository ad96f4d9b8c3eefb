package batch

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// A lookup maps text to a code. It is built once per bound column for the
// values its rules name, and read by any number of goroutines.
//
// Values of up to 15 bytes, which is nearly every region, segment, tenant or
// product code, are held as two zero-padded words whose last byte is the
// length. Comparing those is comparing the values:
//
//	"EMEA"          lo = 00000000 41454D45   hi = 04000000 00000000
//	"Enterprise"    lo = "Enterpri"          hi = 0A000000 00006573
//
// Longer values are compared in full. Where a value is, if it is one, its hash
// tells. Small and single-valued sets have forms of their own besides; see seal.
type lookup struct {
	null uint32 // the code of NULL and ""
	miss uint32 // the code of any other text that is no value
	n    int    // how many values there are

	short      *perfect // of keys; nil if there are none
	keys       []key    // zero where no key is
	shortCodes []uint32 // of keys, or the one that all have; see code
	same       bool

	long      *perfect // of values; nil if there are none
	values    []string // "" where no value is
	longCodes []uint32
	lengths   [5]uint64 // bit n: a long value has n bytes; the last word stands for all from 256 on

	salt, longSalt salt // of the hashes of short and of long values

	rest map[string]uint32 // instead of all these, of values without a perfect hash

	one *one
	few *few

	form    form     // of vectorTexts
	handful *handful // for it, of AVX-512
	planes  *planes  // and of AVX2
}

// A key is a text of 1 to 15 bytes.
type key struct{ lo, hi uint64 }

const maxShort = 15

// Odd constants with their bits well mixed.
const (
	mixA = 0x9e3779b97f4a7c15
	mixB = 0xc2b2ae3d27d4eb4f
	mixC = 0x165667b19e3779f9
)

// keepLow[n] keeps the first n bytes of a word loaded from text, and all eight
// from n = 8 on; keepHigh[n] does the same for the second word. Their length is
// a power of two so that an index masked with 31 needs no bounds check.
var (
	keepLow = [32]uint64{
		0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, all, all, all, all, all, all, all, all, all,
		all, all, all, all, all, all, all, all, all, all, all, all, all, all, all,
	}
	keepHigh = [32]uint64{
		9: 1<<8 - 1, 10: 1<<16 - 1, 11: 1<<24 - 1, 12: 1<<32 - 1, 13: 1<<40 - 1, 14: 1<<48 - 1, 15: 1<<56 - 1, 16: all,
	}
)

const all = ^uint64(0)

// keepBoth has keepLow and keepHigh side by side. keepTiny is keepLow for texts of up to 7
// bytes, and 0 for longer ones.
var keepBoth, keepTiny = func() (both [32][2]uint64, tiny [32]uint64) {
	for n := range both {
		both[n] = [2]uint64{keepLow[n], keepHigh[n]}
	}
	copy(tiny[:8], keepLow[:])
	return both, tiny
}()

// words loads a text of n <= 16 bytes that starts at data[at:] as two words,
// padded with zeros.
func words(data []byte, at, n int) (lo, hi uint64) {
	if at+16 <= len(data) {
		b := data[at : at+16 : at+16]
		return binary.LittleEndian.Uint64(b) & keepLow[n&31], binary.LittleEndian.Uint64(b[8:]) & keepHigh[n&31]
	}
	return wordsOf(data[at : at+n])
}

// wordsOf is words where nothing may be read past the text. It puts together
// what overlaps: "Enterprise" is "Enterpri" and the last two bytes of
// "terprise".
func wordsOf(b []byte) (lo, hi uint64) {
	switch n := len(b); {
	case n >= 8:
		return binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:]) >> (8 * (16 - n))
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<(8*(n-4)), 0
	default:
		for i, c := range b {
			lo |= uint64(c) << (8 * i)
		}
		return lo, 0
	}
}

// load returns the 8 bytes at p as a word, as binary.LittleEndian does.
func load(p unsafe.Pointer) uint64 { return binary.LittleEndian.Uint64((*[8]byte)(p)[:]) }

// bytesOf returns the bytes of s, to be read only.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// keyOf returns the key of a text of 1 to 15 bytes.
func keyOf(s string) key {
	lo, hi := wordsOf(bytesOf(s))
	return key{lo, hi | uint64(len(s))<<56}
}

// keyOfText returns the key of a text of 1 to 15 bytes.
func keyOfText(data []byte, at, n int) key {
	lo, hi := words(data, at, n)
	return key{lo, hi | uint64(n)<<56}
}

// hash returns a number whose high bits depend on all of k.
func (k key) hash() uint64 { return k.lo*mulLo + k.hi*mulHi }

// What keys are multiplied with, in Go and in assembly.
const (
	mulLo = mixA
	mulHi = mixB
)

// size returns the length of the text.
func (k key) size() int { return int(k.hi >> 56) }

// longHash returns the hash of a text of more than 15 bytes.
func (s salt) longHash(b []byte) uint64 {
	h, mix := uint64(len(b))*mixC^s.hi, mixA^s.lo
	for len(b) > 16 {
		hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b)^mix, binary.LittleEndian.Uint64(b[8:])^h)
		h = hi ^ lo
		b = b[16:]
	}
	lo, hi := words(b, 0, len(b))
	hi, lo = bits.Mul64(lo^mixB^s.lo, hi^h^mixA)
	return (hi ^ lo) * mixB
}

// lookupTexts sets dst to the codes of the texts between offsets. It is quickest
// where they are no more than a block.
func lookupTexts[O offset](l *lookup, dst []uint32, offsets []O, data []byte) {
	if l.vectors() {
		var n int
		if offsets32 := narrow(offsets); offsets32 != nil {
			n = vectorTexts(l, dst, offsets32, data)
		} else {
			n = vectorFar(l, dst, offsets, data)
		}
		dst, offsets = dst[n:], offsets[n:]
	}
	switch {
	case l.few == nil && l.short == nil:
		lookupEach(l, dst, offsets, data)
	case l.few == nil:
		lookupTable(l, dst, offsets, data)
	default:
		lookupFew(l, dst, offsets, data)
	}
}

// vectors reports whether vectorTexts looks texts up in l.
func (l *lookup) vectors() bool {
	return l.form.has(loopMany) || l.planes != nil && l.form.has(loopFew)
}

// find returns the code of the text data[at:at+n]. Where that is none, as n is
// negative, Go panics, for guard.
func (l *lookup) find(data []byte, at, n int) uint32 {
	switch {
	case n == 0:
		return l.null
	case uint(n) > maxShort || l.rest != nil:
		return l.findLong(data[at : at+n])
	case l.short == nil:
		_ = data[at : at+n] // what leads out is refused here, too
		return l.miss
	}
	k := keyOfText(data, at, n)
	if i := l.short.place(l.salt.hash(k)); l.keys[i] == k {
		return l.code(int(i))
	}
	return l.miss
}

// code returns the code of the key at place i.
func (l *lookup) code(i int) uint32 {
	if l.same {
		i = 0
	}
	return l.shortCodes[i]
}

func (l *lookup) findLong(b []byte) uint32 {
	if l.rest != nil {
		if code, ok := l.rest[string(b)]; ok {
			return code
		}
		return l.miss
	}
	n := len(b)
	if l.lengths[min(n>>6, 4)]&(1<<(n&63)) == 0 {
		return l.miss
	}
	if i := l.long.place(l.longSalt.longHash(b)); l.values[i] == string(b) {
		return l.longCodes[i]
	}
	return l.miss
}

// eachKey yields the keys and their places.
func (l *lookup) eachKey(yield func(int, key) bool) {
	for i, k := range l.keys {
		if k != (key{}) && !yield(i, k) {
			return
		}
	}
}

// recode replaces every code c, of values and of none, by codes[c].
func (l *lookup) recode(codes []uint32) {
	l.null, l.miss = codes[l.null], codes[l.miss]
	for i, c := range l.shortCodes {
		l.shortCodes[i] = codes[c]
	}
	for i, c := range l.longCodes {
		l.longCodes[i] = codes[c]
	}
	for v, c := range l.rest {
		l.rest[v] = codes[c]
	}
}
