//go:build linux

package batch

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHostilePairs decides rows of two and three dictionaries, row by row and in one
// loop, with indices that lead out and with nulls, on buffers that nothing lies around.
func TestHostilePairs(t *testing.T) {
	for _, f := range allForms() {
		t.Run(formNames[f], func(t *testing.T) { hostilePairs(t, f) })
	}
}

func hostilePairs(t *testing.T, f form) {
	rng := rand.New(rand.NewPCG(101, 102))
	var indices, memos [3]walled
	for i := range indices {
		indices[i], memos[i] = newWalled(t, 4096), newWalled(t, 4096*4)
	}
	words, bitmaps := newWalled(t, 4096), newWalled(t, 4096)
	visible, refused := 0, 0
	for round := range 4000 {
		front := round%2 == 0
		columns := 2 + rng.IntN(2)
		n := []int{1, 63, 64, 65, 128, 200, 512}[rng.IntN(7)]
		classes := [3]int{1 + rng.IntN(6), 1 + rng.IntN(70), 1 + rng.IntN(70)}
		sizes := [3]int{[]int{1, 2, 7, 8, 9, 15, 16, 17, 40}[rng.IntN(9)], []int{1, 2, 5, 31, 32, 33, 64}[rng.IntN(7)], 1 + rng.IntN(1000)}

		// The codes of the first column are where the states of a step begin.
		stride := classes[1]
		if columns == 2 {
			stride = finalStride(stride)
		}
		tab := &table{form: f}
		finalBits := (classes[0] + 1) * finalStride(classes[1])
		if columns == 3 {
			last := finalStride(classes[2])
			next := make([]uint32, classes[0]*stride)
			for i := range next {
				next[i] = uint32(rng.IntN(5) * last)
			}
			tab.steps = append(tab.steps, step{next: next})
			finalBits = 5 * last
		}
		final := newFinals(finalBits)
		for i := range finalBits {
			if rng.IntN(3) == 0 {
				final.set(i)
			}
		}
		tab.steps = append(tab.steps, step{final: final})

		open := make([]codes, columns)
		dicts := make([]*dict[int32], columns)
		for c := range dicts {
			memo := cast[uint32](memos[c].of(4*sizes[c], front))
			code := func() uint32 {
				if c == 0 {
					return uint32(rng.IntN(classes[0]) * stride)
				}
				return uint32(rng.IntN(classes[c]))
			}
			for i := range memo {
				memo[i] = code()
			}
			d := &dict[int32]{indices: cast[int32](indices[c].of(4*n, front)), memo: memo, null: code(), form: f}
			for i := range d.indices {
				d.indices[i] = int32(rng.IntN(sizes[c]))
			}
			open[c], dicts[c] = d, d
		}
		wrong := rng.IntN(3) == 0
		if wrong {
			c := rng.IntN(columns)
			bad := []int64{int64(sizes[c]), int64(sizes[c]) + 1, -1, math.MinInt32, math.MaxInt32, 1 << 20}[rng.IntN(6)]
			dicts[c].indices[rng.IntN(n)] = int32(bad)
		}
		if rng.IntN(2) == 0 {
			d := dicts[rng.IntN(columns)]
			d.bit = rng.IntN(9)
			d.valid = bitmaps.of((d.bit+n+7)/8, front)
			for i := range d.valid {
				d.valid[i] = byte(rng.Uint32() | rng.Uint32())
			}
		}

		var w dictWalk
		w.open(tab, 1<<20, open)
		if sizes[0]*powerOfTwo(sizes[1]) > maxPairs {
			require.Zero(t, w.n)
			continue
		}
		require.Equal(t, columns, w.n)
		mask := cast[uint64](words.of(8*maskWords(n), front))
		ok := w.walk(tab, 0, n, mask)
		require.Equal(t, !wrong, ok, "round %d: an index that leads out", round)
		if !ok {
			refused++
			continue
		}
		for i := range n {
			at := dicts[0].codeOf(i, isNull(dicts[0], i)) + dicts[1].codeOf(i, isNull(dicts[1], i))
			if columns == 3 {
				at = tab.steps[0].next[at] + dicts[2].codeOf(i, isNull(dicts[2], i))
			}
			require.Equal(t, final.at(at), mask[i/64]>>(i%64)&1, "round %d, row %d of %d, sizes %d", round, i, n, sizes)
		}
		require.Zero(t, mask[len(mask)-1]>>((n-1)&63)>>1, "rows behind the last")
		for _, word := range mask {
			visible += bits.OnesCount64(word)
		}
	}
	require.Greater(t, visible, 50_000)
	require.Greater(t, refused, 500)
}

