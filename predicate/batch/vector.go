package batch

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// The hot loops have forms for processors with AVX-512, with AVX2 and with NEON, in
// assembly, which take 4 to 16 rows at a time. What they compute is what the loops in Go
// compute; each of the functions here does the first rows, as many as fill
// whole vectors, and returns how many that were, for Go to do the rest. On
// other processors, and with the build tag purego, that is none of them.
//
//	codes    index    → code           of dictionaries
//	widen    index    → index          of 8, 16 or 64 bits to one of 32
//	texts    text     → code           of values of up to 15 bytes
//	one      text     → bit            of a single value, to be confirmed
//	advance  state, class → state      of tables
//	accept   state, class → bit        of tables
//
// What brings selected rows together is in take_vector.go. Tests take every form
// that the processor has: see pathVector and pathWide.

// vectorRows is how many codes, states and indices are taken at a time.
const vectorRows = 16

// vectorCodes looks indices up in a memo. It does nothing that matters if one
// leads out of it.
func vectorCodes(f form, dst, indices, memo []uint32) int {
	n := len(dst) &^ (vectorRows - 1)
	if n == 0 || len(memo) == 0 || len(memo) > maxVector || !f.fits(len(memo), neonCodes) || vectorCodesOf(f, &dst[0], &indices[:n][0], n, &memo[0], len(memo)) != 0 {
		return 0
	}
	return n
}

// vectorAdvance replaces states by what follows them. States and classes are
// those of a table, so their sum is in range; were it not, the row would be
// rejected.
func vectorAdvance(f form, states, classes, next []uint32) int {
	n := len(states) &^ (vectorRows - 1)
	if n == 0 || len(next) == 0 || len(next) > maxVector {
		return 0
	}
	vectorAdvanceOf(f, &states[0], &classes[:n][0], n, &next[0], len(next))
	return n
}

// vectorAccept sets a word of mask per 64 rows: the bit of final that the sum of
// state and class leads to, or, without classes, the state alone. It is not ok,
// and the bit 0, if one is not among the first size.
func vectorAccept(f form, mask []uint64, states, classes []uint32, final finals, size int) (n int, ok bool) {
	n = len(states) &^ 63
	if n == 0 || size == 0 || size > maxVector || !f.fits(len(final)*32, neonBits) {
		return 0, true
	}
	var second *uint32
	if classes != nil {
		second = &classes[:n][0]
	}
	_ = final[(size-1)/32]
	return n, vectorAcceptOf(f, &mask[:n/64][0], &states[0], second, n, &final[0], size) == 0
}

// vectorPairs sets a word of mask per 64 rows: see dictWalk. It is not ok if some
// index leads out of its dictionary.
func vectorPairs(w *dictWalk, t *table, mask []uint64, rows [3][]int32) (n int, ok bool) {
	n = len(rows[0]) &^ 63
	if n == 0 || t.form == formNEON && (w.n != 2 || len(w.shown) > neonBytes) {
		return 0, true
	}
	first, second := words32(rows[0][:n]), words32(rows[1][:n])
	s := pairScan{
		mask: &mask[:n/64][0], first: &first[0], second: &second[0], n: n,
		firsts: uint32(len(w.columns[0].memo)), seconds: w.seconds, shift: uint64(w.shift),
	}
	if w.n == 2 {
		s.shown, s.pairs = &w.shown[0], len(w.shown)
		if w.few != nil {
			s.few = &w.few[0]
		}
		return n, vectorPairsOf(&s) == 0
	}
	memo, final := w.columns[2].memo, t.steps[1].final
	if len(memo) == 0 || len(memo) > maxVector {
		return 0, true
	}
	third := words32(rows[2][:n])
	s.third, s.thirds, s.memo, s.states, s.final = &third[0], uint32(len(memo)), &memo[0], &w.states[0], &final[0]
	return n, vectorPairsOf(&s) == 0
}

