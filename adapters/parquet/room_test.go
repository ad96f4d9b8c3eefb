package parquet_test

import (
	"fmt"
	"strings"
	"testing"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate"
)

// wideTexts has a column "tenant", whose rows are a and b in turn, and many more columns of text.
func wideTexts(columns, rows int, text func(i int) string) arrow.Record {
	fields, arrays := make([]arrow.Field, columns), make([]arrow.Array, columns)
	for c := range columns {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		for i := range rows {
			if c == 0 {
				b.Append([]string{"a", "b"}[i%2])
			} else {
				b.Append(text(i))
			}
		}
		fields[c], arrays[c] = arrow.Field{Name: fmt.Sprint("c", c), Type: arrow.BinaryTypes.String}, b.NewArray()
	}
	fields[0].Name = "tenant"
	return array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(rows))
}

// TestLateRoom: one long text in each of many columns makes no record take more than
// MaxBatchBytes, whatever the texts of the first page are like.
func TestLateRoom(t *testing.T) {
	const most, rows = 16 << 20, 4096
	rec := wideTexts(40, rows, func(i int) string { return strings.Repeat("x", 64<<10*max(0, 1-i)) })
	defer rec.Release()
	p := predicate.HasValue("tenant")
	for name, dictionary := range map[string]bool{"plain": false, "dictionary": true} {
		b := fileOf(t, rec, rows, v18pq.WithDictionaryDefault(dictionary), v18pq.WithCompression(compress.Codecs.Snappy), v18pq.WithBatchSize(64), v18pq.WithDataPageSize(1000))
		opts := parquet.Options{Prune: &p, BatchRows: rows, MaxBatchBytes: most}
		r := open(t, b, &opts)
		records := 0
		for r.Next() {
			records++
			require.True(t, r.Gathers(), name)
			size := 0
			for _, c := range r.Record().Columns() {
				for _, b := range c.Data().Buffers() {
					if b != nil {
						size += cap(b.Bytes())
					}
				}
			}
			require.LessOrEqual(t, size, most, name)
		}
		require.NoError(t, r.Err(), name)
		require.Equal(t, 1, records, "%s: all rows fit into one record", name)
		r.Release()
		want, _, err := visibleJSON(t, b, p, parquet.Whole(opts))
		require.NoError(t, err, name)
		got, _, err := visibleJSON(t, b, p, &opts)
		require.NoError(t, err, name)
		require.True(t, lines(want) == lines(got), name)
	}
}

// TestLateHeaders: pages are many, and the headers that are kept are not. Rows are the same.
func TestLateHeaders(t *testing.T) {
	const columns, rows = 5, 1 << 13
	rec := wideTexts(columns, rows, func(i int) string { return fmt.Sprint(i) })
	defer rec.Release()
	b := fileOf(t, rec, rows, v18pq.WithDictionaryDefault(false), v18pq.WithBatchSize(1), v18pq.WithDataPageSize(1))
	p := predicate.In("tenant", "a")
	opts := parquet.Options{Prune: &p, BatchRows: rows / 8}
	opts.Hold(-1)
	r := open(t, b, &opts)
	kept := 0
	for r.Next() {
		require.True(t, r.Gathers())
		kept = max(kept, r.Headers())
	}
	require.NoError(t, r.Err())
	r.Release()
	require.LessOrEqual(t, kept, parquet.MaxHeaders)
	require.Greater(t, kept, parquet.MaxHeaders*9/10)
	want, _, err := visibleJSON(t, b, p, parquet.Whole(opts))
	require.NoError(t, err)
	got, _, err := visibleJSON(t, b, p, &opts)
	require.NoError(t, err)
	require.True(t, lines(want) == lines(got))
}

// TestLateBehind: buffers of a record hold nothing of a hidden row, not even behind their values.
func TestLateBehind(t *testing.T) {
	const rows = 4000
	fields := []arrow.Field{{Name: "tenant", Type: arrow.BinaryTypes.String}, {Name: "note", Type: arrow.BinaryTypes.String}, {Name: "amount", Type: arrow.PrimitiveTypes.Int64}}
	var json strings.Builder
	for i := range rows {
		tenant, text, number := "a", "open", 1
		if i%3 > 0 {
			tenant, text, number = "b", "hidden", 0x4845444449484845 // HEHIDDEH
		}
		fmt.Fprintf(&json, ",{\"tenant\": %q, \"note\": \"%s%d\", \"amount\": %d}", tenant, text, i%7, number)
	}
	rec := fromJSON(t, arrow.NewSchema(fields, nil), "["+json.String()[1:]+"]")
	defer rec.Release()
	p := predicate.In("tenant", "a")
	for name, dictionary := range map[string]bool{"plain": false, "dictionary": true} {
		b := fileOf(t, rec, rows, v18pq.WithDictionaryDefault(dictionary))
		for _, held := range []int64{0, -1} {
			opts := parquet.Options{Prune: &p, BatchRows: 200}
			opts.Hold(held)
			r := open(t, b, &opts)
			for r.Next() {
				require.True(t, r.Gathers(), name)
				for _, c := range r.Record().Columns() {
					for _, b := range c.Data().Buffers() {
						if b != nil {
							all := b.Bytes()[:cap(b.Bytes())]
							require.NotContains(t, string(all), "hid", name)
							require.NotContains(t, string(all), "IDDE", name)
						}
					}
				}
			}
			require.NoError(t, r.Err(), name)
			r.Release()
		}
	}
}
