package parquet_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	file18 "github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/predicate"
)

// withFooter writes a file anew with another footer.
func withFooter(t *testing.T, b []byte, edit func(m *metadata.FileMetaData)) []byte {
	t.Helper()
	m, err := parquet.ReadFooter(section(b), 1<<30)
	require.NoError(t, err)
	edit(m)
	n := int(uint32(b[len(b)-8]) | uint32(b[len(b)-7])<<8 | uint32(b[len(b)-6])<<16 | uint32(b[len(b)-5])<<24)
	out := bytes.NewBuffer(bytes.Clone(b[:len(b)-8-n]))
	at := out.Len()
	_, err = m.WriteTo(out, nil)
	require.NoError(t, err)
	n = out.Len() - at
	out.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
	out.WriteString("PAR1")
	return out.Bytes()
}

// oneText makes a file of one column of text, "t", in one row group.
func oneText(t *testing.T, json string, props ...v18pq.WriterProperty) []byte {
	t.Helper()
	col, _, err := array.FromJSON(memory.DefaultAllocator, arrow.BinaryTypes.String, strings.NewReader(json))
	require.NoError(t, err)
	rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "t", Type: arrow.BinaryTypes.String, Nullable: true}}, nil), []arrow.Array{col}, -1)
	return fileOf(t, rec, 1000, props...)
}

// skips reports whether a file of one row group is left out.
func skips(t *testing.T, b []byte, p predicate.Predicate) bool {
	t.Helper()
	r := open(t, b, parquet.Whole(parquet.Options{Prune: &p}))
	defer r.Release()
	rows := count(r)
	require.NoError(t, r.Err())
	require.Equal(t, r.NumRows(), rows+r.Stats().RowsSkipped)
	return rows == 0
}

// TestStatistics: which statistics are believed.
func TestStatistics(t *testing.T) {
	honest := oneText(t, `["b", "c", "d", null]`, v18pq.WithDictionaryDefault(false))
	nulls := oneText(t, `[null, null]`, v18pq.WithDictionaryDefault(false))
	required := fileOf(t, fromJSON(t, arrow.NewSchema([]arrow.Field{{Name: "t", Type: arrow.BinaryTypes.String}}, nil), `[{"t": "b"}, {"t": "c"}]`), 1000, v18pq.WithDictionaryDefault(false))
	same := func(m *metadata.FileMetaData) {}
	two := int64(2)
	for _, tt := range []struct {
		reason string
		file   []byte
		edit   func(m *metadata.FileMetaData)
		p      predicate.Predicate
		want   bool
	}{
		{"outside", honest, same, predicate.In("t", "a", "e"), true},
		{"inside, though it is not there", honest, same, predicate.In("t", "bb"), false},
		{"a bound", honest, same, predicate.In("t", "d"), false},
		{"any value", honest, same, predicate.HasValue("t"), false},
		{"all is NULL", nulls, same, predicate.HasValue("t"), true},
		{"all is NULL", nulls, same, predicate.In("t", "b"), true},
		{"no statistics", honest, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics = nil
		}, predicate.In("t", "a"), false},
		{"deprecated min and max have no defined order", honest, func(m *metadata.FileMetaData) {
			s := m.RowGroups[0].Columns[0].MetaData.Statistics
			s.Min, s.Max, s.MinValue, s.MaxValue = s.MinValue, s.MaxValue, nil, nil
		}, predicate.In("t", "a"), false},
		{"the file does not say which order", honest, func(m *metadata.FileMetaData) {
			m.ColumnOrders = nil
		}, predicate.In("t", "a"), false},
		{"a writer whose statistics were wrong", honest, func(m *metadata.FileMetaData) {
			by := "parquet-mr version 1.6.0"
			m.CreatedBy = &by
		}, predicate.In("t", "a"), false},
		{"only a minimum", honest, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics.MaxValue = nil
		}, predicate.In("t", "a"), true},
		{"only a minimum", honest, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics.MaxValue = nil
		}, predicate.In("t", "e"), false},
		{"only a maximum", honest, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics.MinValue = nil
		}, predicate.In("t", "e"), true},
		{"only a maximum", honest, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics.MinValue = nil
		}, predicate.In("t", "a"), false},
		{"an empty maximum is a missing one", honest, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics.MaxValue = []byte{}
		}, predicate.In("t", "e"), false},
		{"a minimum beyond the maximum is wrong", honest, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics.MinValue = []byte("x")
		}, predicate.In("t", "c"), false},
		{"all NULL, and yet a minimum", honest, func(m *metadata.FileMetaData) {
			n := m.RowGroups[0].Columns[0].MetaData.NumValues
			m.RowGroups[0].Columns[0].MetaData.Statistics.NullCount = &n
		}, predicate.In("t", "a"), false},
		{"all NULL in a column that has none", required, func(m *metadata.FileMetaData) {
			s := m.RowGroups[0].Columns[0].MetaData.Statistics
			s.MinValue, s.MaxValue, s.NullCount = nil, nil, &two
		}, predicate.In("t", "b"), false},
		{"fewer NULL than values", nulls, func(m *metadata.FileMetaData) {
			*m.RowGroups[0].Columns[0].MetaData.Statistics.NullCount = 1
		}, predicate.In("t", "a"), false},
		{"more NULL than values", nulls, func(m *metadata.FileMetaData) {
			*m.RowGroups[0].Columns[0].MetaData.Statistics.NullCount = 3
		}, predicate.In("t", "a"), false},
		{"no count of NULL", nulls, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics.NullCount = nil
		}, predicate.In("t", "a"), false},
		{"a file that lies hides its own rows, and shows none", honest, func(m *metadata.FileMetaData) {
			s := m.RowGroups[0].Columns[0].MetaData.Statistics
			s.MinValue, s.MaxValue = []byte("x"), []byte("z")
		}, predicate.In("t", "c"), true},
		{"counts in another number than the rows", honest, func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.Statistics.NullCount = &two
		}, predicate.In("t", "c"), false},
	} {
		require.Equal(t, tt.want, skips(t, withFooter(t, tt.file, tt.edit), tt.p), tt.reason)
	}
}

