package batch

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/arraycheck"
	"github.com/rowsight/rowsight/internal/arraycheck/broken"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
)

// TestNoRowVisible: of a record without a visible row nothing is read but what
// the predicate names, so a broken column is no error. What comes out is
// well-formed, of every type, and fit to be filtered and written.
func TestNoRowVisible(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	try := func(column arrow.Array, visible string) {
		rec := brokenRecord(visible, column)
		f, err := Bind(predicate.In("tenant", "x"), rec.Schema(), &Options{Allocator: mem})
		require.NoError(t, err)
		got, err := f.Apply(rec)
		require.NoError(t, err, column.DataType())
		defer got.Release()
		require.Zero(t, got.NumRows())
		require.True(t, rec.Schema().Equal(got.Schema()))
		require.NoError(t, arraycheck.Validate(got), column.DataType())
		require.Empty(t, batchtest.Leftovers(got), column.DataType())
		again, err := f.Apply(got)
		require.NoError(t, err)
		again.Release()
	}
	n := 0
	for _, b := range broken.Arrays() {
		for _, d := range append([]arrow.ArrayData{b.Data}, insides(b.Data)...) {
			if a, ok := broken.Make(d); ok {
				try(a, "....")
				n++
			}
		}
	}
	require.Greater(t, n, 100)
	rng := newRand(61)
	for _, dt := range damageTypes() {
		column := randomArray(t, memory.DefaultAllocator, rng, dt, 4, 0, 0)
		try(column, "....")
		try(array.NewSlice(column, 2, 2), "")
	}
}

// insides returns d inside of arrays of each nested type.
func insides(d arrow.ArrayData) (all []arrow.ArrayData) {
	for _, in := range broken.Inside(d) {
		all = append(all, in)
	}
	return all
}

// TestNullCountIsOurs: the null count of a flat column is that of the rows that
// are copied, whatever the input says. A wrong one is an error where the bitmap
// is read as a whole, and no row of it is trusted where it is not.
func TestNullCountIsOurs(t *testing.T) {
	const n = 640
	for reason, visible := range map[string]int{"few rows": 5, "many rows": 20} {
		bitmap, tenants := make([]byte, n/8), make([]byte, n)
		for i := range tenants {
			tenants[i] = '.'
		}
		for i := range visible {
			tenants[30*i] = 'x'
			if i%2 == 0 {
				bitmap[30*i/8] |= 1 << (30 * i % 8)
			}
		}
		wrong := array.NewData(arrow.PrimitiveTypes.Int64, n, []*memory.Buffer{memory.NewBufferBytes(bitmap), memory.NewBufferBytes(make([]byte, 8*n))}, nil, 7, 0)
		rec := brokenRecord(string(tenants), array.MakeFromData(wrong))
		f, err := Bind(predicate.In("tenant", "x"), rec.Schema(), nil)
		require.NoError(t, err)
		got, err := f.Apply(rec)
		if visible >= n/64 {
			require.ErrorIs(t, err, ErrMalformed, reason)
			continue
		}
		require.NoError(t, err, reason)
		require.Equal(t, visible/2, got.Column(1).NullN(), reason)
		require.NoError(t, arraycheck.Validate(got))
		for i := range visible {
			require.Equal(t, i%2 != 0, got.Column(1).IsNull(i), "%s: row %d", reason, i)
		}
	}
}
