package parquet_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// flatTable is gatheredTable with dictionaries: of few values, of values that no row has, and
// with NULL among the values.
func flatTable(t *testing.T, mem memory.Allocator, rnd *rand.Rand, rows int) arrow.Record {
	plain := gatheredTable(t, rnd, rows)
	defer plain.Release()
	fields, columns := plain.Schema().Fields(), plain.Columns()
	for c, nulls := range []bool{false, true} {
		values := array.NewStringBuilder(mem)
		defer values.Release()
		for i := range 60 {
			if nulls && i%10 == 3 {
				values.AppendNull()
			} else {
				values.Append(fmt.Sprint("value ", i))
			}
		}
		indices := array.NewInt16Builder(mem)
		defer indices.Release()
		for range rows {
			if rnd.IntN(8) == 0 {
				indices.AppendNull()
			} else {
				indices.Append(int16(rnd.IntN(40)))
			}
		}
		dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
		dict, index := values.NewArray(), indices.NewArray()
		defer dict.Release()
		defer index.Release()
		column := array.NewDictionaryArray(dt, index, dict)
		defer column.Release()
		fields = append(fields, arrow.Field{Name: fmt.Sprint("d", c), Type: dt, Nullable: true})
		columns = append(columns, column)
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(rows))
}

// textsOf returns the texts of a column, also of a dictionary.
func textsOf(c arrow.Array) (texts []string) {
	for i := range c.Len() {
		text := "NULL"
		if d, ok := c.(*array.Dictionary); ok && c.IsValid(i) && d.Dictionary().IsValid(d.GetValueIndex(i)) {
			text = d.Dictionary().ValueStr(d.GetValueIndex(i))
		} else if !ok && c.IsValid(i) {
			text = c.ValueStr(i)
		}
		texts = append(texts, text)
	}
	return texts
}

// TestFlatWriter: what is written comes back, in every type, codec and size of row groups and
// records, and the statistics are those that the library writes.
func TestFlatWriter(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rnd := rand.New(rand.NewPCG(16, 1))
	for round, opts := range []parquet.WriterOptions{
		{}, {Compression: parquet.Snappy, RowGroupRows: 333}, {Compression: parquet.Uncompressed, RowGroupRows: 1},
		{RowGroupRows: 5000}, {Statistics: []string{"c1", "c6"}, RowGroupRows: 100}, {Statistics: []string{}},
	} {
		rec := flatTable(t, mem, rnd, 700)
		var parts []arrow.Record
		for from := int64(0); from < rec.NumRows(); {
			to := min(from+rnd.Int64N(200), rec.NumRows())
			parts = append(parts, rec.NewSlice(from, to))
			from = to
		}
		b := file(t, &opts, parts...)
		byLibrary := opts
		byLibrary.BloomFilters = []string{"c1"} // the library writes them
		for _, part := range parts {
			part.Release()
		}
		m18 := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
		r := openOn(t, m18, b, &parquet.Options{})
		got := make([][]string, rec.NumCols())
		for r.Next() {
			for i, c := range r.Record().Columns() {
				got[i] = append(got[i], textsOf(c)...)
			}
		}
		require.NoError(t, r.Err(), round)
		require.True(t, r.Schema().Equal(rec.Schema()), "%v\n%v", r.Schema(), rec.Schema())
		r.Release()
		m18.AssertSize(t, 0)
		for i, c := range rec.Columns() {
			require.Equal(t, textsOf(c), got[i], "round %d, column %d", round, i)
		}

		// The library refuses NULL among the values of a dictionary.
		n := int(rec.NumCols()) - 1
		most := array.NewRecord(arrow.NewSchema(rec.Schema().Fields()[:n], nil), rec.Columns()[:n], rec.NumRows())
		ours, err := parquet.ReadFooter(section(file(t, &opts, most)), 1<<30)
		require.NoError(t, err)
		theirs, err := parquet.ReadFooter(section(file(t, &byLibrary, most)), 1<<30)
		most.Release()
		require.NoError(t, err)
		require.Equal(t, len(theirs.RowGroups), len(ours.RowGroups))
		require.Equal(t, theirs.KeyValueMetadata(), ours.KeyValueMetadata())
		require.True(t, theirs.Schema.Equals(ours.Schema))
		for g := range ours.RowGroups {
			for i := range n {
				a, b := ours.RowGroups[g].Columns[i].MetaData, theirs.RowGroups[g].Columns[i].MetaData
				require.Equal(t, b.IsSetStatistics(), a.IsSetStatistics(), "round %d, column %d", round, i)
				if b.IsSetStatistics() {
					require.Equal(t, b.Statistics, a.Statistics, "round %d, row group %d, column %d", round, g, i)
				}
				require.Equal(t, b.NumValues, a.NumValues)
			}
		}
		rec.Release()
	}
}

