package parquet_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// gatheredTypes are the types whose single values are taken out of pages, and
// what a row holds.
var gatheredTypes = []struct {
	dt   arrow.DataType
	text func(i int) string
}{
	{arrow.BinaryTypes.String, func(i int) string { return []string{"US", "EMEA", "", "APAC", "a longer region"}[i%5] }},
	{arrow.BinaryTypes.String, func(i int) string { return fmt.Sprint("tenant-", i/3) }},
	{arrow.BinaryTypes.LargeString, func(i int) string { return fmt.Sprint("note ", i%90) }},
	{arrow.BinaryTypes.Binary, func(i int) string { return base64.StdEncoding.EncodeToString([]byte{byte(i), 0, byte(i >> 8)}[:i%4]) }},
	{arrow.BinaryTypes.LargeBinary, func(i int) string { return base64.StdEncoding.EncodeToString([]byte{byte(i % 7)}) }},
	{arrow.FixedWidthTypes.Boolean, func(i int) string { return []string{"true", "false"}[i*i%3&1] }},
	{arrow.PrimitiveTypes.Int32, func(i int) string { return fmt.Sprint(-i * 7) }},
	{arrow.PrimitiveTypes.Uint32, func(i int) string { return fmt.Sprint(4294967295 - i%50) }},
	{arrow.PrimitiveTypes.Int64, func(i int) string { return fmt.Sprint(int64(i) << 33) }},
	{arrow.PrimitiveTypes.Uint64, func(i int) string { return fmt.Sprint(uint64(i%9) << 60) }},
	{arrow.PrimitiveTypes.Float32, func(i int) string { return fmt.Sprint(float32(i) / 4) }},
	{arrow.PrimitiveTypes.Float64, func(i int) string { return fmt.Sprint(float64(i%11) / 8) }},
	{arrow.FixedWidthTypes.Date32, func(i int) string { return fmt.Sprintf("2020-01-%02d", 1+i%28) }},
	{arrow.FixedWidthTypes.Timestamp_ms, func(i int) string { return fmt.Sprintf("2020-01-01T00:00:%02d", i%60) }},
	{arrow.FixedWidthTypes.Timestamp_us, func(i int) string { return fmt.Sprintf("2021-01-01T00:%02d:00", i%60) }},
	{arrow.FixedWidthTypes.Timestamp_ns, func(i int) string { return fmt.Sprintf("2022-01-01T%02d:00:00", i%24) }},
}

// gatheredTable has a column of each of the types, with NULL in some rows, and
// one without in which no row can be NULL.
func gatheredTable(t testing.TB, rnd *rand.Rand, rows int) arrow.Record {
	var fields []arrow.Field
	var columns []arrow.Array
	for c, typ := range gatheredTypes {
		b := array.NewBuilder(memory.DefaultAllocator, typ.dt)
		nullable := c%4 != 1
		for i := range rows {
			if nullable && (rnd.IntN(6) == 0 || c == 4 && i < rows/2) {
				b.AppendNull()
			} else {
				require.NoError(t, b.AppendValueFromString(typ.text(i+c)))
			}
		}
		fields = append(fields, arrow.Field{Name: fmt.Sprint("c", c), Type: typ.dt, Nullable: nullable})
		columns = append(columns, b.NewArray())
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(rows))
}

// visibleJSON returns the rows that a filter leaves of a file, and how many rows
// it looked at.
func visibleJSON(t testing.TB, b []byte, p predicate.Predicate, opts *parquet.Options) (rows string, looked int64, err error) {
	t.Helper()
	r, err := parquet.NewReader(section(b), opts)
	if err != nil {
		return "", 0, err
	}
	defer r.Release()
	filter, err := batch.Bind(p, r.Schema(), &batch.Options{Workers: 1})
	require.NoError(t, err)
	var out bytes.Buffer
	for rec, err := range filter.Records(context.Background(), r) {
		if err != nil {
			return "", 0, err
		}
		j, err := rec.MarshalJSON()
		require.NoError(t, err)
		out.Write(bytes.Trim(j, "[]\n"))
		out.WriteByte('\n')
	}
	return out.String(), r.Stats().Rows - r.Stats().RowsSkipped, nil
}

// lines are rows without the borders of records.
func lines(rows string) string {
	return string(bytes.ReplaceAll([]byte(rows), []byte("}\n,{"), []byte("}\n{")))
}

// TestLateDifferential: the rows of a filter are the same whether single rows are
// left out or not, for every type, encoding and codec.
func TestLateDifferential(t *testing.T) {
	small := []v18pq.WriterProperty{v18pq.WithDataPageSize(300), v18pq.WithBatchSize(16)}
	for name, props := range map[string][]v18pq.WriterProperty{
		"dictionary, version 1":   {v18pq.WithDataPageVersion(v18pq.DataPageV1)},
		"dictionary, version 2":   {v18pq.WithDataPageVersion(v18pq.DataPageV2), v18pq.WithCompression(compress.Codecs.Zstd)},
		"dictionary, small pages": append(small, v18pq.WithCompression(compress.Codecs.Snappy)),
		"plain, small pages":      append(small, v18pq.WithDictionaryDefault(false)),
		"plain, version 2":        {v18pq.WithDictionaryDefault(false), v18pq.WithDataPageVersion(v18pq.DataPageV2)},
		"fallback":                tooLarge,
	} {
		t.Run(name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(4, 16))
			left := int64(0)
			for round := range 4 {
				rec := gatheredTable(t, rnd, 400+round)
				b := fileOf(t, rec, 150, props...)
				rec.Release()
				for range 12 {
					p := predicate.Or(
						predicate.And(predicate.In("c0", gatheredTypes[0].text(rnd.IntN(5)), "EMEA"), predicate.In("c1", gatheredTypes[1].text(rnd.IntN(400)), gatheredTypes[1].text(rnd.IntN(400)))),
						predicate.In("c1", gatheredTypes[1].text(rnd.IntN(400))),
						predicate.In("c0", []string{"a longer region", "nothing"}[rnd.IntN(2)]))
					if rnd.IntN(4) == 0 { // nearly all rows
						p = predicate.Or(p, predicate.HasValue("c0"))
					}
					for _, columns := range [][]string{nil, {"c3", "c1", "c0"}} {
						opts := parquet.Options{Prune: &p, Columns: columns, BatchRows: 1 + rnd.IntN(200)}
						opts.Hold([]int64{0, -1, 4000, 12_000}[rnd.IntN(4)])
						want, all, err := visibleJSON(t, b, p, parquet.Whole(opts))
						require.NoError(t, err)
						got, some, err := visibleJSON(t, b, p, &opts)
						require.NoError(t, err)
						require.Equal(t, lines(want), lines(got), p.String())
						left += all - some
					}
				}
			}
			require.Greater(t, left, int64(5000), "rows that were left out")
		})
	}
}

