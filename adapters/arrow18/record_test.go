package arrow18_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	mem15 "github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// table makes a batch of some columns that share one schema with metadata.
func table(t testing.TB, mem mem18.Allocator, rows int) v18.RecordBatch {
	t.Helper()
	meta := v18.NewMetadata([]string{"source"}, []string{"test"})
	schema := v18.NewSchema([]v18.Field{
		{Name: "region", Type: v18.BinaryTypes.String, Nullable: true, Metadata: v18.NewMetadata([]string{"k"}, []string{"v"})},
		{Name: "region", Type: &v18.DictionaryType{IndexType: v18.PrimitiveTypes.Int32, ValueType: v18.BinaryTypes.String, Ordered: true}, Nullable: true},
		{Name: "n", Type: v18.PrimitiveTypes.Int64},
	}, &meta)
	b := array18.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i := range rows {
		b.Field(0).(*array18.StringBuilder).Append([]string{"US", "EMEA", "APAC"}[i%3])
		require.NoError(t, b.Field(1).(*array18.BinaryDictionaryBuilder).AppendString([]string{"US", "EMEA", "APAC"}[i%3]))
		b.Field(2).(*array18.Int64Builder).Append(int64(i))
	}
	return b.NewRecordBatch()
}

func TestRecordKeepsSchemaAndRows(t *testing.T) {
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	src := table(t, mem, 10)
	rec, err := arrow18.Record(src)
	require.NoError(t, err)
	require.NoError(t, arrow18.Validate(rec))

	require.Equal(t, int64(10), rec.NumRows())
	require.Equal(t, []string{"source"}, rec.Schema().Metadata().Keys())
	field := rec.Schema().Field(0)
	v, _ := field.Metadata.GetValue("k")
	require.Equal(t, "v", v)
	require.True(t, field.Nullable)
	require.False(t, rec.Schema().Field(2).Nullable)
	require.True(t, rec.Schema().Field(1).Type.(*v15.DictionaryType).Ordered)

	back, err := arrow18.FromRecord(rec)
	require.NoError(t, err)
	require.True(t, src.Schema().Equal(back.Schema()))
	require.True(t, array18.RecordEqual(src, back))
	back.Release()
	src.Release()
	require.Equal(t, "EMEA", rec.Column(0).(*array15.String).Value(1), "alive after the source")
	rec.Release()
}

func TestRecordWithoutColumnsOrRows(t *testing.T) {
	none := array18.NewRecordBatch(v18.NewSchema(nil, nil), nil, 0)
	rec, err := arrow18.Record(none)
	require.NoError(t, err)
	require.Zero(t, rec.NumCols())

	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	src := table(t, mem, 0)
	defer src.Release()
	rec, err = arrow18.Record(src)
	require.NoError(t, err)
	defer rec.Release()
	require.Zero(t, rec.NumRows())
	require.Equal(t, 0, rec.Column(1).(*array15.Dictionary).Dictionary().Len(), "a dictionary that can be asked for")
}

// An empty dictionary array may have no dictionary; asking v15 for it panics.
func TestEmptyDictionaryArrayGetsADictionary(t *testing.T) {
	data := array18.NewData(dict, 0, bufs18{nil, nil}, nil, 0, 0)
	arr, err := arrow18.Array(raw{data: data})
	require.NoError(t, err)
	defer arr.Release()
	require.Equal(t, 0, arr.(*array15.Dictionary).Dictionary().Len())
	back, err := arrow18.FromArray(arr)
	require.NoError(t, err)
	back.Release()
}

func TestUnknownNullCountIsCounted(t *testing.T) {
	data := array18.NewData(i32, 3, bufs18{bytes18(0b101), int32s(1, 2, 3)}, nil, array18.UnknownNullCount, 0)
	arr, err := arrow18.Array(raw{data: data})
	require.NoError(t, err)
	defer arr.Release()
	require.Equal(t, 1, arr.Data().NullN(), "known without a call that writes")
}

// Many goroutines share one source and release in any order; run with -race.
func TestConcurrentUseAndRelease(t *testing.T) {
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	src := table(t, mem, 1000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				rec, err := arrow18.Record(src)
				if err != nil || rec.Column(0).(*array15.String).Value(999) != "US" {
					t.Error("wrong record", err)
					return
				}
				var inner sync.WaitGroup
				for _, col := range rec.Columns() {
					col.Retain()
					inner.Add(1)
					go func() { defer inner.Done(); col.Release() }()
				}
				rec.Release()
				inner.Wait()
			}
		}()
	}
	wg.Wait()
	src.Release()
}

