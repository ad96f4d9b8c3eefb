package parquet_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate"
)

// perTenant is the number of rows of a tenant.
const perTenant = 3

// indexedFile is a file of small pages with an index. Its rows are in the order of tenant.
func indexedFile(t testing.TB, rows int, props ...v18pq.WriterProperty) []byte {
	tenant := array.NewStringBuilder(memory.DefaultAllocator)
	region := array.NewStringBuilder(memory.DefaultAllocator)
	amount := array.NewInt64Builder(memory.DefaultAllocator)
	for i := range rows {
		if tenant.Append(fmt.Sprintf("tenant-%03d", i/perTenant)); i/20%7 == 3 {
			region.AppendNull() // whole pages
		} else {
			region.Append([]string{"EMEA", "", "US"}[i%3])
		}
		amount.Append(int64(i))
	}
	fields := []arrow.Field{{Name: "tenant", Type: arrow.BinaryTypes.String}, {Name: "region", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "amount", Type: arrow.PrimitiveTypes.Int64}}
	rec := array.NewRecord(arrow.NewSchema(fields, nil), []arrow.Array{tenant.NewArray(), region.NewArray(), amount.NewArray()}, int64(rows))
	defer rec.Release()
	return fileOf(t, rec, int64(rows/2), append([]v18pq.WriterProperty{v18pq.WithPageIndexEnabled(true), v18pq.WithDataPageSize(64), v18pq.WithBatchSize(10)}, props...)...)
}

// TestPageIndexDifferential: the rows are the same with the index, and pages are left out.
func TestPageIndexDifferential(t *testing.T) {
	for name, props := range map[string][]v18pq.WriterProperty{
		"dictionary":           {v18pq.WithDataPageVersion(v18pq.DataPageV1)},
		"dictionary version 2": {v18pq.WithDataPageVersion(v18pq.DataPageV2)},
		"plain":                {v18pq.WithDictionaryDefault(false)},
	} {
		t.Run(name, func(t *testing.T) {
			b := indexedFile(t, 600, props...)
			rnd := rand.New(rand.NewPCG(8, 16))
			skipped := int64(0)
			for range 60 {
				p := predicate.In("tenant", fmt.Sprintf("tenant-%03d", rnd.IntN(210)), fmt.Sprintf("tenant-%03d", rnd.IntN(210)))
				switch rnd.IntN(4) {
				case 0:
					p = predicate.And(p, predicate.HasValue("region"))
				case 2: // rows for several windows
					var tenants []string
					for i := range 70 {
						tenants = append(tenants, fmt.Sprintf("tenant-%03d", 20+i))
					}
					p = predicate.In("tenant", tenants...)
				case 1:
					p = predicate.Or(p, predicate.And(predicate.In("region", "EMEA"), predicate.In("tenant", "tenant-007")))
				}
				opts := parquet.Options{Prune: &p, BatchRows: 1 + rnd.IntN(40)}
				opts.Hold([]int64{0, -1, 2000}[rnd.IntN(3)])
				want, _, err := visibleJSON(t, b, p, parquet.Whole(opts))
				require.NoError(t, err)
				got, _, err := visibleJSON(t, b, p, &opts)
				require.NoError(t, err)
				require.Equal(t, lines(want), lines(got), p.String())
				r := open(t, b, &opts)
				for r.Next() {
				}
				require.True(t, r.Gathers(), "a true index contradicts nothing: %s", p)
				skipped += r.Stats().PagesSkipped
				r.Release()
			}
			require.Greater(t, skipped, int64(500))
		})
	}
}