// TestFlatWriterPages: pages stay small whatever the texts, and a dictionary that becomes full or
// saves nothing ends.
func TestFlatWriterPages(t *testing.T) {
	for _, tt := range []struct {
		reason  string
		rows    int
		text    func(i int) string
		dict    bool // pages that refer to a dictionary
		plain   bool // pages that do not
		largest int64
	}{
		{"few values", 50_000, func(i int) string { return fmt.Sprint("value ", i%100) }, true, false, 60_000},
		{"no value twice", 50_000, func(i int) string { return fmt.Sprint("value ", i) }, false, true, 400_000},
		{"a dictionary of more than a megabyte", 90_000, func(i int) string { return fmt.Sprint(strings.Repeat("x", 30), i/3) }, true, true, 900_000},
		{"a full dictionary in the first page", 3000, func(i int) string { return fmt.Sprint(strings.Repeat("x", 1000), i/2) }, false, true, 2 << 20},
		{"a full dictionary in the first page, of texts that repeat", 560, func(i int) string { return fmt.Sprint(strings.Repeat("x", 20_000), max(i, 500)) }, true, true, 1100 << 10},
		{"long texts", 40, func(i int) string { return strings.Repeat("x", 700_000+i) }, false, true, 1500 << 10},
		{"only empty ones", 30_000, func(int) string { return "" }, true, false, 3000},
	} {
		b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "t", Type: arrow.BinaryTypes.String, Nullable: true}}, nil))
		for i := range tt.rows {
			if i%11 == 5 {
				b.Field(0).AppendNull()
			} else {
				b.Field(0).(*array.StringBuilder).Append(tt.text(i))
			}
		}
		rec := b.NewRecord()
		b.Release()
		f := file(t, &parquet.WriterOptions{Compression: parquet.Uncompressed}, rec, rec)
		m, err := parquet.ReadFooter(section(f), 1<<30)
		require.NoError(t, err)
		dict, plain := false, false
		for _, s := range m.RowGroups[0].Columns[0].MetaData.EncodingStats {
			if s.PageType == 0 {
				dict, plain = dict || s.Encoding == 8, plain || s.Encoding == 0
			}
		}
		require.Equal(t, tt.dict, dict, tt.reason)
		require.Equal(t, tt.plain, plain, tt.reason)
		largest, err := parquet.LargestPage(section(f))
		require.NoError(t, err, tt.reason)
		require.LessOrEqual(t, largest, tt.largest, tt.reason)
		for range 8 { // the library lists the encodings in random order
			again := file(t, &parquet.WriterOptions{Compression: parquet.Uncompressed}, rec, rec)
			require.True(t, bytes.Equal(f, again), "%s: other bytes", tt.reason)
		}
		r := open(t, f, nil)
		for at := int64(0); r.Next(); at += r.Record().NumRows() {
			n := r.Record().NumRows()
			for from := int64(0); from < n; from++ {
				i := (at + from) % rec.NumRows()
				require.Equal(t, rec.Column(0).ValueStr(int(i)), r.Record().Column(0).ValueStr(int(from)), "%s: row %d", tt.reason, at+from)
			}
		}
		require.NoError(t, r.Err(), tt.reason)
		r.Release()
		rec.Release()
	}
}