func isNull(d *dict[int32], row int) bool { return d.valid != nil && !bitAt(d.valid, d.bit+row) }

// TestHostileShown decides rows of one dictionary by a byte a value.
func TestHostileShown(t *testing.T) {
	rng := rand.New(rand.NewPCG(103, 104))
	indices, table, words := newWalled(t, 4096), newWalled(t, 8192), newWalled(t, 4096)
	for _, f := range allForms() {
		if f == formAVX512 {
			continue // has bits instead
		}
		for round := range 2000 {
			front := round%2 == 0
			n, size := []int{1, 3, 4, 5, 63, 64, 65, 128, 200}[rng.IntN(9)], 1+rng.IntN(1+rng.IntN(5000))
			d := &dict[int32]{indices: cast[int32](indices.of(4*n, front)), shown: table.of(size, front), memo: make([]uint32, size), form: f}
			for i := range d.shown {
				d.shown[i] = byte(rng.IntN(2))
			}
			for i := range d.indices {
				d.indices[i] = int32(rng.IntN(size))
			}
			wrong := rng.IntN(3) == 0
			if wrong {
				d.indices[rng.IntN(n)] = []int32{int32(size), -1, math.MinInt32, math.MaxInt32}[rng.IntN(4)]
			}
			mask := cast[uint64](words.of(8*maskWords(n), front))
			require.Equal(t, !wrong, d.bits(mask, 0, n))
			for i := 0; i < n && !wrong; i++ {
				require.EqualValues(t, d.shown[d.indices[i]], mask[i/64]>>(i%64)&1, "%s, round %d, row %d", formNames[f], round, i)
			}
		}
	}
}

// TestHostileMembers decides rows of texts by a large set alone, as bits and as codes, with
// offsets that lead anywhere, on buffers that nothing lies around.
func TestHostileMembers(t *testing.T) {
	rng := rand.New(rand.NewPCG(111, 112))
	data, near := newWalled(t, 8192), newWalled(t, 4096)
	members, refused := 0, 0
	for _, values := range [][]string{manyTexts(300), append(manyTexts(100), "a value that is long")} {
		b := newBuilder(new(draft), len(values))
		codes := make([]uint32, len(values))
		for i, v := range values {
			b.add(v)
			codes[i] = 1
		}
		l := newLookup(new(draft), b, codes)
		l.seal()
		require.True(t, l.same)
		for round := range 3000 {
			front := round%2 == 0
			n := []int{1, 8, 63, 64, 65, 128, 200}[rng.IntN(7)]
			texts := make([]string, n)
			for i := range texts {
				texts[i] = []string{"t17", "t99", "t299", "t1\x00", "", "a value that is long", "a value that is lonf", "x"}[rng.IntN(8)]
			}
			texts = append(texts, "the end, which is no value")
			joined, at := strings.Join(texts, ""), 0
			bytes, offsets := data.of(len(joined), front), cast[int32](near.of(4*(n+2), front))
			copy(bytes, joined)
			for i, s := range texts {
				offsets[i] = int32(at)
				at += len(s)
			}
			n++
			offsets[n] = int32(at)
			if rng.IntN(3) == 0 {
				i := rng.IntN(n + 1)
				offsets[i] = int32(badOffset(rng, len(joined), int(offsets[i])))
			}
			p := &plain[int32]{lookup: l, offsets: offsets, data: bytes}
			if rng.IntN(2) == 0 {
				p.valid, p.bit = make([]byte, n/8+2), rng.IntN(8)
				for i := range p.valid {
					p.valid[i] = byte(rng.Uint32() | rng.Uint32())
				}
			}
			want, outside := outcome(func() []uint32 {
				dst := make([]uint32, n)
				require.NoError(t, p.read(dst, 0))
				return dst
			})
			got, also := outcome(func() []uint32 {
				mask := make([]uint64, maskWords(n))
				require.True(t, p.bits(mask, 0, n))
				dst := make([]uint32, n)
				for i := range dst {
					dst[i] = uint32(mask[i/64] >> (i % 64) & 1)
				}
				require.Zero(t, mask[len(mask)-1]>>((n-1)&63)>>1, "rows behind the last")
				return dst
			})
			require.Equal(t, outside, also, "round %d: %d of %d", round, offsets, len(joined))
			require.Equal(t, want, got, "round %d: %d", round, offsets)
			for _, code := range got {
				members += int(code)
			}
			if outside {
				refused++
			}
		}
	}
	require.Greater(t, members, 50_000)
	require.Greater(t, refused, 300)
}

