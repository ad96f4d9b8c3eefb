package parquet_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate"
)

// evidences are the ways a file can tell, or not tell, what a row group holds.
var evidences = []struct {
	name, reason string
	props        []v18pq.WriterProperty
	tells        int
}{
	{"nothing", "no statistics, dictionary or bloom filter",
		[]v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithDictionaryDefault(false)}, never},
	{"statistics", "smallest and largest value",
		[]v18pq.WriterProperty{v18pq.WithDictionaryDefault(false)}, often},
	{"short statistics", "a minimum or maximum above 16 bytes is left out",
		[]v18pq.WriterProperty{v18pq.WithDictionaryDefault(false), v18pq.WithMaxStatsSize(16)}, often},
	{"dictionary", "every page refers to it",
		[]v18pq.WriterProperty{v18pq.WithStats(false)}, often},
	{"dictionary, snappy", "a compressed dictionary",
		[]v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithCompression(compress.Codecs.Snappy)}, often},
	{"dictionary, zstd", "a compressed dictionary",
		[]v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithCompression(compress.Codecs.Zstd), v18pq.WithDataPageVersion(v18pq.DataPageV2)}, often},
	{"dictionary, gzip", "a compressed dictionary",
		[]v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithCompression(compress.Codecs.Gzip)}, often},
	{"dictionary of version 1", "PLAIN_DICTIONARY",
		[]v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithVersion(v18pq.V1_0)}, often},
	{"dictionary that became too large", "the rest of the chunk is plain and says nothing, but where all is NULL",
		append(tooLarge, v18pq.WithStats(false)), sometimes},
	{"bloom filter", "of plain values",
		[]v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithDictionaryDefault(false), v18pq.WithBloomFilterEnabled(true), v18pq.WithMaxBloomFilterBytes(1024)}, often},
	{"bloom filter of a dictionary", "values are hashed once",
		[]v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithBloomFilterEnabled(true), v18pq.WithMaxBloomFilterBytes(1024)}, often},
	{"bloom filter of a fallback", "values of both",
		append(tooLarge, v18pq.WithStats(false), v18pq.WithBloomFilterEnabled(true), v18pq.WithAdaptiveBloomFilterEnabled(true)), often},
	{"all", "each helps the others",
		[]v18pq.WriterProperty{v18pq.WithBloomFilterEnabled(true), v18pq.WithMaxBloomFilterBytes(4096)}, often},
}

// How often evidence rules a row group out.
const (
	never = iota
	sometimes
	often
)

// tooLarge makes a writer give up each dictionary after some rows.
var tooLarge = []v18pq.WriterProperty{v18pq.WithDictionaryPageSizeLimit(1), v18pq.WithDataPageSize(64), v18pq.WithBatchSize(8)}

// TestPruneDifferential: the rows a filter leaves are the same with and without
// Prune, for every kind of evidence, order of rows and layout of the columns.
func TestPruneDifferential(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for i, tt := range evidences {
		t.Run(tt.name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(uint64(i), 1))
			skipped, kept := 0, 0
			for round := range rounds {
				rows := randomTexts(rnd, 600, round)
				b := fileOf(t, texted(t, rows, round%3 == 2), 40, tt.props...)
				for range 40 {
					p := randomPredicate(rnd, rows)
					var want []int64
					for id, w := range rows {
						if p.Match(w.value) {
							want = append(want, int64(id))
						}
					}
					got, stats := filtered(t, b, p, &p)
					require.Equal(t, want, got, "%s, round %d", p, round)
					if stats.RowGroupsSkipped < stats.RowGroups {
						kept++
					}
					if p.Op() != predicate.OpNone { // which needs no evidence
						skipped += stats.RowGroupsSkipped
					}
				}
				got, _ := filtered(t, b, predicate.All(), nil)
				require.Len(t, got, len(rows), "without Prune every row is there")
			}
			require.NotZero(t, kept)
			switch tt.tells {
			case never:
				require.Zero(t, skipped, tt.reason)
			case often:
				require.Greater(t, skipped, rounds*40, tt.reason)
			}
		})
	}
}

// A texts3 is a row of three columns; the text "NULL" stands for NULL.
type texts3 []string

const null = "NULL"

var columnNames = []string{"tenant", "region", "note"}

func (w texts3) value(column string) (string, bool) {
	s := w[slices.Index(columnNames, column)]
	return s, s != null
}