// TestFlatWriterWide: pages of a table with many columns are smaller, so that together they do not
// take more memory.
func TestFlatWriterWide(t *testing.T) {
	const columns, rows = 300, 20_000
	numbers := array.NewInt64Builder(memory.DefaultAllocator)
	for i := range rows {
		numbers.Append(int64(i))
	}
	for i := range rows {
		if numbers.Append(int64(i)); i%9 == 0 {
			numbers.AppendNull()
		}
	}
	all := numbers.NewArray()
	whole, nulls := array.NewSlice(all, 0, rows), array.NewSlice(all, rows, 2*rows)
	fields, arrays := make([]arrow.Field, columns), make([]arrow.Array, columns)
	for i := range fields {
		fields[i], arrays[i] = arrow.Field{Name: fmt.Sprint(i), Type: all.DataType(), Nullable: true}, whole
	}
	arrays[columns-1] = nulls
	f := file(t, &parquet.WriterOptions{Compression: parquet.Uncompressed}, array.NewRecord(arrow.NewSchema(fields, nil), arrays, rows))
	largest, err := parquet.LargestPage(section(f))
	require.NoError(t, err)
	require.LessOrEqual(t, largest, int64(66<<10))
	r := open(t, f, &parquet.Options{Columns: []string{"0", fmt.Sprint(columns - 1)}})
	defer r.Release()
	var got [2][]string
	for r.Next() {
		for i := range got {
			got[i] = append(got[i], textsOf(r.Record().Column(i))...)
		}
	}
	require.NoError(t, r.Err())
	require.True(t, slices.Equal(textsOf(whole), got[0]))
	require.True(t, slices.Equal(textsOf(nulls), got[1]))
}

// TestFlatWriterLevels: the bits that say which rows of a page are not NULL say nothing of other
// rows in memory, which may be hidden (S3).
func TestFlatWriterLevels(t *testing.T) {
	for _, n := range []int{2, 3, 7, 8, 9, 63, 66, 130, 205} {
		for front := range 10 {
			b := array.NewInt32Builder(memory.DefaultAllocator)
			for range front {
				b.Append(1)
			}
			want := make([]byte, (n+7)/8)
			for i := range n {
				if i == n-1 {
					b.AppendNull()
				} else {
					b.Append(2)
					want[i/8] |= 1 << (i % 8)
				}
			}
			for range 100 {
				b.Append(3)
			}
			rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int32, Nullable: true}}, nil), []arrow.Array{b.NewArray()}, int64(front+n+100))
			opts := &parquet.WriterOptions{Compression: parquet.Uncompressed, RowGroupRows: int64(n), Statistics: []string{}}
			page := binary.AppendUvarint(nil, uint64(len(want))<<1|1) // the levels: groups of eight bits
			page = append(append(page, want...), 2, 0, 0, 0)
			split := min(n/2, 100) // a page of two records
			f := file(t, opts, rec.NewSlice(int64(front), int64(front+n)), rec.NewSlice(int64(front), int64(front+split)), rec.NewSlice(int64(front+split), int64(front+n)))
			require.Equal(t, 2, bytes.Count(f, page), "%d rows behind %d", n, front)
		}
	}
}

// TestFlatWriterHidesUnusedValues: a dictionary in a record may have more values than its rows (S3).
// None of them is in the file, also not in the statistics.
func TestFlatWriterHidesUnusedValues(t *testing.T) {
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	for _, values := range []string{`["visible-EMEA", "AAA hidden in a dictionary", "zzz hidden in a dictionary"]`, `["visible-EMEA", null, "zzz hidden in a dictionary"]`} {
		dict, _, err := array.FromJSON(memory.DefaultAllocator, arrow.BinaryTypes.String, strings.NewReader(values))
		require.NoError(t, err)
		index, _, err := array.FromJSON(memory.DefaultAllocator, arrow.PrimitiveTypes.Int8, strings.NewReader(`[0, null, 0]`))
		require.NoError(t, err)
		rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "region", Type: dt, Nullable: true}}, nil),
			[]arrow.Array{array.NewDictionaryArray(dt, index, dict)}, 3)
		b := file(t, &parquet.WriterOptions{Compression: parquet.Uncompressed}, rec)
		require.True(t, bytes.Contains(b, []byte("visible-EMEA")))
		require.False(t, bytes.Contains(b, []byte("hidden in a dictionary")))
	}
}

