package batch

import (
	"bytes"
	"context"
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/randrecords"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
)

// leftovers is how many random records TestNothingIsLeftOver filters.
var leftovers = flag.Int("leftovers", 1500, "random records to search for what is left over")

// leftoversSeed makes them others, so that two processors can search.
var leftoversSeed = flag.Uint64("leftovers-seed", 22, "seed of the random records")

// TestNothingIsLeftOver filters random records of random types that hold a
// secret wherever no visible value is (S3). What comes out has the right rows,
// holds nothing but them, in any buffer or as IPC, and says so whatever memory
// it was copied to.
func TestNothingIsLeftOver(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, *leftoversSeed))
	var handedOn, cleaned int
	for round := range *leftovers {
		var types []arrow.DataType
		for range 1 + rnd.IntN(3) {
			types = append(types, randrecords.Type(rnd, rnd.IntN(5), randrecords.Any))
		}
		rec, visible := randrecords.Record(rnd, types)
		p := predicate.In(randrecords.Column, randrecords.Ours)
		if countTrue(visible) == len(visible) && rnd.IntN(2) == 0 {
			p = predicate.All()
		}
		mem := memory.NewCheckedAllocator(dirty{memory.DefaultAllocator})
		off := []path{0, pathWide, pathVector}[rnd.IntN(3)]
		f, err := Bind(p, rec.Schema(), &Options{Allocator: mem, off: off})
		require.NoError(t, err)
		got, err := f.Apply(rec)
		require.NoError(t, err, "round %d: %s", round, rec.Schema())

		requireRows(t, rec, visible, got)
		left := batchtest.Leftovers(got)
		if len(left) > 0 {
			require.Empty(t, left[0].String(), "round %d: %s", round, rec.Schema())
		}
		require.Empty(t, batchtest.Find(got, []byte(randrecords.Secret)))
		if text, ok := asIPC(got); ok {
			require.NotContains(t, text, randrecords.Secret, "round %d: %s", round, rec.Schema())
		}
		if got == rec {
			handedOn++
		}
		if len(batchtest.Leftovers(rec)) > 0 {
			cleaned++
		}
		// A result is fit to be filtered again.
		again, err := f.Apply(got)
		require.NoError(t, err)
		require.Empty(t, batchtest.Leftovers(again))
		require.Equal(t, got.NumRows(), again.NumRows())
		again.Release()
		got.Release()
		mem.AssertSize(t, 0)
	}
	require.Greater(t, cleaned, *leftovers/2, "the records must have something to leave behind")
}

// requireRows compares rows by an oracle that knows nothing of copies.
func requireRows(t *testing.T, rec arrow.Record, visible []bool, got arrow.Record) {
	t.Helper()
	require.EqualValues(t, countTrue(visible), got.NumRows())
	for i, c := range rec.Columns() {
		row := 0
		for k, ok := range visible {
			if ok {
				if want, is := randrecords.Text(c, k), randrecords.Text(got.Column(i), row); is != want {
					require.Equal(t, want, is, "column %s, row %d", c.DataType(), k)
				}
				row++
			}
		}
	}
}

func countTrue(list []bool) (n int) {
	for _, ok := range list {
		if ok {
			n++
		}
	}
	return n
}

// asIPC returns a record as an IPC stream, false if v15 cannot write it.
func asIPC(rec arrow.Record) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(rec.Schema()))
	err := w.Write(rec)
	return b.String(), err == nil && w.Close() == nil
}

// TestFrontsAreCut filters the first rows of larger records, all of them
// visible, of every flat type: nothing is copied, and no buffer reaches further.
func TestFrontsAreCut(t *testing.T) {
	ctx := context.Background()
	rnd := rand.New(rand.NewPCG(23, 24))
	for _, dt := range append(otherTypes(), textLayouts()...) {
		whole := randomArray(t, memory.DefaultAllocator, rnd, dt, 40, 0, 0)
		schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: dt, Nullable: true}}, nil)
		rec := array.NewRecord(schema, []arrow.Array{whole}, 40)
		f, err := Bind(predicate.All(), schema, nil)
		require.NoError(t, err)
		var parts []arrow.Record
		for _, n := range []int64{0, 1, 9, 40} {
			parts = append(parts, rec.NewSlice(0, n))
		}
		for i, part := range parts {
			got, err := f.Apply(part)
			require.NoError(t, err)
			require.Empty(t, batchtest.Leftovers(got), "%s: the first rows, %d", dt, i)
		}
		r, err := array.NewRecordReader(schema, parts)
		require.NoError(t, err)
		for got, err := range f.Records(ctx, r) {
			require.NoError(t, err)
			require.Empty(t, batchtest.Leftovers(got), dt)
		}
	}
}