func TestReaderBothWays(t *testing.T) {
	mem := mem18.NewCheckedAllocator(mem18.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	one, two := table(t, mem, 3), table(t, mem, 5)
	src, err := array18.NewRecordReader(one.Schema(), []v18.RecordBatch{one, two})
	require.NoError(t, err)
	one.Release()
	two.Release()
	r15, err := arrow18.Reader(src)
	require.NoError(t, err)
	src.Release()
	r18, err := arrow18.FromReader(r15)
	require.NoError(t, err)
	r15.Release()

	r18.Retain()
	r18.Release()
	require.Equal(t, "region", r18.Schema().Field(0).Name)
	require.True(t, r18.Next())
	kept := r18.RecordBatch()
	kept.Retain()
	require.True(t, r18.Next())
	require.Equal(t, int64(5), r18.RecordBatch().NumRows())
	require.Equal(t, int64(3), kept.NumRows(), "a batch that was retained outlives Next")
	require.False(t, r18.Next())
	require.NoError(t, r18.Err())
	r18.Release()
	kept.Release()
}

func TestReaderReportsTheErrorsBelow(t *testing.T) {
	boom := errors.New("boom")
	s := v18.NewSchema([]v18.Field{{Name: "c", Type: list}}, nil)
	bad := batch{schema: s, rows: 1, cols: []v18.Array{raw{data: array18.NewData(list, 1, bufs18{nil, nil}, []v18.ArrayData{ints(2)}, 0, 0)}}}
	other := batch{schema: v18.NewSchema([]v18.Field{{Name: "other", Type: list}}, nil), rows: 1}
	for _, tt := range []struct {
		reason string
		next   v18.RecordBatch
		err    error
		want   string
	}{
		{"the reader below fails", nil, boom, "boom"},
		{"a batch is malformed", bad, nil, `arrow18: column "c": list<item: int32, nullable>: malformed array: buffer 1 has 0 bytes, want 8`},
		{"a batch of another schema", other, nil, "another schema"},
	} {
		r, err := arrow18.Reader(&oneBatch{schema: s, next: tt.next, err: tt.err})
		require.NoError(t, err)
		require.False(t, r.Next(), tt.reason)
		require.ErrorContains(t, r.Err(), tt.want, tt.reason)
		require.False(t, r.Next(), "it stays ended")
		require.Nil(t, r.Record())
		r.Release()
	}

	_, err := arrow18.Reader(&oneBatch{schema: v18.NewSchema([]v18.Field{{Name: "c", Type: &v18.Decimal32Type{Precision: 3}}}, nil)})
	require.ErrorIs(t, err, arrow18.ErrType)
}

type oneBatch struct {
	schema *v18.Schema
	next   v18.RecordBatch
	err    error
}

func (o *oneBatch) Retain()                      {}
func (o *oneBatch) Release()                     {}
func (o *oneBatch) Schema() *v18.Schema          { return o.schema }
func (o *oneBatch) Next() bool                   { return o.next != nil }
func (o *oneBatch) RecordBatch() v18.RecordBatch { return o.next }
func (o *oneBatch) Record() v18.RecordBatch      { return o.next }
func (o *oneBatch) Err() error                   { return o.err }

func TestZero(t *testing.T) {
	rec, err := arrow18.Record(nil)
	require.Nil(t, rec)
	require.ErrorIs(t, err, arrow18.ErrMalformed)
	back, err := arrow18.FromRecord(nil)
	require.Nil(t, back)
	require.ErrorIs(t, err, arrow18.ErrMalformed)
	_, err = arrow18.Array(nil)
	require.Error(t, err)
	_, err = arrow18.FromArray(nil)
	require.Error(t, err)
	_, err = arrow18.Schema(nil)
	require.Error(t, err)
	_, err = arrow18.FromSchema(nil)
	require.Error(t, err)
	_, err = arrow18.DataType(nil)
	require.ErrorIs(t, err, arrow18.ErrType)
	_, err = arrow18.FromDataType(nil)
	require.ErrorIs(t, err, arrow18.ErrType)
	require.Error(t, arrow18.Validate(nil))
}

// A buffer on loan frees the owner once, even when somebody resizes it.
func TestResizeOfABorrowedBuffer(t *testing.T) {
	mem := mem15.NewCheckedAllocator(mem15.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	src, _, err := array15.FromJSON(mem, v15.PrimitiveTypes.Int32, strings.NewReader(`[1, 2]`))
	require.NoError(t, err)
	arr, err := arrow18.FromArray(src)
	require.NoError(t, err)
	buf := arr.Data().Buffers()[1]
	buf.Resize(200)
	buf.Bytes()[0] = 9
	require.Equal(t, int32(1), src.(*array15.Int32).Value(0), "a resize copies")
	buf.Resize(0)
	arr.Release()
	require.Equal(t, int32(2), src.(*array15.Int32).Value(1))
	src.Release()
}

func BenchmarkRecord(b *testing.B) {
	for _, rows := range []int{1000, 1_000_000} {
		src := table(b, mem18.DefaultAllocator, rows)
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rec, err := arrow18.Record(src)
				if err != nil {
					b.Fatal(err)
				}
				rec.Release()
			}
		})
		b.Run(fmt.Sprintf("rows=%d/reader", rows), func(b *testing.B) {
			rec := src
			r, err := arrow18.Reader(&oneBatch{schema: rec.Schema(), next: rec})
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				if !r.Next() {
					b.Fatal(r.Err())
				}
			}
			r.Release()
		})
		rec, err := arrow18.Record(src)
		require.NoError(b, err)
		b.Run(fmt.Sprintf("rows=%d/validate", rows), func(b *testing.B) {
			for b.Loop() {
				if err := arrow18.Validate(rec); err != nil {
					b.Fatal(err)
				}
			}
		})
		rec.Release()
	}
}
