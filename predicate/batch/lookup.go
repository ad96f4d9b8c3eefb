package batch

import (
	"encoding/binary"
	"math/bits"
)

// A lookup maps text to a class code. It is built once per bound column for
// the values its rules name, and read by any number of goroutines.
//
// Values of up to 16 bytes, which is nearly every region, segment, tenant or
// product code, are held inside the table as two zero-padded words and a
// length. Comparing those is comparing the values, so a hit reads one slot and
// never the value again:
//
//	"EMEA"          lo = 00000000 41454D45   hi = 0               n = 4
//	"Enterprise"    lo = "Enterpri"          hi = "se" (padded)   n = 10
//
// Longer values are compared in full after their hash. Lengths that no value
// has end the search before any byte is read.
type lookup struct {
	miss    uint32    // the code of a non-empty text that is no value
	lengths [5]uint64 // bit n: some value has n bytes; bit 256 and up: see long
	short   []shortSlot
	shortBy uint8 // a hash is shifted right by this to index short
	long    []longSlot
	longBy  uint8
	values  []string // of the long slots
}

// shortSlot holds a value of 1 to 16 bytes; size 0 marks a free slot.
type shortSlot struct {
	lo, hi uint64
	size   uint32
	code   uint32
}

// longSlot holds a value of more than 16 bytes; at 0 marks a free slot.
type longSlot struct {
	hash uint64
	at   uint32 // 1 + index into values
	code uint32
}

const maxShort = 16

// Odd constants with their bits well mixed; see shortHash.
const (
	mixA = 0x9e3779b97f4a7c15
	mixB = 0xc2b2ae3d27d4eb4f
	mixC = 0x165667b19e3779f9
)

// keepLow[n] keeps the first n bytes of a word loaded from text, and all eight
// from n = 8 on. Its length is a power of two so that an index masked with 31
// needs no bounds check.
var keepLow = [32]uint64{
	0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1,
	^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0),
}

// keepHigh[n] does the same for the second word of a text of n bytes.
var keepHigh = [32]uint64{
	9: 1<<8 - 1, 10: 1<<16 - 1, 11: 1<<24 - 1, 12: 1<<32 - 1, 13: 1<<40 - 1, 14: 1<<48 - 1, 15: 1<<56 - 1, 16: ^uint64(0),
}

// words loads a text of n <= 16 bytes that starts at data[at:] as two words,
// padded with zeros.
func words(data []byte, at, n int) (lo, hi uint64) {
	if at+maxShort <= len(data) {
		b := data[at : at+maxShort : at+maxShort]
		return binary.LittleEndian.Uint64(b) & keepLow[n&31], binary.LittleEndian.Uint64(b[8:]) & keepHigh[n&31]
	}
	var b [maxShort]byte
	copy(b[:], data[at:at+n])
	return binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])
}

func shortHash(lo, hi uint64, n uint32) uint64 {
	h := (lo ^ uint64(n)*mixC) * mixA
	h ^= bits.RotateLeft64(h, 29) ^ hi*mixB
	return h * mixA
}

func longHash(b []byte) uint64 {
	h := uint64(len(b)) * mixC
	for len(b) > 16 {
		hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b)^mixA, binary.LittleEndian.Uint64(b[8:])^h)
		h = hi ^ lo
		b = b[16:]
	}
	// The last 16 bytes may overlap bytes already mixed in, which does no harm.
	lo, hi := words(b, 0, len(b))
	hi, lo = bits.Mul64(lo^mixB, hi^h^mixA)
	return (hi ^ lo) * mixB
}

// add puts value into the table if it is not there yet and returns the code it
// has: code, or the one of the earlier value.
func (l *lookup) add(value string, code uint32) uint32 {
	n := len(value)
	l.lengths[min(n>>6, 4)] |= 1 << (n & 63)
	if n > maxShort {
		return l.addLong(value, code)
	}
	lo, hi := words([]byte(value), 0, n)
	mask := len(l.short) - 1
	for i := int(shortHash(lo, hi, uint32(n)) >> l.shortBy); ; i++ {
		s := &l.short[i&mask]
		switch {
		case s.size == 0:
			*s = shortSlot{lo, hi, uint32(n), code}
			return code
		case s.lo == lo && s.hi == hi && s.size == uint32(n):
			return s.code
		}
	}
}

func (l *lookup) addLong(value string, code uint32) uint32 {
	hash := longHash([]byte(value))
	mask := len(l.long) - 1
	for i := int(hash >> l.longBy); ; i++ {
		s := &l.long[i&mask]
		switch {
		case s.at == 0:
			l.values = append(l.values, value)
			*s = longSlot{hash, uint32(len(l.values)), code}
			return code
		case s.hash == hash && l.values[s.at-1] == value:
			return s.code
		}
	}
}

// newLookup returns an empty table with room for the given numbers of values
// of at most and of more than 16 bytes, at most half full.
func newLookup(short, long int) *lookup {
	l := new(lookup)
	if short > 0 {
		l.short, l.shortBy = make([]shortSlot, slots(short)), shift(slots(short))
	}
	if long > 0 {
		l.long, l.longBy = make([]longSlot, slots(long)), shift(slots(long))
		l.values = make([]string, 0, long)
	}
	return l
}

func slots(n int) int       { return 1 << bits.Len(uint(2*n-1)) }
func shift(slots int) uint8 { return uint8(64 - bits.TrailingZeros(uint(slots))) }

// recode replaces every code c in the table by codes[c].
func (l *lookup) recode(codes []uint32) {
	for i := range l.short {
		if s := &l.short[i]; s.size != 0 {
			s.code = codes[s.code]
		}
	}
	for i := range l.long {
		if s := &l.long[i]; s.at != 0 {
			s.code = codes[s.code]
		}
	}
}

// find returns the code of the text data[at:at+n]: 0 if it is empty.
func (l *lookup) find(data []byte, at, n int) uint32 {
	if uint(n-1) >= maxShort { // n is 0 or more than maxShort
		if n == 0 {
			return 0
		}
		return l.findLong(data[at : at+n])
	}
	if len(l.short) == 0 {
		return l.miss
	}
	lo, hi := words(data, at, n)
	mask := len(l.short) - 1
	for i := int(shortHash(lo, hi, uint32(n)) >> l.shortBy); ; i++ {
		s := &l.short[i&mask]
		if s.lo == lo && s.hi == hi && s.size == uint32(n) {
			return s.code
		}
		if s.size == 0 {
			return l.miss
		}
	}
}

func (l *lookup) findLong(b []byte) uint32 {
	n := len(b)
	if len(l.long) == 0 || l.lengths[min(n>>6, 4)]&(1<<(n&63)) == 0 {
		return l.miss
	}
	hash := longHash(b)
	mask := len(l.long) - 1
	for i := int(hash >> l.longBy); ; i++ {
		s := &l.long[i&mask]
		if s.at == 0 {
			return l.miss
		}
		if s.hash == hash && l.values[s.at-1] == string(b) {
			return s.code
		}
	}
}