// TestRank compares new numbers with those of a list, on buffers that nothing lies
// around.
func TestRank(t *testing.T) {
	rng := rand.New(rand.NewPCG(105, 106))
	rows, words := newWalled(t, 8192), newWalled(t, 2048)
	for _, f := range allForms() {
		for round := range 500 {
			front := round%2 == 0
			n, size := rng.IntN(300), 1+rng.IntN(10_000)
			mask := cast[uint64](words.of(8*maskWords(size), front))
			clear(mask)
			indices := cast[uint32](rows.of(4*n, front))
			for i := range indices {
				indices[i] = rng.Uint32N(uint32(size))
				mask[indices[i]/64] |= 1 << (indices[i] % 64)
			}
			was := append([]uint32(nil), indices...)
			g := &gatherer{form: f}
			kept := ofMask(mask, &g.arena)
			rankAll(g, indices, nil, mask)
			for i, k := range indices {
				require.Equal(t, was[i], kept.eachRow()[k], "%s, round %d", formNames[f], round)
			}
		}
	}
}

// TestRising: offsets that decrease or are negative at any place are found.
func TestRising(t *testing.T) {
	if !bestForm().has(loopRising) {
		t.Skip("this processor or build has no vectors")
	}
	rng := rand.New(rand.NewPCG(107, 108))
	memory := newWalled(t, 4096)
	for round := range 3000 {
		n := 1 + rng.IntN(70)
		offsets := cast[int32](memory.of(4*n, round%2 == 0))
		for i := range offsets {
			offsets[i] = int32(rng.IntN(4))
			if i > 0 {
				offsets[i] += offsets[i-1]
			}
		}
		require.True(t, vectorRising(offsets))
		if n == 1 {
			continue
		}
		last := offsets[n-1]
		offsets[n-1] = -1 - rng.Int32N(math.MaxInt32) // alone, as no other is compared with it but the one before
		require.False(t, vectorRising(offsets), "%d", offsets)
		offsets[n-1] = last
		i := rng.IntN(n - 1)
		offsets[i] = offsets[i+1] + 1
		require.False(t, vectorRising(offsets), "%d, place %d", offsets, i)
		offsets[i] = -1 - rng.Int32N(math.MaxInt32)
		require.False(t, vectorRising(offsets), "%d, place %d", offsets, i)
		for k := range offsets[i:] { // all from there on, rising
			offsets[i+k] = math.MinInt32 + int32(k)
		}
		require.False(t, vectorRising(offsets), "%d, place %d", offsets, i)
	}
}
