package batch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// TestDraft builds tables from a draft full of what others left in it, ruins it
// afterwards, and compares with Match: a table neither reads what it did not
// write nor keeps anything of the draft.
func TestDraft(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 7))
	d := new(draft)
	pool := make([]string, 40)
	for i := range pool {
		pool[i] = fmt.Sprintf("%0*d", 1+rng.IntN(24), i)
	}
	visible, rows := 0, 0
	for round := range 200 {
		off := path(0)
		if round%4 == 0 {
			off = pathTable
		}
		boxes := make([]predicate.Predicate, 1+rng.IntN(80))
		for i := range boxes {
			box := predicate.HasValue("a")
			for k, name := range []string{"a", "b", "c"} {
				if rng.IntN(2) == 0 {
					box = predicate.And(box, predicate.In(name, pool[rng.IntN(40)], pool[rng.IntN(40)], pool[rng.IntN(40)]))
				} else if k == 0 && rng.IntN(3) > 0 {
					box = predicate.In("b", pool[rng.IntN(40)])
				}
			}
			boxes[i] = box
		}
		p := predicate.Or(boxes...)
		switch p.Op() {
		case predicate.OpNone, predicate.OpAll:
			continue // no box
		case predicate.OpOr:
			boxes = slices.Collect(p.Args())
		default:
			boxes = []predicate.Predicate{p}
		}
		d.ruin(rng)
		table := newTable(d, boxes, func(name string) int { return int(name[0] - 'a') }, &Options{off: off})
		d.ruin(rng)
		d.free()
		d = drafts.Get().(*draft)

		texts := randomTable(rng, 100, pool)
		rec := texts.record(memory.DefaultAllocator, textLayouts()[:3], 0, 0)
		mask := make([]uint64, maskWords(texts.rows()))
		require.NoError(t, (&plan{kind: planTable, table: table}).eval(rec, mask))
		for i := range texts.rows() {
			want := p.Match(texts.value(i))
			require.Equal(t, want, mask[i/64]>>(i%64)&1 != 0, "round %d, row %d of %v", round, i, p)
			if rows++; want {
				visible++
			}
		}
		rec.Release()
	}
	require.Greater(t, visible, rows/20)
	require.Less(t, visible, rows*19/20)
}

// ruin writes over all memory of d.
func (d *draft) ruin(rng *rand.Rand) {
	garbage := rng.Uint64()
	fill(&d.words, garbage)
	fill(&d.ids, uint32(garbage))
	fill(&d.numbers, int32(garbage))
	fill(&d.keys, key{garbage, garbage})
	fill(&d.members, member{int32(garbage), int32(garbage >> 32)})
	fill(&d.residues, residue{int32(garbage), int32(garbage >> 32)})
	fill(&d.buckets, bucketed{garbage, int(garbage >> 40)})
	fill(&d.sets, []uint32{uint32(garbage)})
	for i := range d.taken {
		d.taken[i] = uint8(garbage)
	}
}

func fill[T any](s *slab[T], garbage T) {
	for i := range s.free {
		s.free[i] = garbage
	}
}

// TestDraftForgets checks that no value of a rule stays in a draft, and that a
// large one does not stay for ever.
func TestDraftForgets(t *testing.T) {
	d := new(draft)
	for range 2 { // what does not fit is there the second time
		b := newBuilder(d, 100)
		for i := range 100 {
			b.add(fmt.Sprint("secret ", i))
		}
		keys := d.keys.free
		d.free()
		for _, k := range keys {
			require.Zero(t, k)
		}
	}
	require.NotEmpty(t, d.keys.free)
	newBuilder(d, 2*maxDraft)
	d.free()
	require.LessOrEqual(t, len(d.keys.free), maxDraft)

	d = new(draft)
	conditions := make([]predicate.Predicate, 20)
	for i := range conditions {
		conditions[i] = predicate.In("a", fmt.Sprint(i))
	}
	collect(d, conditions)
	d.reset()
	for _, set := range d.sets.free {
		require.Nil(t, set, "what a set points to may be large")
	}
}
