package batch

import (
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

// TestVectors compares the assembly with what it stands for, in tables that fit
// into registers and in those that do not, with indices in and out of range.
func TestVectors(t *testing.T) { eachVector(t, loopCodes|loopAccept, eachVectors) }

func eachVectors(t *testing.T, f form) {
	rng := rand.New(rand.NewPCG(31, 32))
	for _, size := range []int{1, 2, 15, 16, 17, 31, 32, 33, 100, 511, 512, 513, 544, 5000} {
		memo := make([]uint32, size)
		final := newFinals(size)
		for i := range memo {
			memo[i] = rng.Uint32()
			if rng.IntN(2) == 0 {
				final.set(i)
			}
		}
		for _, n := range []int{0, 1, 15, 16, 63, 64, 65, 127, 128, 1000, 1024} {
			for _, wrong := range []uint32{0, uint32(size), uint32(size) + 1, 1 << 31, 1<<32 - 1} {
				first, second := make([]uint32, n), make([]uint32, n)
				for i := range first {
					sum := rng.Uint32N(uint32(size))
					second[i] = rng.Uint32N(sum + 1)
					first[i] = sum - second[i]
				}
				broken := -1
				if wrong != 0 && n > 0 {
					broken = rng.IntN(n)
					first[broken], second[broken] = wrong, 0
				}
				sums := make([]uint32, n)
				for i := range sums {
					sums[i] = first[i] + second[i]
				}

				codes := make([]uint32, n)
				done := vectorCodes(f, codes, sums, memo)
				switch {
				case broken >= 0 && broken < n&^15:
					require.Zero(t, done, "an index out of range")
				case !f.fits(size, neonCodes):
					require.Zero(t, done, "too many for the registers")
				default:
					require.Equal(t, n&^15, done)
				}
				for i := range done {
					require.Equal(t, memo[sums[i]], codes[i])
				}

				if f.has(loopAdvance) {
					states := append([]uint32(nil), first...)
					require.Equal(t, n&^15, vectorAdvance(f, states, second, memo))
					for i := range n &^ 15 {
						if i == broken {
							require.EqualValues(t, stateReject, states[i], "what leads out of a table rejects")
						} else {
							require.Equal(t, memo[sums[i]], states[i])
						}
					}
				}

				for _, classes := range [][]uint32{second, nil} {
					from := first
					if classes == nil {
						from = sums
					}
					mask := make([]uint64, maskWords(n))
					done, ok := vectorAccept(f, mask, from, classes, final, size)
					if !f.fits(len(final)*32, neonBits) {
						require.Zero(t, done, "too many for the registers")
						continue
					}
					require.Equal(t, n&^63, done)
					require.Equal(t, broken < 0 || broken >= n&^63, ok)
					for i := range done {
						want := i != broken && final.at(sums[i]) == 1
						require.Equal(t, want, mask[i/64]>>(i%64)&1 == 1, "row %d of %d, size %d", i, n, size)
					}
				}
			}
		}
	}
}

// TestWidened: an index keeps its number, and what is below 0 or past 32 bits
// leads out of any dictionary.
func TestWidened(t *testing.T) { eachVector(t, loopWiden, eachWidened) }

func eachWidened(t *testing.T, f form) {
	testWidened[int8](t, f)
	testWidened[uint8](t, f)
	testWidened[int16](t, f)
	testWidened[uint16](t, f)
	testWidened[int64](t, f)
	testWidened[uint64](t, f)
}

func testWidened[I index](t *testing.T, f form) {
	rng := rand.New(rand.NewPCG(33, 34))
	var zero I
	for _, n := range []int{0, 1, 15, 16, 17, 100, 1023, 1024, 1025} {
		indices := make([]I, n)
		for i := range indices {
			indices[i] = I(rng.Uint64() >> rng.IntN(64)) // of all sizes
		}
		if n > 3 {
			indices[0], indices[1], indices[2] = zero-1, 0, 1
		}
		var buf [blockRows]uint32
		got := widened(f, &buf, indices)
		require.Len(t, got, min(n, blockRows)&^15)
		for i, k := range got {
			if uint64(indices[i]) < maxVector {
				require.EqualValues(t, indices[i], k)
			} else {
				require.GreaterOrEqual(t, k, uint32(maxVector), "%d", indices[i])
			}
		}
	}
}

// TestVectorExtract compares two ways to bring bits together.
func TestVectorExtract(t *testing.T) { eachVector(t, loopExtract, eachVectorExtract) }

func eachVectorExtract(t *testing.T, f form) {
	rng := rand.New(rand.NewPCG(35, 36))
	for range 10_000 {
		word, mask := rng.Uint64()|rng.Uint64(), rng.Uint64()&rng.Uint64()
		if mask == 0 {
			continue
		}
		require.Equal(t, compress(word, mask), vectorExtractOf(word, mask))
		require.Equal(t, compress(mask, ^mask|1), vectorExtractOf(mask, ^mask|1))
	}
	require.Equal(t, compress(all, all), vectorExtractOf(all, all))
}

// TestVectorFar: texts whose offsets do not fit into 32 bits are found, and
// offsets that make no sense are left to the loop in Go.
func TestVectorFar(t *testing.T) { eachVector(t, loopFew, eachVectorFar) }

func eachVectorFar(t *testing.T, f form) {
	b := newBuilder(new(draft), 1)
	b.add("abc")
	l := newLookup(new(draft), b, []uint32{2})
	l.miss, l.form = 1, f
	l.seal()
	data := []byte("0123456789abcdefghijklmnopqrstuvwxyz")
	offsets := make([]int64, 17)
	for i := range offsets {
		offsets[i] = 4 + int64(i)
	}
	dst := make([]uint32, 16)
	require.Zero(t, vectorFar(l, dst, append([]int64{-1}, offsets[1:]...), data))
	require.Zero(t, vectorFar(l, dst, append([]int64{1 << 40}, offsets[1:]...), data))
	require.Zero(t, vectorFar(l, dst, append(append([]int64{}, offsets[:16]...), 1<<40), data))
	require.Zero(t, vectorFar(l, dst, append(append([]int64{}, offsets[:16]...), 3), data))
	for i := range offsets {
		offsets[i] = 10 + 3*int64(min(i, 5))
	}
	require.Equal(t, 16, vectorFar(l, dst, offsets, data))
	require.Equal(t, []uint32{2, 1, 1, 1, 1}, dst[:5])
	require.Zero(t, dst[5], "an empty text is NULL")
}

// TestVectorOffsets: offsets that wrap around are refused, as copyRows refuses
// them, and ask for no memory.
func TestVectorOffsets(t *testing.T) { eachVector(t, loopCopies, eachVectorOffsets) }

func eachVectorOffsets(t *testing.T, f form) {
	src := []byte("0123456789")
	for _, in := range [][]int32{
		{0, 3, 10},
		{0, 11, 12},
		{5, 3, 10},
		{-1, 3, 10},
		{100, -(1<<31 - 11), 10},
		{1<<31 - 1, -(1 << 31), 10},
		{0, 1<<31 - 1, 10},
		{0, 10, -(1 << 31)},
	} {
		for rows := uint64(1); rows <= 3; rows++ {
			gatherer := &gatherer{mem: memory.DefaultAllocator, form: f}
			sel := ofMask([]uint64{rows}, &gatherer.arena)
			a, errA := copyVector(gatherer, make([]int32, sel.n+1), src, in, sel)
			b, errB := copyRows(gatherer, make([]int32, sel.n+1), src, in, sel.eachRow())
			require.Equal(t, errB, errA, "%d, rows %b", in, rows)
			if errB == nil {
				require.Equal(t, string(b.Bytes()), string(a.Bytes()))
			}
		}
	}
}

// TestAlmostValues looks up texts that differ from a value in one bit, in the bytes
// behind it, or in the length alone, in many small sets: each form compares all of a key, also
// where the slot of a text is that of the value.
func TestAlmostValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(109, 110))
	slots := make(map[bool]int) // of planes: 8 or 16
	for round := range 600 {
		longest := []int{3, 8, 15}[round%3]
		b := newBuilder(new(draft), 16)
		want := make(map[string]uint32)
		var codes []uint32
		for range 1 + rng.IntN(14) {
			v := randomText(rng, longest)
			if id := b.add(v); int(id) == len(codes) {
				codes = append(codes, 2+id)
				want[v] = 2 + id
			}
		}
		l := newLookup(new(draft), b, codes)
		l.null, l.miss = 0, 1
		var texts []string
		for v := range want {
			flipped := []byte(v)
			flipped[rng.IntN(len(v))] ^= 1 << rng.IntN(8)
			texts = append(texts, v, string(flipped), v[:len(v)-1], v+"\x00", v+"\x00\x00", v+randomText(rng, 3), v+v)
			if len(v) <= 8 { // agrees in the words that short values are compared in
				texts = append(texts, v+"\x00\x00\x00\x00\x00\x00\x00\x00"[:8-len(v)]+"ab")
			}
		}
		texts = append(texts, "", "some text, so that all others are in front of the end")
		for _, f := range allForms() {
			l.form = f
			l.seal()
			if l.planes != nil {
				slots[l.planes.half]++
			}
			data, offsets := joinTexts(texts)
			dst := make([]uint32, len(texts))
			lookupTexts(l, dst, offsets, data)
			for i, text := range texts {
				code := l.miss
				if text == "" {
					code = l.null
				} else if c, ok := want[text]; ok {
					code = c
				}
				if dst[i] != code {
					require.Equal(t, code, dst[i], "%q of %q, %s", text, want, formNames[f])
				}
			}
		}
	}
	if len(vectorForms()) > 0 {
		require.Greater(t, slots[true], 100)
		require.Greater(t, slots[false], 100)
	}
}

func joinTexts(texts []string) (data []byte, offsets []int32) {
	offsets = append(offsets, 0)
	for _, text := range texts {
		data = append(data, text...)
		offsets = append(offsets, int32(len(data)))
	}
	return data, offsets
}