// TestPageIndexOfWriter reads files of a Writer: pages are left out, no page that is read
// contradicts the index, and the rows are the same.
func TestPageIndexOfWriter(t *testing.T) {
	const rows = 90_000
	for _, text := range []func(i int) string{
		func(i int) string { return fmt.Sprintf("tenant-%02d", i/3000) }, // a dictionary
		func(i int) string { return fmt.Sprintf("tenant-%06d", i) },      // plain
	} {
		tenant := array.NewStringBuilder(memory.DefaultAllocator)
		amount := array.NewFloat64Builder(memory.DefaultAllocator)
		for i := range rows {
			tenant.Append(text(i))
			amount.Append(float64(i) / 4)
		}
		fields := []arrow.Field{{Name: "tenant", Type: arrow.BinaryTypes.String}, {Name: "region", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "amount", Type: arrow.PrimitiveTypes.Float64}}
		rec := array.NewRecord(arrow.NewSchema(fields, nil), []arrow.Array{tenant.NewArray(), nullRegion(rows), amount.NewArray()}, rows)
		var out bytes.Buffer
		w, err := parquet.NewWriter(&out, rec.Schema(), nil)
		require.NoError(t, err)
		require.NoError(t, w.Write(rec))
		rec.Release()
		require.NoError(t, w.Close())
		places, bounds := parquet.Indexes(section(out.Bytes()))
		require.Len(t, places, len(fields))
		require.Len(t, bounds, len(fields))
		for _, at := range []int{0, 29_999, 30_000, 60_001, rows - 1} {
			p := predicate.And(predicate.In("tenant", text(at), text(at/2)), predicate.In("region", "EMEA"))
			want, _, err := visibleJSON(t, out.Bytes(), p, parquet.Whole(parquet.Options{Prune: &p}))
			require.NoError(t, err)
			r := open(t, out.Bytes(), &parquet.Options{Prune: &p})
			for r.Next() {
			}
			require.True(t, r.Gathers())
			require.NotZero(t, r.Stats().PagesSkipped)
			r.Release()
			got, _, err := visibleJSON(t, out.Bytes(), p, &parquet.Options{Prune: &p})
			require.NoError(t, err)
			require.Equal(t, lines(want), lines(got))
		}
	}
}

// nullRegion has whole pages of NULL.
func nullRegion(rows int) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for i := range rows {
		if i/30_000 == 1 {
			b.AppendNull()
		} else {
			b.Append([]string{"EMEA", ""}[i%2])
		}
	}
	return b.NewArray()
}

// TestPageIndexDamage changes each byte of the indexes: the rows are the same, or fewer where
// bounds of texts were changed, and never others. No place of a page can be changed
// without a whole read.
func TestPageIndexDamage(t *testing.T) {
	for _, dictionary := range []bool{true, false} {
		b := indexedFile(t, 120, v18pq.WithDictionaryDefault(dictionary))
		p := predicate.Or(predicate.In("tenant", "tenant-004", "tenant-013"), predicate.In("tenant", "tenant-030"))
		want, _, err := visibleJSON(t, b, p, parquet.Whole(parquet.Options{Prune: &p}))
		require.NoError(t, err)
		places, bounds := parquet.Indexes(section(b))
		changed := 0
		for i, parts := range [][][2]int64{places, bounds} {
			require.NotEmpty(t, parts)
			for _, part := range parts {
				for at := part[0]; at < part[1]; at++ {
					for _, bit := range []byte{1, 2, 0x10, 0x80} {
						bad := bytes.Clone(b)
						bad[at] ^= bit
						got, _, err := visibleJSON(t, bad, p, &parquet.Options{Prune: &p})
						require.NoError(t, err, "byte %d", at)
						if i == 0 {
							require.Equal(t, lines(want), lines(got), "byte %d", at)
							continue
						}
						all := bytes.Split([]byte(lines(want)), []byte("\n"))
						for _, line := range bytes.Split([]byte(lines(got)), []byte("\n")) {
							require.True(t, slices.ContainsFunc(all, func(l []byte) bool { return bytes.Equal(l, line) }), "byte %d: %s", at, line)
						}
						if lines(want) != lines(got) {
							changed++
						}
					}
				}
			}
		}
		require.NotZero(t, changed, "bounds are evidence")
	}
}

