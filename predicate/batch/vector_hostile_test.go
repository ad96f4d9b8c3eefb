//go:build linux

package batch

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

// A walled hands out buffers at either end of memory that nothing lies around.
type walled struct{ front, back []byte }

func newWalled(t testing.TB, n int) walled {
	return walled{guarded(t, n, true), guarded(t, n, false)}
}

// of returns n bytes that end, or begin, where memory does.
func (r walled) of(n int, front bool) []byte {
	if front {
		return r.front[:n:n]
	}
	return r.back[len(r.back)-n:]
}

// outcome is what a form makes of texts: codes, or the panic that guard turns into
// an error.
func outcome(run func() []uint32) (codes []uint32, refused bool) {
	defer func() {
		if p := recover(); p != nil {
			codes, refused = nil, true
		}
	}()
	return run(), false
}

// badOffsets are what a hostile file has instead of an offset.
func badOffset(rng *rand.Rand, size, was int) int64 {
	list := []int64{-1, -2, -8, -16, -17, int64(-size), math.MinInt32, math.MinInt32 + 1, math.MaxInt32, math.MaxInt32 - 15,
		int64(size) + 1, int64(size) + 15, int64(size) + 16, int64(size) + 4096, int64(was) - 1, int64(was) + 1, int64(was) + 16, int64(was) + 256, 0}
	return list[rng.IntN(len(list))]
}

// TestHostileOffsets looks texts up whose offsets lead anywhere, in every form, on
// buffers that nothing lies around. Each does what looking up text by text does: gives the
// same codes, or refuses.
func TestHostileOffsets(t *testing.T) {
	for _, f := range allForms() {
		t.Run(formNames[f], func(t *testing.T) { hostileOffsets(t, f) })
	}
}

func hostileOffsets(t *testing.T, f form) {
	rng := rand.New(rand.NewPCG(91, 92))
	data, near, far := newWalled(t, 16384), newWalled(t, 4096), newWalled(t, 8192)
	out := [2]walled{newWalled(t, 4096), newWalled(t, 4096)}
	sets := map[string]*lookup{}
	for name, values := range map[string][]string{
		"one": {"EMEA"}, "many of one slot each": manyTexts(12), "one long": {"a value that is long"}, "tiny": {"EMEA", "US", "APAC"}, "few": {"EMEA", "US", "Enterprise", "Consumer"},
		"handful": {"a", "b", "c", "d", "eeeeeeeeeeee"}, "perfect": manyTexts(300), "perfect and long": append(manyTexts(100), "a value that is long"),
	} {
		b := newBuilder(new(draft), len(values))
		codes := make([]uint32, len(values))
		for i, v := range values {
			b.add(v)
			codes[i] = uint32(2 + i%3)
		}
		sets[name] = newLookup(new(draft), b, codes)
		sets[name].null, sets[name].miss = 7, 1
		sets[name].seal()
		// A handful is made for vectors only.
		sets[name].form = f
		sets[name].seal()
	}
	names := []string{"EMEA", "US", "APAC", "Enterprise", "a value that is long", "a", "t17", "t170", "", "EMEB", "emea", "US\x00",
		"EMEA" + strings.Repeat("x", 256), "Enterprise" + strings.Repeat("x", 256)} // with the lowest byte of the length of a value
	refusals, answers := 0, 0
	for round := range 6000 {
		front := round%2 == 0
		n := []int{8, 16, 24, 64, 65, 128, 200}[rng.IntN(7)]
		texts := make([]string, n)
		for i := range texts {
			texts[i] = names[rng.IntN(len(names))]
		}
		joined := strings.Join(texts, "")
		bytes := data.of(len(joined), front)
		copy(bytes, joined)
		offsets, wide := cast[int32](near.of(4*(n+1), front)), cast[int64](far.of(8*(n+1), front))
		at := 0
		for i, s := range texts {
			offsets[i], wide[i] = int32(at), int64(at)
			at += len(s)
		}
		offsets[n], wide[n] = int32(at), int64(at)
		for range rng.IntN(3) {
			i := rng.IntN(n + 1)
			bad := badOffset(rng, len(joined), int(offsets[i]))
			offsets[i], wide[i] = int32(bad), bad
			if rng.IntN(4) == 0 {
				wide[i] += 1 << 32 * int64(1-2*rng.IntN(2)) // differs in its high half only
			}
		}
		for name, l := range sets {
			run := func(each, is64 bool, r walled) ([]uint32, bool) {
				return outcome(func() []uint32 {
					dst := cast[uint32](r.of(4*n, front))
					clear(dst)
					switch {
					case each && is64:
						lookupEach(l, dst, wide, bytes)
					case each:
						lookupEach(l, dst, offsets, bytes)
					case is64:
						lookupTexts(l, dst, wide, bytes)
					default:
						lookupTexts(l, dst, offsets, bytes)
					}
					return dst
				})
			}
			for _, is64 := range []bool{false, true} {
				want, refused := run(true, is64, out[0])
				got, also := run(false, is64, out[1])
				require.Equal(t, refused, also, "round %d, %s, %d %v", round, name, offsets, is64)
				require.Equal(t, want, got, "round %d, %s, %d %v", round, name, offsets, is64)
				if refused {
					refusals++
				} else {
					answers++
				}
			}
		}
	}
	require.Greater(t, refusals, 10_000)
	require.Greater(t, answers, 10_000)
}