// randomTexts makes rows of texts of every kind. Even rounds are sorted.
func randomTexts(rnd *rand.Rand, n, round int) []texts3 {
	long := strings.Repeat("long ", 1000) // above the 4,096 bytes of a statistic
	notes := []string{"", null, "a", "Z", "é", "é", "日本", "\U0001F600", "\xff", "\x00", long + "a", long + "b", "long"}
	rows := make([]texts3, n)
	for i := range rows {
		note := notes[rnd.IntN(len(notes))]
		if rnd.IntN(4) > 0 {
			note = fmt.Sprint("note ", rnd.IntN(n))
		}
		rows[i] = texts3{fmt.Sprintf("tenant %03d", rnd.IntN(100)), []string{"US", "EMEA", "APAC", "", null, "Ä"}[rnd.IntN(6)], note}
	}
	switch round % 4 {
	case 0:
		slices.SortFunc(rows, slices.Compare[texts3])
	case 2: // NULL and "" in row groups of their own
		slices.SortFunc(rows, func(a, b texts3) int { return strings.Compare(a[1]+a[2], b[1]+b[2]) })
		for _, w := range rows[:n/5] {
			w[1] = ""
		}
		for _, w := range rows[n*4/5:] {
			w[0] = null
		}
	}
	return rows
}

// texted makes a record of rows, numbered; as dictionaries if asked.
func texted(t testing.TB, rows []texts3, dict bool) arrow.Record {
	t.Helper()
	dt := arrow.DataType(arrow.BinaryTypes.String)
	if dict {
		dt = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: dt}
	}
	fields := []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}
	for _, name := range columnNames {
		fields = append(fields, arrow.Field{Name: name, Type: dt, Nullable: true})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for i, w := range rows {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		for c, s := range w {
			switch to := b.Field(1 + c).(type) {
			case *array.StringBuilder:
				if s == null {
					to.AppendNull()
				} else {
					to.Append(s)
				}
			case *array.BinaryDictionaryBuilder:
				if s == null {
					to.AppendNull()
				} else {
					require.NoError(t, to.AppendString(s))
				}
			}
		}
	}
	return b.NewRecord()
}

// fileOf writes a file as our writer cannot, by the library itself.
func fileOf(t testing.TB, rec arrow.Record, rows int64, props ...v18pq.WriterProperty) []byte {
	t.Helper()
	src, err := arrow18.FromRecord(rec)
	require.NoError(t, err)
	defer src.Release()
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(src.Schema(), &buf, v18pq.NewWriterProperties(append([]v18pq.WriterProperty{v18pq.WithMaxRowGroupLength(rows)}, props...)...),
		pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	require.NoError(t, err)
	require.NoError(t, w.WriteBuffered(src))
	require.NoError(t, w.Close())
	return buf.Bytes()
}

// randomPredicate asks for values that are there and for their neighbours.
func randomPredicate(rnd *rand.Rand, rows []texts3) predicate.Predicate {
	in := func() predicate.Predicate {
		c := rnd.IntN(len(columnNames))
		if rnd.IntN(8) == 0 {
			return predicate.HasValue(columnNames[c])
		}
		values := make([]string, 1+rnd.IntN(3))
		for i := range values {
			s := rows[rnd.IntN(len(rows))][c]
			switch rnd.IntN(6) {
			case 0:
				s += "a"
			case 1:
				s = s[:len(s)/2]
			case 2:
				s = "\U0010FFFF"
			}
			values[i] = s
		}
		return predicate.In(columnNames[c], values...)
	}
	ps := make([]predicate.Predicate, rnd.IntN(4))
	for i := range ps {
		ps[i] = in()
		if rnd.IntN(2) == 0 {
			ps[i] = predicate.And(ps[i], in())
		}
	}
	if len(ps) == 0 && rnd.IntN(4) > 0 {
		return in()
	}
	return predicate.Or(ps...)
}

// filtered returns the ids of the rows that p matches.
func filtered(t testing.TB, b []byte, p predicate.Predicate, prune *predicate.Predicate) (ids []int64, stats parquet.Stats) {
	t.Helper()
	r := open(t, b, &parquet.Options{Prune: prune})
	defer r.Release()
	rows := int64(0)
	for r.Next() {
		rec := r.Record()
		rows += rec.NumRows()
		for i := range int(rec.NumRows()) {
			if p.Match(valuesAt(rec, i)) {
				ids = append(ids, rec.Column(0).(*array.Int64).Value(i))
			}
		}
	}
	require.NoError(t, r.Err())
	stats = r.Stats()
	require.Equal(t, r.NumRows(), rows+stats.RowsSkipped, "a row is read or counted as skipped")
	return ids, stats
}

// valuesAt returns the texts of a row.
func valuesAt(rec arrow.Record, i int) func(column string) (string, bool) {
	return func(column string) (string, bool) {
		at := rec.Schema().FieldIndices(column)
		if len(at) != 1 || rec.Column(at[0]).IsNull(i) {
			return "", false
		}
		switch col := rec.Column(at[0]).(type) {
		case *array.String:
			return col.Value(i), true
		case *array.Dictionary:
			return col.Dictionary().(*array.String).Value(col.GetValueIndex(i)), true
		default:
			return "", false
		}
	}
}

// tenants makes a table sorted by tenant, with 100 rows of each.
func tenants(t testing.TB, n int) arrow.Record {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "tenant", Type: arrow.BinaryTypes.String},
		{Name: "amount", Type: arrow.PrimitiveTypes.Int64},
		{Name: "note", Type: arrow.BinaryTypes.String},
	}, nil))
	defer b.Release()
	note := make([]byte, 100)
	for i := range n * 100 {
		for j := range note {
			note[j] = byte(' ' + rnd.IntN(90))
		}
		b.Field(0).(*array.StringBuilder).Append(tenant(i / 100))
		b.Field(1).(*array.Int64Builder).Append(rnd.Int64())
		b.Field(2).(*array.StringBuilder).Append(string(note))
	}
	return b.NewRecord()
}