// A chunk of another number of values than rows is an error where it is read,
// and no evidence where it is not.
func TestEvidenceOfAColumnThatIsNotRead(t *testing.T) {
	rec := tenants(t, 2)
	defer rec.Release()
	for _, name := range []string{"honest", "corrupt"} {
		b := withFooter(t, file(t, nil, rec), func(m *metadata.FileMetaData) {
			if name == "corrupt" {
				m.RowGroups[0].Columns[0].MetaData.NumValues--
			}
		})
		r := open(t, b, &parquet.Options{Columns: []string{"amount"}, Prune: ref(predicate.In("tenant", "nobody"))})
		require.Equal(t, map[string]int64{"honest": 0, "corrupt": 200}[name], count(r), name)
		require.NoError(t, r.Err())
		r.Release()
	}
}

// TestDictionaries: which dictionaries are believed.
func TestDictionaries(t *testing.T) {
	text := `["b", "c", "d", "b", "c", "d", "b", null]`
	snappy := []v18pq.WriterProperty{v18pq.WithStats(false), v18pq.WithCompression(compress.Codecs.Snappy)}
	b := oneText(t, text, snappy...)
	old := oneText(t, text, append(snappy, v18pq.WithVersion(v18pq.V1_0))...)
	v2 := oneText(t, text, append(snappy, v18pq.WithDataPageVersion(v18pq.DataPageV2))...)
	rec := tenants(t, 1)
	defer rec.Release()
	partly := fileOf(t, rec, 100, append(tooLarge, snappy...)...)
	plain := oneText(t, text, append(snappy, v18pq.WithDictionaryDefault(false))...)
	absent := predicate.In("t", "a", "cc")
	same := func(*metadata.FileMetaData) {}
	noStats := func(m *metadata.FileMetaData) {
		for _, c := range m.RowGroups[0].Columns {
			c.MetaData.EncodingStats = nil
		}
	}
	for _, tt := range []struct {
		reason string
		file   []byte
		edit   func(m *metadata.FileMetaData)
		p      predicate.Predicate
		want   bool
	}{
		{"not there", b, same, absent, true},
		{"there", b, same, predicate.In("t", "c"), false},
		{"there, too", b, same, predicate.In("t", "a", "d"), false},
		{"no dictionary", plain, same, absent, false},
		{"part of a dictionary", partly, same, predicate.In("note", "a"), false},
		{"a page that is plain", b, func(m *metadata.FileMetaData) {
			for _, s := range m.RowGroups[0].Columns[0].MetaData.EncodingStats {
				s.Encoding = 0
			}
		}, absent, false},
		{"no statistics of encodings: the pages tell", b, noStats, absent, true},
		{"no statistics of encodings: the pages tell", b, noStats, predicate.In("t", "b"), false},
		{"no statistics of encodings, pages of version 2", v2, noStats, absent, true},
		{"no statistics of encodings, PLAIN_DICTIONARY", old, noStats, absent, true},
		{"no statistics of encodings, part of a dictionary", partly, noStats, predicate.In("note", "a"), false},
		{"no statistics of encodings, no dictionary", plain, noStats, absent, false},
		{"statistics of no page with values: the pages tell", b, func(m *metadata.FileMetaData) {
			for _, s := range m.RowGroups[0].Columns[0].MetaData.EncodingStats {
				s.PageType = 2
			}
		}, absent, true},
		{"no statistics of encodings, and no encodings", b, func(m *metadata.FileMetaData) {
			c := m.RowGroups[0].Columns[0].MetaData
			c.Encodings = c.Encodings[:0]
			noStats(m)
		}, absent, false},
	} {
		require.Equal(t, tt.want, skips(t, withFooter(t, tt.file, tt.edit), tt.p), tt.reason)
	}

	// Every byte of the chunk damaged in turn: no panic, and what is left out is
	// at most what the damage hides.
	m, err := parquet.ReadFooter(section(b), 1<<30)
	require.NoError(t, err)
	for at := 4; at < 4+int(m.RowGroups[0].Columns[0].MetaData.GetTotalCompressedSize()); at++ {
		for _, v := range []byte{0x00, 0x7f, 0x80, 0xff} {
			bad := bytes.Clone(b)
			bad[at] = v
			r := open(t, bad, &parquet.Options{Prune: &absent})
			rows := count(r)
			require.True(t, r.Err() != nil || rows+r.Stats().RowsSkipped == 8, "byte %d", at)
			r.Release()
		}
	}
}