// TestHostileOne does the same where a single value decides alone.
func TestHostileOne(t *testing.T) { eachVector(t, loopOne, eachHostileOne) }

func eachHostileOne(t *testing.T, f form) {
	rng := rand.New(rand.NewPCG(97, 98))
	data, near := newWalled(t, 32768), newWalled(t, 4096)
	visible := 0
	for round := range 20_000 {
		front := round%2 == 0
		value := strings.Repeat("abcdefgh", 12)[:1+rng.IntN(40)]
		n := []int{63, 64, 65, 128, 200}[rng.IntN(5)]
		texts := make([]string, n)
		for i := range texts {
			other := []byte(value)
			switch rng.IntN(6) {
			case 0, 1:
				other[rng.IntN(len(other))] ^= 1 << rng.IntN(8)
			case 2:
				other = other[:rng.IntN(len(other))]
			case 3:
				other = append(other, other[:rng.IntN(len(other)+1)]...)
			}
			texts[i] = string(other)
		}
		joined := strings.Join(texts, "")
		bytes := data.of(len(joined), front)
		copy(bytes, joined)
		offsets := cast[int32](near.of(4*(n+1), front))
		offsets[0] = 0
		for i, s := range texts {
			offsets[i+1] = offsets[i] + int32(len(s))
		}
		if bad := rng.IntN(3); bad > 0 {
			i := rng.IntN(n + 1)
			offsets[i] = int32(badOffset(rng, len(joined), int(offsets[i])))
		}
		b := newBuilder(new(draft), 1)
		b.add(value)
		l := newLookup(new(draft), b, []uint32{1})
		l.seal()
		run := func(vector bool) ([]uint32, bool) {
			return outcome(func() []uint32 {
				mine := *l
				if mine.form = formGo; vector {
					mine.form = f
				}
				words := make([]byte, 8*maskWords(n))
				mask := cast[uint64](words)
				if p := (&plain[int32]{lookup: &mine, offsets: offsets, data: bytes}); !p.bits(mask, 0, n) {
					return nil
				}
				return cast[uint32](words)
			})
		}
		want, refused := run(false)
		got, also := run(true)
		require.Equal(t, refused, also, "round %d, %q, %d of %d", round, value, offsets, len(joined))
		require.Equal(t, want, got, "round %d, %q, %d", round, value, offsets)
		for _, w := range got {
			visible += bits.OnesCount32(w)
		}
	}
	require.Greater(t, visible, 10_000)
}

func manyTexts(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprint("t", i))
	}
	return list
}

// TestHostileCopies copies texts whose offsets lead anywhere. Vectors copy what the
// loop in Go copies, or refuse as it does.
func TestHostileCopies(t *testing.T) { eachVector(t, loopCopies, eachHostileCopies) }

func eachHostileCopies(t *testing.T, f form) {
	rng := rand.New(rand.NewPCG(93, 94))
	data, near := newWalled(t, 16384), newWalled(t, 4096)
	failed, copied := 0, 0
	for round := range 2000 {
		front := round%2 == 0
		n := 1 + rng.IntN(130)
		longest := []int{3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100}[rng.IntN(11)]
		offsets := cast[int32](near.of(4*(n+1), front))
		at := 0
		for i := range n {
			offsets[i] = int32(at)
			at += rng.IntN(longest + 1)
		}
		offsets[n] = int32(at)
		bytes := data.of(at, front)
		for i := range bytes {
			bytes[i] = byte(rng.Uint32())
		}
		for range rng.IntN(2) {
			i := rng.IntN(n + 1)
			offsets[i] = int32(badOffset(rng, at, int(offsets[i])))
		}
		mask := make([]uint64, maskWords(n))
		for i := range n {
			if rng.IntN(1+rng.IntN(4)) == 0 {
				mask[i/64] |= 1 << (i % 64)
			}
		}
		mask[0] |= 1
		run := func(f form, rows bool) (text string, err error) {
			gatherer := &gatherer{mem: guardedAllocator{t, front}, form: f}
			if round%8 > 0 {
				gatherer.mem = memory.DefaultAllocator
			}
			sel := ofMask(mask, &gatherer.arena)
			defer guard(&err)
			out := make([]int32, sel.n+1)
			if !rows {
				b, err := copyVector(gatherer, out, bytes, offsets, sel)
				if err != nil {
					return "", err
				}
				return fmt.Sprint(out, string(b.Bytes())), nil
			}
			b, err := copyRows(gatherer, out, bytes, offsets, sel.eachRow())
			if err != nil {
				return "", err
			}
			return fmt.Sprint(out, string(b.Bytes())), nil
		}
		want, errWant := run(formGo, true)
		for _, rows := range []bool{false, true} {
			got, errGot := run(f, rows)
			require.Equal(t, errWant != nil, errGot != nil, "round %d: %v and %v of %d", round, errWant, errGot, offsets)
			require.Equal(t, want, got, "round %d", round)
		}
		if errWant != nil {
			failed++
		} else {
			copied++
		}
	}
	require.Greater(t, failed, 200)
	require.Greater(t, copied, 800)
}