// pairScan is what the assembly needs of a dictWalk.
type pairScan struct {
	mask                    *uint64
	first, second, third    *uint32 // indices; no third of two columns
	n                       int     // a multiple of 64
	firsts, seconds, thirds uint32  // the values of each column
	shift                   uint64
	shown                   *byte
	pairs                   int // bytes of shown
	few                     *uint32
	states, memo, final     *uint32
}

// vectorShown is vectorAccept for a byte a value.
func vectorShown(f form, mask []uint64, indices []uint32, shown []byte) (n int, ok bool) {
	n = len(indices) &^ 63
	if n == 0 || len(shown) == 0 || len(shown) > maxVector || !f.fits(len(shown), neonBytes) {
		return 0, true
	}
	return n, vectorShownOf(&mask[:n/64][0], &indices[0], n, &shown[0], len(shown)) == 0
}

// maxVector bounds what a 32-bit index can lead to.
const maxVector = 1<<31 - 1

// textScan is what the assembly needs to look texts up.
type textScan struct {
	dst     *uint32
	offsets *int32
	n       int // a multiple of 8
	data    *byte
	last    uint64 // the last place in data where 16 bytes can be read
	redo    *uint8 // a bit per text that is to be looked up in Go
	mulLo   uint64
	mulHi   uint64
	shift   uint64
	slots   uint64
	top     uint64
	pilots  *uint8
	keys    *key
	codes   *uint32
	miss    uint32
	null    uint32
	wide    uint64 // not 0: some value has more than 8 bytes
	same    uint64 // not 0: all codes are the first
	handful *handful
	few     bool // few values, each with a slot of its own
	planes  *planes
	xor     *uint64                // pilotXor
	again   [blockRows / 64]uint64 // where redo points to
}

// A handful is few values again, in a form that fits into registers: a hash of 6
// bits leads to the number of the one value that a text may be equal to.
type handful struct {
	numbers [64]uint8
	lo, hi  [maxHandful]uint64 // the keys, by number
	codes   [maxHandful]uint32
	mul     uint64 // 32 bits
}

const maxHandful = 16

// slot folds a key to 32 bits and takes 6 of their product. Two values that fold
// to the same bits do not fit.
func (h *handful) slot(k key) uint8 {
	x := k.lo ^ k.hi
	return uint8((x^x>>32)&(1<<32-1)*h.mul>>26) & 63
}

// newHandful returns the values of l, all short, as a handful, nil if they are
// too many or no hash keeps them apart.
func newHandful(l *lookup) *handful {
	if l.n > maxHandful || l.n == 0 {
		return nil
	}
	h := new(handful)
next:
	for i := range uint64(fewSeeds) {
		h.mul = (mixA+2*i*mixB)>>32 | 1
		var used uint64
		number := 0
		for place, k := range l.eachKey {
			s := h.slot(k)
			if used>>s&1 != 0 {
				continue next
			}
			used |= 1 << s
			// A free slot may have any number: its key is compared in any case.
			h.numbers[s] = uint8(number)
			h.lo[number], h.hi[number], h.codes[number] = k.lo, k.hi, l.code(place)
			number++
		}
		return h
	}
	return nil
}