// TestLateDamage damages each byte of small files: the result is the same as when
// row groups are read as a whole, an error or the same rows.
func TestLateDamage(t *testing.T) {
	p := predicate.Or(predicate.In("region", "EMEA"), predicate.In("customer", "customer 7"))
	for name, whole := range damagedSources(t) {
		if testing.Short() && name != "dictionary, version 2" {
			continue
		}
		refused, same := 0, 0
		for at := 4; at < len(whole)-8; at++ {
			b := bytes.Clone(whole)
			b[at] ^= 1 << (at % 8)
			opts := parquet.Options{Prune: &p, MaxBatchBytes: hostileBytes, BatchRows: 1 + at%40} // windows of some rows
			opts.Hold([]int64{0, -1, 1000}[at%3])
			if r, err := parquet.NewReader(section(b), nil); err != nil || len(r.Schema().FieldIndices("region")) != 1 || len(r.Schema().FieldIndices("customer")) != 1 ||
				r.Schema().Field(0).Type.ID() != arrow.STRING || r.Schema().Field(2).Type.ID() != arrow.STRING {
				continue // another table
			}
			want, _, wantErr := visibleJSON(t, b, p, parquet.Whole(opts))
			got, _, err := visibleJSON(t, b, p, &opts)
			if wantErr == nil {
				require.NoError(t, err, "%s: byte %d", name, at)
				require.Equal(t, lines(want), lines(got), "%s: byte %d", name, at)
				same++
				continue
			}
			require.EqualError(t, err, wantErr.Error(), "%s: byte %d", name, at)
			refused++
		}
		require.Greater(t, min(refused, same), 20, name)
	}
}

// TestIndices compares the decoder of indices with the one of levels, for every
// width, and refuses an index that the dictionary does not have.
func TestIndices(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 16))
	for round := range 2000 {
		width := int64(round % 33)
		var b []byte
		n := 0
		for range 1 + rnd.IntN(4) {
			if times := 1 + rnd.IntN(20); rnd.IntN(2) == 0 {
				b = binary.AppendUvarint(b, uint64(times)<<1)
				run := binary.LittleEndian.AppendUint64(nil, rnd.Uint64()&(1<<width-1))
				b, n = append(b, run[:(width+7)/8]...), n+times
			} else {
				b = binary.AppendUvarint(b, uint64(times)<<1|1)
				for range int64(times) * width {
					b = append(b, byte(rnd.Uint32()))
				}
				n += 8 * times
			}
		}
		n -= rnd.IntN(8) // the last group may have more than there are
		var want []uint32
		rest, err := parquet.Hybrid(b, width, int64(n), func(v uint64, times int64) error {
			want = append(want, slices.Repeat([]uint32{uint32(v)}, int(times))...)
			return nil
		})
		if err != nil || len(rest) > 0 {
			continue // the last run was longer
		}
		most := int64(slices.Max(want))
		got := make([]uint32, n)
		require.NoError(t, parquet.IndicesOf(got, b, uint(width), most+1))
		require.Equal(t, want, got)
		require.ErrorIs(t, parquet.IndicesOf(got, b, uint(width), most), parquet.ErrCorrupt)
	}
}

// TestLateRealFiles compares the rows of real files, for values that they hold.
func TestLateRealFiles(t *testing.T) {
	files := parquetFiles(t, realdata.Path(t, "data"))
	require.NotEmpty(t, files)
	gathers := 0
	for _, path := range files {
		if _, bad := refused[filepath.Base(path)]; bad {
			continue
		}
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, column := range texts(t, b) {
			r := open(t, b, &parquet.Options{Columns: []string{column}})
			if !r.Next() {
				r.Release()
				continue
			}
			values := r.Record().Column(0).(*array.String)
			p := predicate.Predicate{}
			for _, i := range []int{0, values.Len() / 2, values.Len() - 1} {
				p = predicate.Or(p, predicate.In(column, values.Value(i)))
			}
			r.Release()
			r = open(t, b, &parquet.Options{Prune: &p})
			if r.Gathers() {
				gathers++
			}
			r.Release()
			want, _, err := visibleJSON(t, b, p, parquet.Whole(parquet.Options{Prune: &p}))
			require.NoError(t, err, path)
			for _, held := range []int64{0, -1} {
				opts := &parquet.Options{Prune: &p, BatchRows: 1000}
				opts.Hold(held)
				got, _, err := visibleJSON(t, b, p, opts)
				require.NoError(t, err, path)
				require.True(t, lines(want) == lines(got), "%s: %s", path, column)
			}
			break
		}
	}
	require.Greater(t, gathers, 2)
}
