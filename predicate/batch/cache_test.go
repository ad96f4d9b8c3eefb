package batch

import (
	"fmt"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

func region(dt arrow.DataType, more ...arrow.Field) *arrow.Schema {
	return arrow.NewSchema(append([]arrow.Field{{Name: "Region", Type: dt}}, more...), nil)
}

// TestCacheShares asks for many filters of few predicates, from many
// goroutines.
func TestCacheShares(t *testing.T) {
	var c Cache
	schema := region(arrow.BinaryTypes.String)
	const viewers, distinct = 20_000, 100
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range viewers / 4 {
				value := fmt.Sprint("region ", (i+worker)%distinct)
				// Each viewer's predicate is made anew, and not always alike.
				p := predicate.Or(predicate.In("Region", value), predicate.In("Region", value, "shared"))
				f, err := c.Bind(p, schema)
				if err != nil || !f.Predicate().Equal(p) {
					t.Errorf("%v: %v", f.Predicate(), err)
					return
				}
			}
		})
	}
	wg.Wait()
	stats := c.Stats()
	require.EqualValues(t, distinct, stats.Misses, "one compilation a predicate")
	require.EqualValues(t, viewers-distinct, stats.Hits)
	require.Equal(t, distinct, stats.Filters)
	require.InDelta(t, 0.995, stats.HitRatio(), 1e-9)
	require.Zero(t, stats.Evicted)
	require.Positive(t, stats.Bytes)
}

// TestCacheKeepsApart asks for what must not be shared.
func TestCacheKeepsApart(t *testing.T) {
	var c Cache
	str, dict := arrow.BinaryTypes.String, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	seen := make(map[*Filter]bool)
	for _, schema := range []*arrow.Schema{region(str), region(dict), region(str, arrow.Field{Name: "x", Type: str}), region(str, arrow.Field{Name: "y", Type: str})} {
		for _, p := range []predicate.Predicate{{}, predicate.All(), predicate.In("Region", "US"), predicate.In("Region", "EMEA"), predicate.HasValue("Region")} {
			f, err := c.Bind(p, schema)
			require.NoError(t, err)
			require.False(t, seen[f], "%v on %v has the filter of another", p, schema)
			seen[f] = true
			again, err := c.Bind(p, region(schema.Field(0).Type, schema.Fields()[1:]...))
			require.NoError(t, err)
			require.Same(t, f, again)
		}
	}
	require.Equal(t, 20, c.Stats().Filters)
}

func TestCacheForgets(t *testing.T) {
	schema := region(arrow.BinaryTypes.String)
	one, err := Bind(predicate.In("Region", "0"), schema, nil)
	require.NoError(t, err)
	c := Cache{MaxBytes: 3 * one.Size()}
	bind := func(i int) {
		f, err := c.Bind(predicate.In("Region", fmt.Sprint(i)), schema)
		require.NoError(t, err)
		require.Equal(t, one.Size(), f.Size())
	}
	for i := range 3 {
		bind(i)
	}
	bind(0) // used again, so 1 is the oldest
	bind(3)
	stats := c.Stats()
	require.EqualValues(t, 1, stats.Evicted)
	require.Equal(t, 3, stats.Filters)
	require.LessOrEqual(t, stats.Bytes, c.MaxBytes)
	misses := stats.Misses
	bind(0)
	require.Equal(t, misses, c.Stats().Misses)
	bind(1)
	require.Equal(t, misses+1, c.Stats().Misses)

	// What alone is too large is compiled and not kept.
	tight := Cache{MaxBytes: 1}
	f, err := tight.Bind(predicate.All(), schema)
	require.NoError(t, err)
	require.NotNil(t, f)
	require.Zero(t, tight.Stats().Filters)
	require.Zero(t, tight.Stats().Bytes)
	require.Empty(t, tight.entries)
}

// TestCacheCountsMemos lets filters remember a dictionary each, which takes more
// than the filters themselves.
func TestCacheCountsMemos(t *testing.T) {
	values := make([]cell, 5000)
	for i := range values {
		values[i] = cell{fmt.Sprint("value ", i), true}
	}
	table := textTable{names: []string{"Region"}, cells: [][]cell{values}}
	rec := table.record(memory.DefaultAllocator, textLayouts()[5:6], 0, 0)
	c := Cache{MaxBytes: 100_000}
	for i := range 200 {
		for range 2 {
			f, err := c.Bind(predicate.In("Region", fmt.Sprint("value ", i%20)), rec.Schema())
			require.NoError(t, err)
			n, err := f.Count(rec)
			require.NoError(t, err)
			require.Equal(t, 1, n)
		}
		require.LessOrEqual(t, c.Stats().Bytes, c.MaxBytes+30_000, "one filter's memo is counted when it is used again")
	}
	require.Positive(t, c.Stats().Evicted)
}

func TestCacheErrors(t *testing.T) {
	var c Cache
	for range 2 {
		f, err := c.Bind(predicate.In("Gone", "US"), region(arrow.BinaryTypes.String))
		require.ErrorIs(t, err, ErrNoColumn)
		require.Nil(t, f)
	}
	_, err := c.Bind(predicate.All(), nil)
	require.ErrorIs(t, err, ErrSchema)
	require.Zero(t, c.Stats().Filters)
	require.EqualValues(t, 2, c.Stats().Misses)
	require.Zero(t, (CacheStats{}).HitRatio())
}

// TestSize checks that the size of a filter follows what it holds.
func TestSize(t *testing.T) {
	rec := textTable{names: []string{"a", "b", "c"}, cells: make([][]cell, 3)}.record(memory.DefaultAllocator, textLayouts()[:3], 0, 0)
	values := make([]string, 10_000)
	for i := range values {
		values[i] = fmt.Sprintf("value %05d", i)
	}
	small, err := Bind(predicate.In("a", values[:10]...), rec.Schema(), nil)
	require.NoError(t, err)
	large, err := Bind(predicate.In("a", values...), rec.Schema(), nil)
	require.NoError(t, err)
	require.Greater(t, large.Size(), int64(20*len(values)))
	require.Less(t, large.Size(), int64(60*len(values)))
	require.Less(t, small.Size(), int64(8000))
	var f *Filter
	require.Zero(t, f.Size())
}