func tenant(i int) string { return fmt.Sprintf("tenant-%05d", i) }

// TestOneTenantReadsOneTenant: of a table sorted by tenant, what one tenant may
// see costs one row group, not the table.
func TestOneTenantReadsOneTenant(t *testing.T) {
	rec := tenants(t, 1000)
	defer rec.Release()
	for _, tt := range []struct {
		reason    string
		groupRows int64
		groups    int
		chunks    float64 // share of the column chunks that may be read
		bytes     float64 // share of the file that may be read, with the footer
	}{
		{"ten tenants a row group", 1000, 100, 0.0101, 0.02},
		{"a tenant a row group; the footer grows", 100, 1000, 0.00101, 0.06},
	} {
		b := file(t, &parquet.WriterOptions{RowGroupRows: tt.groupRows}, rec)
		for _, who := range []int{0, 7, 555, 999} {
			p := predicate.In("tenant", tenant(who))
			r := open(t, b, parquet.Whole(parquet.Options{Prune: &p}))
			require.Equal(t, tt.groupRows, count(r), tt.reason)
			require.NoError(t, r.Err())
			s := r.Stats()
			r.Release()
			require.Equal(t, tt.groups, s.RowGroups)
			require.Equal(t, tt.groups-1, s.RowGroupsSkipped, tt.reason)
			require.Equal(t, int64(100_000)-tt.groupRows, s.RowsSkipped)
			require.LessOrEqual(t, float64(s.Bytes-s.BytesSkipped)/float64(s.Bytes), tt.chunks, tt.reason)
			require.LessOrEqual(t, float64(s.BytesRead)/float64(len(b)), tt.bytes, tt.reason)
			require.Less(t, s.BytesProbed, int64(1000), "statistics are in the footer; a dictionary is read of what they leave")
			if who == 555 {
				t.Logf("%s: file %d bytes, read %d (%.2f %%), chunks %d of %d (%.3f %%)", tt.reason, len(b), s.BytesRead,
					100*float64(s.BytesRead)/float64(len(b)), s.Bytes-s.BytesSkipped, s.Bytes, 100*float64(s.Bytes-s.BytesSkipped)/float64(s.Bytes))
			}
		}
		whole := open(t, b, nil)
		require.Equal(t, int64(100_000), count(whole))
		require.Greater(t, whole.Stats().BytesRead, int64(len(b))*9/10, "without Prune the file is read")
		require.Zero(t, whole.Stats().RowGroupsSkipped)
		whole.Release()
	}
}

// A chunk that begins with a dictionary and goes on without it holds values that
// the dictionary does not have.
func TestPruneByPartOfADictionary(t *testing.T) {
	rec := tenants(t, 2)
	defer rec.Release()
	for _, tt := range []struct {
		reason string
		props  []v18pq.WriterProperty
		want   int64
	}{
		{"every page refers to the dictionary", nil, 0},
		{"the first pages do", tooLarge, 200},
		{"no page does", []v18pq.WriterProperty{v18pq.WithDictionaryDefault(false)}, 200},
	} {
		b := fileOf(t, rec, 1000, append([]v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithCompression(compress.Codecs.Zstd)}, tt.props...)...)
		r := open(t, b, parquet.Whole(parquet.Options{Prune: ref(predicate.In("note", "nothing"))}))
		require.Equal(t, tt.want, count(r), tt.reason)
		require.NoError(t, r.Err())
		r.Release()
	}
}

// What it costs to decide, and what it saves: one tenant of 1,000, in row groups
// of ten.
func BenchmarkPrune(b *testing.B) {
	rec := tenants(b, 1000)
	defer rec.Release()
	data := file(b, &parquet.WriterOptions{RowGroupRows: 1000}, rec)
	rules := make([]predicate.Predicate, 999)
	for i := range rules {
		rules[i] = predicate.And(predicate.In("tenant", tenant(555), fmt.Sprint("nobody ", i)), predicate.In("note", fmt.Sprint(i)))
	}
	for _, bm := range []struct {
		name string
		p    *predicate.Predicate
	}{
		{"none", nil},
		{"one tenant", ref(predicate.In("tenant", tenant(555)))},
		{"999 rules", ref(predicate.Or(rules...))},
	} {
		b.Run(bm.name, func(b *testing.B) {
			var s parquet.Stats
			for b.Loop() {
				r := open(b, data, &parquet.Options{Prune: bm.p})
				count(r)
				if r.Err() != nil {
					b.Fatal(r.Err())
				}
				s = r.Stats()
				r.Release()
			}
			b.ReportMetric(float64(s.BytesRead), "file-bytes")
		})
	}
}
