package parquet_test

import (
	"math/rand/v2"
	"testing"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate"
)

// TestLateWindows: values that are not held are decoded by every window that has rows of
// their page, so a page with the visible rows of many windows is read once, with its row group
// as a whole. A page with few visible rows is not, however long it is.
func TestLateWindows(t *testing.T) {
	rec := gatheredTable(t, rand.New(rand.NewPCG(6, 16)), 2000)
	defer rec.Release()
	b := fileOf(t, rec, 2000, v18pq.WithDictionaryDefault(false)) // one page of each column
	for _, tt := range []struct {
		reason  string
		p       predicate.Predicate
		batch   int
		held    int64
		gathers bool
	}{
		{"many windows of most rows, nothing held", predicate.HasValue("c0"), 20, -1, false},
		{"many windows of most rows, few columns held", predicate.HasValue("c0"), 20, 20_000, false},
		{"many windows of most rows, held", predicate.HasValue("c0"), 20, 0, true},
		{"few windows of most rows", predicate.HasValue("c0"), 500, -1, true},
		{"few visible rows of a long page", predicate.In("c1", "tenant-7", "tenant-500"), 20, -1, true},
	} {
		opts := parquet.Options{Prune: &tt.p, BatchRows: tt.batch}
		opts.Hold(tt.held)
		r := open(t, b, &opts)
		require.True(t, r.Gathers(), tt.reason)
		require.True(t, r.Next(), tt.reason)
		require.Equal(t, tt.gathers, r.Gathers(), tt.reason)
		r.Release()
		want, _, err := visibleJSON(t, b, tt.p, parquet.Whole(opts))
		require.NoError(t, err, tt.reason)
		got, _, err := visibleJSON(t, b, tt.p, &opts)
		require.NoError(t, err, tt.reason)
		require.Equal(t, lines(want), lines(got), tt.reason)
	}
}