// TestFlatWriterEndsDictionary: values of a dictionary of a record come back where the dictionary of
// the file is full before they come again.
func TestFlatWriterEndsDictionary(t *testing.T) {
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
	values, indices := array.NewStringBuilder(memory.DefaultAllocator), array.NewInt16Builder(memory.DefaultAllocator)
	for i := range 200 {
		values.Append(fmt.Sprint(i, strings.Repeat("x", 10_000)))
	}
	for i := range 600 {
		indices.Append(int16(max(i-300, 0) % 200))
	}
	rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "d", Type: dt}}, nil),
		[]arrow.Array{array.NewDictionaryArray(dt, indices.NewArray(), values.NewArray())}, 600)
	r := open(t, file(t, nil, rec), nil)
	defer r.Release()
	var got []string
	for r.Next() {
		got = append(got, textsOf(r.Record().Column(0))...)
	}
	require.NoError(t, r.Err())
	require.True(t, slices.Equal(textsOf(rec.Column(0)), got))
}

// TestFlatWriterRefuses: a column that is not nullable has no place for NULL, and an index has no
// value but those of its dictionary, also if the memory behind them has more (S3).
func TestFlatWriterRefuses(t *testing.T) {
	ofJSON := func(dt arrow.DataType, text string) arrow.Array {
		c, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader(text))
		require.NoError(t, err)
		return c
	}
	dict := func(index string, values arrow.Array) arrow.Array {
		dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: values.DataType()}
		indices := ofJSON(dt.IndexType, index)
		return array.MakeFromData(array.NewDataWithDictionary(dt, indices.Len(), indices.Data().Buffers(), indices.NullN(), 0, values.Data().(*array.Data)))
	}
	texts := arrow.BinaryTypes.String
	for _, tt := range []struct {
		reason string
		column arrow.Array
		err    string
	}{
		{"NULL", ofJSON(arrow.PrimitiveTypes.Int64, `[1, null]`), "not supported: got NULL in a column that is not nullable"},
		{"NULL among indices", dict(`[0, null]`, ofJSON(texts, `["a"]`)), "not supported: got NULL in a column that is not nullable"},
		{"NULL among values", dict(`[0, 1, 2]`, ofJSON(texts, `["a", null, "c"]`)), "not supported: got NULL in a column that is not nullable"},
		{"values that are a slice", dict(`[0, 1]`, array.NewSlice(ofJSON(texts, `["a", "hidden"]`), 0, 1)), "the code panicked"},
	} {
		s := arrow.NewSchema([]arrow.Field{{Name: "n", Type: tt.column.DataType()}}, nil)
		w, err := parquet.NewWriter(new(bytes.Buffer), s, nil)
		require.NoError(t, err, tt.reason)
		rec := array.NewRecord(s, []arrow.Array{tt.column}, int64(tt.column.Len()))
		require.ErrorContains(t, w.Write(rec), `parquet: column "n": `, tt.reason)
		require.ErrorContains(t, w.Close(), tt.err, tt.reason)
	}
}

// FuzzAppendHybrid: the reader's decoder gives back the numbers.
func FuzzAppendHybrid(f *testing.F) {
	f.Add([]byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2}, uint8(3))
	f.Add(bytes.Repeat([]byte{7, 7, 7, 250}, 40), uint8(20))
	f.Add([]byte{}, uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, width uint8) {
		w := int(width)%31 + 1
		numbers := make([]uint32, len(b))
		for i := range b {
			numbers[i] = uint32(b[i]) * 0x01010101 & (1<<w - 1)
		}
		got := make([]uint32, 0, len(b))
		rest, err := parquet.Hybrid(parquet.AppendHybrid(nil, numbers, w), int64(w), int64(len(numbers)), func(v uint64, times int64) error {
			for range times {
				got = append(got, uint32(v))
			}
			return nil
		})
		require.NoError(t, err)
		require.Empty(t, rest)
		require.Equal(t, numbers, got)
	})
}
