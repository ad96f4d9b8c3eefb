package parquet_test

import (
	"errors"
	"io"
	"testing"

	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

func TestEveryTypeComesBack(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rec := columns(t, mem)
	defer rec.Release()
	for name, c := range map[string]parquet.Compression{"zstd": parquet.Zstd, "snappy": parquet.Snappy, "none": parquet.Uncompressed} {
		t.Run(name, func(t *testing.T) {
			mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			r := openOn(t, mem, file(t, &parquet.WriterOptions{Compression: c}, rec), &parquet.Options{})
			defer r.Release()
			require.True(t, r.Next(), "%v", r.Err())
			got := r.Record()
			for i, tt := range carried {
				require.True(t, arrow.TypeEqual(tt.dt, got.Schema().Field(i).Type), "%s: %v", tt.name, got.Schema().Field(i).Type)
				require.True(t, array.Equal(rec.Column(i), got.Column(i)), "%s: %v, want %v", tt.name, got.Column(i), rec.Column(i))
				why, _ := got.Schema().Field(i).Metadata.GetValue("why")
				require.Equal(t, tt.reason, why)
			}
			require.True(t, r.Schema().Equal(got.Schema()), "%v\n%v", r.Schema(), got.Schema())
			require.False(t, r.Next())
			require.NoError(t, r.Err())
		})
	}
}

func TestTypesParquetCannotCarry(t *testing.T) {
	for _, dt := range []arrow.DataType{
		arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.String),
		arrow.DenseUnionOf([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int32}}, []arrow.UnionTypeCode{1}),
		arrow.SparseUnionOf([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int32}}, []arrow.UnionTypeCode{1}),
		arrow.BinaryTypes.StringView,
		arrow.BinaryTypes.BinaryView,
		arrow.ListViewOf(arrow.PrimitiveTypes.Int32),
		arrow.LargeListViewOf(arrow.PrimitiveTypes.Int32),
		arrow.FixedWidthTypes.Duration_s,
		arrow.FixedWidthTypes.MonthInterval,
		arrow.FixedWidthTypes.DayTimeInterval,
		arrow.FixedWidthTypes.MonthDayNanoInterval,
		arrow.ListOf(arrow.FixedWidthTypes.Duration_s),
		arrow.StructOf(),
		arrow.FixedWidthTypes.Date64,
		arrow.FixedWidthTypes.Time32s,
		&arrow.TimestampType{Unit: arrow.Second},
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.PrimitiveTypes.Int32},
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.LargeString},
	} {
		s := arrow.NewSchema([]arrow.Field{{Name: "ok", Type: arrow.PrimitiveTypes.Int8}, {Name: "c", Type: dt}, {Name: "d", Type: dt}}, nil)
		w, err := parquet.NewWriter(io.Discard, s, nil)
		require.Nil(t, w, dt.String())
		require.ErrorIs(t, err, parquet.ErrUnsupported, dt.String())
		require.ErrorContains(t, err, `column "c"`, dt.String())
		require.ErrorContains(t, err, `column "d"`, "every problem is reported")
		require.NotContains(t, err.Error(), `"ok"`)
	}
}

func TestRowGroupsAndBatches(t *testing.T) {
	rec := sales(10_000)
	defer rec.Release()
	b := file(t, &parquet.WriterOptions{RowGroupRows: 3000}, rec, rec)
	r := open(t, b, &parquet.Options{BatchRows: 1024})
	defer r.Release()
	require.Equal(t, int64(20_000), r.NumRows())
	next := int64(0)
	for r.Next() {
		got := r.Record()
		require.LessOrEqual(t, got.NumRows(), int64(1024))
		amount := got.Column(1).(*array.Int64)
		for i := range amount.Len() {
			require.Equal(t, next%10_000, amount.Value(i), "rows come in the order of the file")
			next++
		}
	}
	require.NoError(t, r.Err())
	require.Equal(t, int64(20_000), next)
	require.Nil(t, r.Record())
}

