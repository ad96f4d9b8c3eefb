package parquet_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/testkit/judge"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// TestDamage damages Parquet files and asks another reader: whatever comes out
// of a filter is what that reader reads, filtered. ROWSIGHT_DAMAGE says how many.
func TestDamage(t *testing.T) {
	n := judge.Cases(t, 2500)
	rng := rand.New(rand.NewPCG(23, 24))
	j := judge.Start(t, "region", "US")
	sources := damagedSources(t)
	mixed := sales(40)
	sources["ours"] = file(t, &parquet.WriterOptions{RowGroupRows: 15}, mixed)
	sources["ours, plain"] = file(t, &parquet.WriterOptions{Compression: parquet.Uncompressed}, mixed)
	var names []string
	for name, whole := range sources {
		ours, err := damagedRows(whole)
		require.NoError(t, err, name)
		v, why := j.Ask('p', whole, ours)
		require.Equal(t, judge.Equal, v, "%s, whole: %s", name, why)
		names = append(names, name)
	}
	slices.Sort(names)
	for range n {
		name := names[rng.IntN(len(names))]
		whole := sources[name]
		from := 0
		if rng.IntN(2) > 0 { // the footer
			from = len(whole) - 8 - int(uint32(whole[len(whole)-8])|uint32(whole[len(whole)-7])<<8)
		}
		b, what := judge.Damage(rng, whole, from)
		j.Try(t, 'p', name+": "+what, b, damagedRows)
	}
	j.Finish(t)
}

// damagedRows returns a stream of the visible rows of a file.
func damagedRows(b []byte) ([]byte, error) {
	r, err := parquet.NewReader(section(b), &parquet.Options{MaxBatchBytes: hostileBytes})
	if err != nil {
		return nil, err
	}
	defer r.Release()
	f, err := batch.Bind(predicate.In("region", "US"), r.Schema(), &batch.Options{Allocator: memory.DefaultAllocator})
	if err != nil {
		return nil, err
	}
	return judge.Visible(r, f.Apply)
}
