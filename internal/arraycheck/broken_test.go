package arraycheck_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/arraycheck"
	"github.com/rowsight/rowsight/internal/arraycheck/broken"
)

// eachBroken yields every malformed array, plain and inside every layout and
// every two of them, with its name and whether anything is around it.
func eachBroken(f func(name, reason string, a arrow.Array)) {
	yield := func(name, reason string, d arrow.ArrayData) {
		if a, ok := broken.Make(d); ok {
			f(name, reason, a)
		}
	}
	for _, b := range broken.Arrays() {
		yield(b.Name, b.Reason, b.Data)
		for outer, in := range broken.Inside(b.Data) {
			yield(b.Name+" in "+outer, b.Reason, in)
			for outermost, in := range broken.Inside(in) {
				yield(b.Name+" in "+outer+" in "+outermost, b.Reason, in)
			}
		}
	}
}

// TestBroken: what is malformed is refused wherever it is, as a record and as
// an array; what is not is refused nowhere.
func TestBroken(t *testing.T) {
	n := 0
	eachBroken(func(name, reason string, a arrow.Array) {
		n++
		require.ErrorIs(t, arraycheck.Array(a.Data()), arraycheck.ErrMalformed, "%s: %s", name, reason)
		schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: a.DataType(), Nullable: true}}, nil)
		rec := array.NewRecord(schema, []arrow.Array{a}, broken.Rows)
		require.ErrorIs(t, arraycheck.Validate(rec), arraycheck.ErrMalformed, "%s: %s", name, reason)
	})
	require.Greater(t, n, 10000)
}

func TestWhole(t *testing.T) {
	whole := record(0, 1, 1, 2, 3).Column(0).Data()
	for outer, in := range broken.Inside(whole) {
		require.NoError(t, arraycheck.Array(in), outer)
		for outermost, in := range broken.Inside(in) {
			require.NoError(t, arraycheck.Array(in), "%s in %s", outer, outermost)
		}
	}
}

// TestSlice: of a slice only what it reaches is looked at.
func TestSlice(t *testing.T) {
	for _, b := range broken.Arrays() {
		if b.Name != "utf8 offsets negative" { // in rows 0 and 1
			continue
		}
		for outer, in := range broken.Inside(b.Data) {
			if outer == "dictionary" || outer == "run_end_encoded" || outer == "extension" {
				continue
			}
			require.NoError(t, arraycheck.Array(array.NewSliceData(in, 2, 4)), outer)
			require.Error(t, arraycheck.Array(array.NewSliceData(in, 1, 4)), outer)
		}
		return
	}
	t.Fatal("no such array")
}