// TestHostileIndices looks up indices of every size that lead out of a memo, and
// walks states, on buffers that nothing lies around.
func TestHostileIndices(t *testing.T) { eachVector(t, loopCodes|loopAccept, eachHostileIndices) }

func eachHostileIndices(t *testing.T, f form) {
	rng := rand.New(rand.NewPCG(95, 96))
	codes, indices, second, out := newWalled(t, 4096), newWalled(t, 8192), newWalled(t, 4096), newWalled(t, 4096)
	for round := range 4000 {
		front := round%2 == 0
		n := 16 * (1 + rng.IntN(12))
		size := []int{1, 2, 15, 16, 17, 31, 32, 33, 64, 500, 1024}[rng.IntN(11)]
		memo := cast[uint32](codes.of(4*size, front))
		for i := range memo {
			memo[i] = rng.Uint32() >> 8
		}
		in, classes := cast[uint32](indices.of(4*n, front)), cast[uint32](second.of(4*n, front))
		bad := -1
		for i := range in {
			in[i], classes[i] = rng.Uint32N(uint32(size)), 0
			if in[i] > 0 {
				classes[i] = rng.Uint32N(in[i])
				in[i] -= classes[i]
			}
		}
		if rng.IntN(2) == 0 {
			bad = rng.IntN(n)
			in[bad] = []uint32{uint32(size), uint32(size) + 1, 1 << 31, math.MaxUint32, uint32(size) + 1<<16}[rng.IntN(5)]
			classes[bad] = 0
		}
		sums := make([]uint32, n)
		for i := range sums {
			sums[i] = in[i] + classes[i]
		}
		dst := cast[uint32](out.of(4*n, front))
		if done := vectorCodes(f, dst, in, memo); bad >= 0 || !f.fits(size, neonCodes) {
			require.Zero(t, done, "an index that leads out is left to the loop in Go, which refuses it")
		} else {
			require.Equal(t, n, done)
			for i, k := range in {
				require.Equal(t, memo[k], dst[i])
			}
		}
		if f.has(loopAdvance) {
			copy(dst, in)
			require.Equal(t, n, vectorAdvance(f, dst, classes, memo))
			for i, k := range sums {
				if i == bad {
					require.EqualValues(t, stateReject, dst[i])
				} else {
					require.Equal(t, memo[k], dst[i])
				}
			}
		}
		mask := make([]uint64, maskWords(n))
		done, ok := vectorAccept(f, mask, in, classes, finals(memo), 32*size)
		if f.fits(32*size, neonBits) {
			require.Equal(t, n&^63, done)
		} else {
			require.Zero(t, done)
		}
		for i := range done {
			want := int(sums[i]) < 32*size && finals(memo).at(sums[i]) == 1
			require.Equal(t, want, mask[i/64]>>(i%64)&1 == 1, "round %d, row %d", round, i)
		}
		require.Equal(t, bad < 0 || bad >= done || int(sums[bad]) < 32*size, ok)

		if !f.has(loopWiden) {
			continue
		}
		var buf [blockRows]uint32
		for i, got := range widened(f, &buf, cast[uint16](indices.of(2*n, front))) {
			require.EqualValues(t, cast[uint16](indices.of(2*n, front))[i], got)
		}
		for i, got := range widened(f, &buf, cast[int8](indices.of(n, front))) {
			require.Equal(t, uint32(cast[int8](indices.of(n, front))[i]), got)
		}
		for i, got := range widened(f, &buf, cast[uint64](indices.of(8*n, front))) {
			require.Equal(t, uint32(min(cast[uint64](indices.of(8*n, front))[i], math.MaxUint32)), got)
		}
	}
}
