package eval

import (
	"math"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/query"
)

func listed(t *testing.T, rec arrow.Record, q query.Query, opts *Options) []string {
	t.Helper()
	got, err := ask(t, rec, q, opts)
	require.NoError(t, err)
	defer got.Release()
	require.Nil(t, got.Totals)
	texts := []string{}
	for i := range int(got.Rows.NumRows()) {
		texts = append(texts, got.Rows.Column(0).ValueStr(i))
	}
	return texts
}

// TestListPages: the pages of a table are all of its rows once, whatever the order
// of the rows and the size of a page. Equal rows stay as many as they are.
func TestListPages(t *testing.T) {
	rec := column(t, arrow.BinaryTypes.String, func(b array.Builder) {
		b.(*array.StringBuilder).AppendValues([]string{"b", "a", "", "b", "é", "B", "a", "b"}, []bool{true, true, false, true, true, true, true, true})
	})
	for _, tt := range []struct {
		reason string
		order  []query.Order
		want   []string
	}{
		{"by code point, NULL last", nil, []string{"B", "a", "a", "b", "b", "b", "é", array.NullValueStr}},
		{"descending, and NULL is still last", []query.Order{{By: "c", Desc: true}}, []string{"é", "b", "b", "b", "a", "a", "B", array.NullValueStr}},
	} {
		for size := int64(1); size <= 9; size++ {
			var pages []string
			for at := int64(0); at < 10; at += size {
				pages = append(pages, listed(t, rec, query.Query{Columns: []string{"c"}, Order: tt.order, Limit: size, Offset: at}, nil)...)
			}
			require.Equal(t, tt.want, pages, "%s, pages of %d", tt.reason, size)
		}
	}
	require.Empty(t, listed(t, rec, query.Query{Columns: []string{"c"}, Limit: 1, Offset: query.MaxRows}, nil), "a page behind the last row")
}

// TestListFloats: -0 is 0, and NaN is one number, the greatest.
func TestListFloats(t *testing.T) {
	odd := math.Float64frombits(math.Float64bits(math.NaN()) ^ 1 | 1<<63)
	rec := column(t, arrow.PrimitiveTypes.Float64, func(b array.Builder) {
		b.(*array.Float64Builder).AppendValues([]float64{odd, 0, math.Copysign(0, -1), math.Inf(1), -1.5}, nil)
	})
	got, err := ask(t, rec, query.Query{Columns: []string{"c"}, Limit: 10}, nil)
	require.NoError(t, err)
	defer got.Release()
	var bits []uint64
	for _, f := range got.Rows.Column(0).(*array.Float64).Float64Values() {
		bits = append(bits, math.Float64bits(f))
	}
	var want []uint64
	for _, f := range []float64{-1.5, 0, 0, math.Inf(1), math.NaN()} {
		want = append(want, math.Float64bits(f))
	}
	require.Equal(t, want, bits)
}

// TestListMemory: a page takes memory for the rows up to its end, and not for all
// rows of the dataset.
func TestListMemory(t *testing.T) {
	rec := column(t, arrow.PrimitiveTypes.Int64, func(b array.Builder) {
		for i := range 100_000 { // each row is the new first one
			b.(*array.Int64Builder).Append(int64(-i))
		}
	})
	small := &Options{MaxBytes: 64 << 10}
	require.Equal(t, []string{"-99989", "-99988"}, listed(t, rec, query.Query{Columns: []string{"c"}, Limit: 2, Offset: 10}, small))
	_, err := ask(t, rec, query.Query{Columns: []string{"c"}, Limit: 2, Offset: 10_000}, small)
	require.ErrorIs(t, err, ErrMemory)
	top := query.Query{Columns: []string{"c"}, Limit: 2, Filters: []query.Filter{query.Top{Column: "c", N: 3, By: query.Measure{Func: query.Count}}}}
	_, err = ask(t, rec, top, small)
	require.ErrorIs(t, err, ErrMemory, "a top list needs all rows")
	require.Equal(t, []string{"-99999", "-99998"}, listed(t, rec, top, nil))
}