// TestPageIndexThatLies: pages that trade places or rows in the index, each with sums that are
// right, are read as a whole row group.
func TestPageIndexThatLies(t *testing.T) {
	b := indexedFile(t, 400, v18pq.WithDictionaryDefault(false))
	p := predicate.In("tenant", "tenant-004")
	for _, tt := range []struct {
		reason string
		lie    func(*parquet.PageIndex)
		whole  bool
	}{
		{"a true index", func(*parquet.PageIndex) {}, false},
		{"a page has more rows and the next one fewer", func(x *parquet.PageIndex) { x.Move(1, 0, 5) }, true},
		{"a page is longer and the next one shorter", func(x *parquet.PageIndex) { x.Move(2, 4, 0) }, true},
		{"two pages are one", func(x *parquet.PageIndex) { x.Merge(2) }, true},
	} {
		r := open(t, b, &parquet.Options{Prune: &p})
		r.Index(tt.lie)
		rows := int64(0)
		for r.Next() {
			amounts := r.Record().Column(2).(*array.Int64)
			tenants := r.Record().Column(0).(*array.String)
			for i := range amounts.Len() {
				require.Equal(t, fmt.Sprintf("tenant-%03d", amounts.Value(i)/perTenant), tenants.Value(i), tt.reason)
				if tenants.Value(i) == "tenant-004" {
					rows++
				}
			}
		}
		require.NoError(t, r.Err(), tt.reason)
		require.Equal(t, int64(perTenant), rows, tt.reason)
		require.Equal(t, tt.whole, !r.Gathers(), tt.reason)
		r.Release()
	}
}

func FuzzPageIndex(f *testing.F) {
	b := indexedFile(f, 400)
	places, bounds := parquet.Indexes(section(b))
	for _, part := range append(places, bounds...) {
		f.Add(b[part[0]:part[1]])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		pages := parquet.ParsePlaces(b)
		require.LessOrEqual(t, pages, len(b))
		for n := range 30 {
			if bounds, err := parquet.ParseBounds(b, n); err == nil {
				for _, b := range bounds {
					require.False(t, b.Blank && b.Max != "")
					require.True(t, b.Max == "" || b.Min <= b.Max)
				}
			}
		}
	})
}

// TestParseBounds: an index says what is in a page only where it says all of it.
func TestParseBounds(t *testing.T) {
	index := func(blank [2]bool, low, high [2]string) []byte {
		b := []byte{0x19, 0x21}
		for _, v := range blank {
			b = append(b, map[bool]byte{true: 1, false: 2}[v])
		}
		for _, texts := range [][2]string{low, high} {
			b = append(b, 0x19, 0x28)
			for _, text := range texts {
				b = append(append(b, byte(len(text))), text...)
			}
		}
		return append(b, 0)
	}
	first := predicate.Bounds{Min: "a", Max: "c"}
	for _, tt := range []struct {
		blank     bool
		low, high string
		want      predicate.Bounds
		wrong     bool
	}{
		{false, "b", "d", predicate.Bounds{Min: "b", Max: "d"}, false},
		{true, "", "", predicate.Bounds{Blank: true}, false},
		{false, "b", "", predicate.Bounds{}, false}, // some writers leave a bound out
		{false, "", "", predicate.Bounds{}, false},
		{false, "d", "b", predicate.Bounds{}, true},
		{true, "b", "", predicate.Bounds{}, true},
		{true, "", "d", predicate.Bounds{}, true},
	} {
		got, err := parquet.ParseBounds(index([2]bool{false, tt.blank}, [2]string{"a", tt.low}, [2]string{"c", tt.high}), 2)
		if tt.wrong {
			require.Error(t, err, "%v", tt)
			continue
		}
		require.NoError(t, err, "%v", tt)
		require.Equal(t, []predicate.Bounds{first, tt.want}, got, "%v", tt)
		_, err = parquet.ParseBounds(index([2]bool{false, tt.blank}, [2]string{"a", tt.low}, [2]string{"c", tt.high}), 3)
		require.Error(t, err, "of other pages")
	}
}
