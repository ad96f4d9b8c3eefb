package batch

import (
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/randrecords"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
)

// TestSelect selects rows of random records by random masks: with and without nulls, and
// slices of longer ones.
func TestSelect(t *testing.T) {
	rnd := rand.New(rand.NewPCG(51, 52))
	var some, none, all int
	for round := range 400 {
		var types []arrow.DataType
		for range 1 + rnd.IntN(3) {
			types = append(types, randrecords.Type(rnd, rnd.IntN(4), randrecords.Any))
		}
		rec, _ := randrecords.Record(rnd, types)
		n, front := int(rec.NumRows()), rnd.IntN(70)
		share := []int{0, 1, 2, 50, 1000}[rnd.IntN(5)]
		visible := make([]bool, n)
		b := array.NewBooleanBuilder(memory.DefaultAllocator)
		for i := range front + n + 9 {
			set, null := rnd.IntN(1000) < share*share, rnd.IntN(4) == 0 && round%2 == 0
			if share == 1000 {
				set, null = true, false
			}
			if null {
				b.AppendNull()
			} else {
				b.Append(set)
			}
			if i >= front && i < front+n {
				visible[i-front] = set && !null
			}
		}
		whole := b.NewBooleanArray()
		mask := array.NewSlice(whole, int64(front), int64(front+n)).(*array.Boolean)
		mem := memory.NewCheckedAllocator(dirty{memory.DefaultAllocator})
		got, err := Select(rec, mask, &Options{Allocator: mem, off: []path{0, pathWide, pathVector}[rnd.IntN(3)]})
		require.NoError(t, err)
		requireRows(t, rec, visible, got)
		require.Empty(t, batchtest.Leftovers(got), "round %d: %s", round, rec.Schema())
		switch countTrue(visible) {
		case 0:
			none++
		case n:
			all++
		default:
			some++
		}
		got.Release()
		mem.AssertSize(t, 0)
	}
	require.Greater(t, min(some, none, all), 20)
}

// TestSelectErrors: a mask that is not of the record selects nothing.
func TestSelectErrors(t *testing.T) {
	table := textTable{names: []string{"a"}, cells: [][]cell{{{"x", true}, {"y", true}}}}
	rec := table.record(memory.DefaultAllocator, []arrow.DataType{arrow.BinaryTypes.String}, 0, 0)
	defer rec.Release()
	f, err := Bind(predicate.In("a", "x"), rec.Schema(), nil)
	require.NoError(t, err)
	mask, err := f.Mask(rec)
	require.NoError(t, err)
	defer mask.Release()
	short := array.NewSlice(mask, 0, 1).(*array.Boolean)
	defer short.Release()
	for _, c := range []struct {
		reason string
		rec    arrow.Record
		mask   *array.Boolean
		want   string
	}{
		{"no record", nil, mask, "the record is nil"},
		{"no mask selects no row", rec, nil, "the mask is nil"},
		{"a mask of other rows", rec, short, "the mask has 1 bits, want one for each of 2 rows"},
	} {
		got, err := Select(c.rec, c.mask, nil)
		require.Nil(t, got, c.reason)
		require.ErrorIs(t, err, ErrSchema, c.reason)
		require.ErrorContains(t, err, c.want, c.reason)
	}
}