func TestColumns(t *testing.T) {
	rec := sales(100)
	defer rec.Release()
	b := file(t, nil, rec)
	r := open(t, b, &parquet.Options{Columns: []string{"customer", "region"}})
	defer r.Release()
	require.True(t, r.Next())
	require.Equal(t, "customer", r.Schema().Field(0).Name, "in the order wanted")
	require.Equal(t, int64(2), r.Record().NumCols())
	require.True(t, array.Equal(rec.Column(0), r.Record().Column(1)))

	_, err := parquet.NewReader(section(b), &parquet.Options{Columns: []string{"Region", "amount", "none"}})
	require.ErrorIs(t, err, parquet.ErrNoColumn)
	require.ErrorContains(t, err, `column "Region"`)
	require.ErrorContains(t, err, `column "none"`, "every problem is reported")
	_, err = parquet.NewReader(section(b), &parquet.Options{Columns: []string{"region", "region"}})
	require.ErrorContains(t, err, "asked for twice")
	_, err = parquet.NewReader(section(b), &parquet.Options{Columns: []string{}})
	require.ErrorIs(t, err, parquet.ErrUnsupported)

	twice := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}, {Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil),
		[]arrow.Array{rec.Column(1), rec.Column(1)}, -1)
	defer twice.Release()
	b = file(t, nil, twice)
	_, err = parquet.NewReader(section(b), &parquet.Options{Columns: []string{"a"}})
	require.ErrorIs(t, err, parquet.ErrAmbiguous)
}

// Text that does not repeat makes the writer change from dictionary to plain
// pages inside a column chunk, which the reader must put back into one array.
func TestDictionary(t *testing.T) {
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rec := sales(200_000)
	defer rec.Release()
	b := file(t, &parquet.WriterOptions{RowGroupRows: 150_000}, rec)
	r := openOn(t, mem, b, &parquet.Options{Dictionary: []string{"region", "customer", "amount"}})
	defer r.Release()
	at := 0
	for r.Next() {
		for _, c := range []int{0, 2} {
			want, got := rec.Column(c).(*array.String), r.Record().Column(c).(*array.Dictionary)
			values := got.Dictionary().(*array.String)
			for i := range got.Len() {
				if want.IsNull(at + i) {
					require.True(t, got.IsNull(i))
				} else if want.Value(at+i) != values.Value(got.GetValueIndex(i)) {
					t.Fatalf("column %d, row %d: %q, want %q", c, at+i, values.Value(got.GetValueIndex(i)), want.Value(at+i))
				}
			}
		}
		at += int(r.Record().NumRows())
	}
	require.NoError(t, r.Err())
	require.Equal(t, 200_000, at)
}

func TestDictionaryOfNoColumn(t *testing.T) {
	_, err := parquet.NewReader(section(file(t, nil, sales(3))), &parquet.Options{Dictionary: []string{"region", "none", "nor this"}})
	require.ErrorIs(t, err, parquet.ErrNoColumn)
	require.ErrorContains(t, err, `column "none"`)
	require.ErrorContains(t, err, `column "nor this"`)
}

func TestWriterMisuse(t *testing.T) {
	rec, other := sales(3), columns(t, memory.DefaultAllocator)
	w, err := parquet.NewWriter(io.Discard, rec.Schema(), nil)
	require.NoError(t, err)
	require.ErrorContains(t, w.Write(other), "another schema")
	require.Error(t, w.Write(nil))
	require.NoError(t, w.Write(rec), "a refused record leaves the file as it was")
	require.NoError(t, w.Close())
	require.ErrorContains(t, w.Write(rec), "closed")
	require.ErrorContains(t, w.Close(), "closed")

	_, err = parquet.NewWriter(io.Discard, rec.Schema(), &parquet.WriterOptions{Compression: 99})
	require.ErrorIs(t, err, parquet.ErrUnsupported)
	_, err = parquet.NewWriter(io.Discard, arrow.NewSchema(nil, nil), nil)
	require.ErrorIs(t, err, parquet.ErrUnsupported)
}

func TestAFileWithoutRows(t *testing.T) {
	rec := sales(1).NewSlice(0, 0)
	r := open(t, file(t, nil, rec), nil)
	defer r.Release()
	require.Equal(t, int64(0), r.NumRows())
	require.False(t, r.Next())
	require.NoError(t, r.Err())
	require.Equal(t, rec.Schema().String(), r.Schema().String())
}

// full fails after some bytes, as a disk does.
type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// Close must not be called: the writer below is the caller's.
func (f *full) Close() error { panic("closed") }

func TestAFullDiskIsReported(t *testing.T) {
	rec := sales(10_000)
	opts := &parquet.WriterOptions{RowGroupRows: 2000}
	size := len(file(t, opts, rec))
	for _, left := range []int{0, 3, 10, 1000, size / 2, size - 1} {
		w, err := parquet.NewWriter(&full{left}, rec.Schema(), opts)
		if err == nil {
			err = w.Write(rec)
		}
		if err == nil {
			err = w.Close()
		}
		require.ErrorIs(t, err, errFull, "after %d bytes", left)
		if w != nil {
			require.Error(t, w.Close(), "it stays broken")
		}
	}
	w, err := parquet.NewWriter(&full{size}, rec.Schema(), opts)
	require.NoError(t, err)
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Close())
}