// sameAsLibrary compares our answers with the library's, on values that are
// mostly not there.
func sameAsLibrary(t *testing.T, b []byte, group, leaf int) {
	t.Helper()
	r, err := file18.NewParquetReader(section(b))
	require.NoError(t, err)
	defer r.Close()
	g, err := r.GetBloomFilterReader().RowGroup(group)
	require.NoError(t, err)
	f, err := g.GetColumnBloomFilter(leaf)
	require.NoError(t, err)
	require.NotNil(t, f)
	typed := metadata.TypedBloomFilter[v18pq.ByteArray]{BloomFilter: f}
	mayHold, exists := parquet.Bloom(section(b), group, leaf)
	require.True(t, exists)
	for i := range 900 { // more than are asked for one by one, fewer than are given up
		s := fmt.Sprint("absent ", i)
		require.Equal(t, typed.Check(v18pq.ByteArray(s)), mayHold(s), s)
	}
}

// Minima and maxima that another writer cut off.
func TestTruncatedStatisticsOfAnotherWriter(t *testing.T) {
	path := realdata.Path(t, "data", "5_conformance", "parquet-testing", "binary_truncated_min_max.parquet")
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	r := open(t, b, nil)
	defer r.Release()
	require.True(t, r.Next())
	rec := r.Record()
	tried := 0
	for c, f := range rec.Schema().Fields() {
		col, ok := rec.Column(c).(*array.String)
		if !ok {
			continue
		}
		for i := range col.Len() {
			if v := col.Value(i); v != "" && col.IsValid(i) {
				require.False(t, skips(t, b, predicate.In(f.Name, v)), "%s: %q is there", f.Name, v)
				tried++
			}
		}
		require.True(t, skips(t, b, predicate.In(f.Name, "\x01", "\U0010FFFF")), f.Name)
	}
	require.NotZero(t, tried)
}

// TestPruneRealFiles: on files of other writers, what is left out holds no row
// of a value.
func TestPruneRealFiles(t *testing.T) {
	files := parquetFiles(t, realdata.Path(t, "data", "1_datasets"))
	for _, path := range append(files, parquetFiles(t, realdata.Path(t, "data", "5_conformance", "parquet-testing"))...) {
		if _, no := refused[filepath.Base(path)]; no {
			continue
		}
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, name := range texts(t, b) {
			pruneByColumn(t, b, filepath.Base(path), name)
		}
	}
}

// pruneByColumn asks for some values of a column, and for values that are not
// there.
func pruneByColumn(t *testing.T, b []byte, path, name string) {
	t.Helper()
	counts := map[string]int64{}
	each := func(opts *parquet.Options, f func(s string)) parquet.Stats {
		opts.Columns = []string{name}
		r, err := parquet.NewReader(section(b), opts)
		if err != nil { // a name that is there twice
			return parquet.Stats{}
		}
		defer r.Release()
		for r.Next() {
			for i := range int(r.Record().NumRows()) {
				if s, ok := valuesAt(r.Record(), i)(name); ok {
					f(s)
				}
			}
		}
		require.NoError(t, r.Err())
		return r.Stats()
	}
	each(&parquet.Options{}, func(s string) { counts[s]++ })
	tried := 0
	for s, want := range counts {
		if tried++; tried > 4 {
			break
		}
		p := predicate.In(name, s)
		got := int64(0)
		each(&parquet.Options{Prune: &p}, func(have string) {
			if have == s {
				got++
			}
		})
		if s == "" {
			want = 0
		}
		if s != "" {
			require.Equal(t, want, got, "%s: %s", path, name)
		}
	}
	absent := predicate.In(name, "no such value")
	s := each(&parquet.Options{Prune: &absent}, func(string) {})
	t.Logf("%s: %s: of a value that is not there, %d of %d row groups left out, %d of %d bytes, %d probed",
		path, name, s.RowGroupsSkipped, s.RowGroups, s.BytesSkipped, s.Bytes, s.BytesProbed)
}

func FuzzPlainTexts(f *testing.F) {
	f.Add([]byte{2, 0, 0, 0, 'U', 'S', 0, 0, 0, 0}, int64(2))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff}, int64(1))
	f.Fuzz(func(t *testing.T, b []byte, n int64) {
		values, ok := parquet.PlainTexts(b, n)
		if !ok {
			require.Nil(t, values)
			return
		}
		require.LessOrEqual(t, int64(len(values)), n)
		for v := range values {
			prefix := binary.LittleEndian.AppendUint32(nil, uint32(len(v)))
			require.True(t, bytes.Contains(b, append(prefix, v...)), "%q", v)
		}
	})
}