// vectorTexts looks texts up in a set of short values.
func vectorTexts(l *lookup, dst []uint32, offsets []int32, data []byte) int {
	n := min(len(dst)&^7, blockRows)
	if n == 0 || len(data) < 16 {
		return 0
	}
	s := textScan{
		dst: &dst[0], offsets: &offsets[:n+1][0], n: n,
		data: &data[0], last: uint64(min(len(data)-16, maxVector)),
		miss: l.miss, null: l.null,
	}
	s.redo = (*uint8)(unsafe.Pointer(&s.again[0]))
	switch f := l.few; {
	case l.planes != nil:
		s.planes = l.planes
		if f.wide {
			s.wide = 1
		}
	case f != nil && l.form == formAVX512:
		s.few, s.handful = true, l.handful
		s.mulLo, s.mulHi, s.keys, s.codes = f.mulLo, f.mulHi, &f.keys[0], &f.codes[0]
		if f.wide {
			s.wide = 1
		}
	case l.short == nil || !l.salt.isZero():
		return 0
	default:
		s.mulLo, s.mulHi, s.keys, s.codes = mulLo, mulHi, &l.keys[0], &l.shortCodes[0]
		if l.same {
			s.same = 1
		}
		p := l.short
		s.pilots, s.shift, s.top, s.slots = &p.pilots[0], uint64(p.shift), p.top, uint64(p.slots)
		s.xor = &pilotXor[0]
	}
	vectorTextsOf(l.form, &s)
	// What is too long or too near the end of data.
	for i, w := range s.again {
		for ; w != 0; w &= w - 1 {
			k := i<<6 + bits.TrailingZeros64(w)
			dst[k] = l.find(data, int(offsets[k]), int(offsets[k+1]-offsets[k]))
		}
	}
	return n
}

// vectorFar is vectorTexts for offsets of 64 bits: those of a block are usually
// so near each other that they fit into 32 from its first text on.
func vectorFar[O offset](l *lookup, dst []uint32, offsets []O, data []byte) int {
	n := min(len(dst)&^7, blockRows)
	base := int64(offsets[0])
	if n == 0 || base < 0 || base > int64(len(data)) {
		return 0
	}
	var buf [blockRows + 1]int32
	near := buf[:n+1]
	var far int64 // has a bit that does not fit if an offset does not
	for i, o := range offsets[:n+1] {
		shift := int64(o) - base
		far |= shift
		near[i] = int32(shift)
	}
	if uint64(far) > maxVector {
		return 0
	}
	return vectorTexts(l, dst[:n], near, data[base:])
}

// widened returns indices of other sizes as numbers of 32 bits, as many as fill
// whole vectors of them. One that does not fit becomes one that leads out of any
// dictionary.
func widened[I index](f form, buf *[blockRows]uint32, indices []I) []uint32 {
	n := min(len(indices), blockRows) &^ (vectorRows - 1)
	if n == 0 {
		return nil
	}
	var zero I
	kind := uint8(unsafe.Sizeof(zero))
	if zero-1 < 0 {
		kind |= widenSigned
	}
	vectorWidenOf(f, &buf[0], unsafe.Pointer(&indices[0]), n, kind)
	return buf[:n]
}

// widenSigned is added to the bytes of an index to say that it has a sign.
const widenSigned = 16

// vectorOne sets a word of mask per 64 texts: those that may be the value. It
// returns for how many texts.
func vectorOne(f form, mask []uint64, o *one, offsets []int32, data []byte) int {
	n := (len(offsets) - 1) &^ 63
	need := max(len(o.value), 4)
	if n <= 0 || len(data) < need || len(data) > maxVector {
		return 0
	}
	first, keep := uint32(o.first), uint32(o.keep)
	var tail uint32
	if len(o.value) >= 4 {
		tail = binary.LittleEndian.Uint32([]byte(o.value[len(o.value)-4:]))
	}
	vectorOneOf(f, &mask[:n/64][0], &offsets[:n+1][0], n, &data[0], uint64(len(data)-need), len(o.value), first, keep, tail)
	return n
}

// narrow returns offsets of 32 bits, nil if they are of 64.
func narrow[O offset](offsets []O) []int32 {
	var o O
	if unsafe.Sizeof(o) != 4 {
		return nil
	}
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(offsets))), len(offsets))
}

// words64 returns offsets of 64 bits as numbers without a sign.
func words64[O offset](offsets []O) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(offsets))), len(offsets))
}

// words32 returns indices of 32 bits, nil if they are of another size. What is
// negative in one sign is large in the other, and leads out of any dictionary.
func words32[I index](indices []I) []uint32 {
	var i I
	if unsafe.Sizeof(i) != 4 {
		return nil
	}
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(indices))), len(indices))
}
