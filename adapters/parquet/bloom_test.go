package parquet_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/predicate"
)

// TestBloomFilters: the filters of the library have every value, and ours reads
// them as the library does.
func TestBloomFilters(t *testing.T) {
	rec := tenants(t, 30)
	defer rec.Release()
	for name, props := range map[string][]v18pq.WriterProperty{
		"fixed":      {v18pq.WithBloomFilterEnabled(true), v18pq.WithMaxBloomFilterBytes(64 << 10)},
		"adaptive":   {v18pq.WithBloomFilterEnabled(true), v18pq.WithAdaptiveBloomFilterEnabled(true)},
		"plain":      {v18pq.WithBloomFilterEnabled(true), v18pq.WithDictionaryDefault(false), v18pq.WithMaxBloomFilterBytes(64)},
		"2 MiB":      {v18pq.WithBloomFilterEnabled(true), v18pq.WithMaxBloomFilterBytes(2 << 20)}, // is never read as a whole
		"fallback":   append(tooLarge, v18pq.WithBloomFilterEnabled(true), v18pq.WithMaxBloomFilterBytes(4<<10)),
		"dictionary": {v18pq.WithBloomFilterEnabled(true), v18pq.WithBloomFilterNDV(30)},
	} {
		b := fileOf(t, rec, 10_000, props...)
		for c, col := range map[int]*array.String{0: rec.Column(0).(*array.String), 2: rec.Column(2).(*array.String)} {
			mayHold, exists := parquet.Bloom(section(b), 0, c)
			require.True(t, exists, name)
			for i := range col.Len() {
				require.True(t, mayHold(col.Value(i)), "%s: column %d, row %d", name, c, i)
			}
			sameAsLibrary(t, b, 0, c)
		}
	}
}

// A bloom filter by another writer.
func TestBloomFilterOfAnotherWriter(t *testing.T) {
	path := realdata.Path(t, "data", "5_conformance", "parquet-testing", "data_index_bloom_encoding_stats.parquet")
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	r := open(t, b, nil)
	defer r.Release()
	require.True(t, r.Next())
	values := r.Record().Column(0).(*array.String)
	require.NotZero(t, values.Len())
	mayHold, exists := parquet.Bloom(section(b), 0, 0)
	require.True(t, exists)
	for i := range values.Len() {
		require.True(t, mayHold(values.Value(i)), "%q is there", values.Value(i))
	}
	sameAsLibrary(t, b, 0, 0)
	yes := 0
	for i := range 1000 {
		if mayHold(fmt.Sprint("absent ", i)) {
			yes++
		}
	}
	require.Less(t, yes, 100, "of a thousand values that are not there")
	require.True(t, skips(t, b, predicate.In("String", "absent", "Hello?")))
	require.False(t, skips(t, b, predicate.In("String", values.Value(0))))
}

// TestBloomFiltersThatLie about their place and size say nothing.
func TestBloomFiltersThatLie(t *testing.T) {
	b := oneText(t, `["b", "c"]`, v18pq.WithStats(false), v18pq.WithDictionaryDefault(false), v18pq.WithBloomFilterEnabled(true), v18pq.WithMaxBloomFilterBytes(64))
	absent := predicate.In("t", "absent")
	require.True(t, skips(t, b, absent), "an honest filter")
	m, err := parquet.ReadFooter(section(b), 1<<30)
	require.NoError(t, err)
	honest := m.RowGroups[0].Columns[0].MetaData.GetBloomFilterOffset()
	for _, at := range []int64{-1 << 62, -1, 0, 1, 4, int64(len(b)) - 1, int64(len(b)), 1 << 40, 1 << 62} {
		require.False(t, skips(t, withFooter(t, b, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.BloomFilterOffset = &at
		}), absent), "at %d", at)
	}
	require.True(t, skips(t, withFooter(t, b, func(m *metadata.FileMetaData) {
		n := int32(1 << 30) // for which the library would allocate
		m.RowGroups[0].Columns[0].MetaData.BloomFilterLength = &n
	}), absent), "the length is not used")
	// Each byte of the header changed in turn.
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for i := range int64(16) {
		for _, v := range []byte{0x00, 0x7f, 0x80, 0xff} {
			bad := bytes.Clone(b)
			bad[honest+i] = v
			r := openOn(t, mem, bad, &parquet.Options{Prune: &absent})
			count(r)
			require.NoError(t, r.Err())
			r.Release()
		}
	}
}

func FuzzBloomHeader(f *testing.F) {
	f.Add([]byte{0x15, 0x80, 0x01, 0x1c, 0x1c, 0x00, 0x00, 0x1c, 0x1c, 0x00, 0x00, 0x1c, 0x1c, 0x00, 0x00, 0x00})
	f.Add([]byte{0x15, 0x80, 0x01, 0x1c, 0x2c, 0x00, 0x00, 0x00}) // an unknown algorithm
	f.Fuzz(func(t *testing.T, b []byte) {
		header, size, err := parquet.ParseBloomHeader(b)
		if err == nil && size != 0 {
			require.LessOrEqual(t, header, int64(len(b)))
			require.GreaterOrEqual(t, header, int64(15), "three unions with a member and a size")
		}
	})
}
