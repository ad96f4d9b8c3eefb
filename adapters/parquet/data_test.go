package parquet_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// carried has a row for each type a file gives back as it was given.
var carried = []struct {
	name, reason string
	dt           arrow.DataType
	json         string
}{
	{"bool", "bits", arrow.FixedWidthTypes.Boolean, `[true, null, false, true]`},
	{"int8", "stored as int32", arrow.PrimitiveTypes.Int8, `[1, null, -128, 4]`},
	{"int16", "stored as int32", arrow.PrimitiveTypes.Int16, `[1, null, -3, 4]`},
	{"int32", "plain", arrow.PrimitiveTypes.Int32, `[1, null, -3, 4]`},
	{"int64", "plain", arrow.PrimitiveTypes.Int64, `[1, null, -3, 4]`},
	{"uint8", "stored as int32", arrow.PrimitiveTypes.Uint8, `[1, null, 255, 4]`},
	{"uint16", "stored as int32", arrow.PrimitiveTypes.Uint16, `[1, null, 65535, 4]`},
	{"uint32", "past the signed range", arrow.PrimitiveTypes.Uint32, `[1, null, 4294967295, 4]`},
	{"uint64", "plain", arrow.PrimitiveTypes.Uint64, `[1, null, 3, 4]`},
	{"float16", "stored as two bytes", arrow.FixedWidthTypes.Float16, `[1.5, null, -3, 4]`},
	{"float32", "plain", arrow.PrimitiveTypes.Float32, `[1.5, null, -3, 4]`},
	{"float64", "plain", arrow.PrimitiveTypes.Float64, `[1.5, null, -3, 4]`},
	{"utf8", "what rules look at; empty and null stay apart", arrow.BinaryTypes.String, `["US", null, "", "a longer value"]`},
	{"large_utf8", "the stored Arrow schema says so", arrow.BinaryTypes.LargeString, `["US", null, "", "a longer value"]`},
	{"binary", "plain", arrow.BinaryTypes.Binary, `["YQ==", null, "", "YWI="]`},
	{"large_binary", "the stored Arrow schema says so", arrow.BinaryTypes.LargeBinary, `["YQ==", null, "", "YWI="]`},
	{"fixed_size_binary", "width in the type", &arrow.FixedSizeBinaryType{ByteWidth: 2}, `["YWI=", null, "Y2Q=", "ZWY="]`},
	{"date32", "plain", arrow.FixedWidthTypes.Date32, `["2020-01-01", null, "1969-12-31", "2000-02-29"]`},
	{"time32 ms", "unit", arrow.FixedWidthTypes.Time32ms, `["10:00:00", null, "10:00:00.123", "00:00:00"]`},
	{"time64 us", "unit", arrow.FixedWidthTypes.Time64us, `["10:00:00", null, "10:00:00.123456", "00:00:00"]`},
	{"time64 ns", "unit", arrow.FixedWidthTypes.Time64ns, `["10:00:00", null, "10:00:00.123456789", "00:00:00"]`},
	{"timestamp ms", "no zone", &arrow.TimestampType{Unit: arrow.Millisecond}, `["2020-01-01T10:00:00", null, "1969-12-31", "2000-02-29"]`},
	{"timestamp us", "a zone other than UTC", &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/Paris"}, `["2020-01-01T10:00:00Z", null, "1969-12-31T00:00:00Z", "2000-02-29T00:00:00Z"]`},
	{"timestamp ns", "unit", &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}, `["2020-01-01T10:00:00Z", null, "1969-12-31T00:00:00Z", "2000-02-29T00:00:00Z"]`},
	{"decimal128", "precision and scale", &arrow.Decimal128Type{Precision: 20, Scale: 2}, `["1.25", null, "-3.00", "4.50"]`},
	{"decimal128 small", "fits an integer", &arrow.Decimal128Type{Precision: 5, Scale: 2}, `["1.25", null, "-3.00", "4.50"]`},
	{"decimal256", "wider than 16 bytes", &arrow.Decimal256Type{Precision: 50, Scale: 3}, `["1.250", null, "-3.000", "4.500"]`},
	{"list", "null and empty stay apart", arrow.ListOfField(arrow.Field{Name: "element", Type: arrow.BinaryTypes.String, Nullable: true}), `[["a"], null, [], ["b", null]]`},
	{"large_list", "the stored Arrow schema says so", arrow.LargeListOfField(arrow.Field{Name: "element", Type: arrow.PrimitiveTypes.Int32, Nullable: true}), `[[1], null, [], [2, null]]`},
	{"fixed_size_list", "elements that are null", arrow.FixedSizeListOfField(2, arrow.Field{Name: "element", Type: arrow.PrimitiveTypes.Int32, Nullable: true}), `[[1, 2], [null, 6], [3, 4], [5, null]]`},
	{"map", "a list of key and value", arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32), `[[{"key":"a","value":1}], null, [], [{"key":"b","value":null}]]`},
	{"struct", "opened on goroutines of the library", arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int32, Nullable: true}, arrow.Field{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}), `[{"a":1,"b":"x"}, null, {"a":null,"b":"y"}, {"a":2,"b":null}]`},
	{"struct of lists of structs", "depth", arrow.StructOf(arrow.Field{Name: "l", Type: arrow.ListOfField(arrow.Field{Name: "element", Type: arrow.StructOf(arrow.Field{Name: "s", Type: arrow.BinaryTypes.String, Nullable: true}), Nullable: true}), Nullable: true}), `[{"l":[{"s":"x"}]}, null, {"l":null}, {"l":[null, {"s":null}]}]`},
	{"null", "has no bytes", arrow.Null, `[null, null, null, null]`},
	{"dictionary int8", "index width", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, `["US", null, "EMEA", "US"]`},
	{"dictionary in struct", "below the top", arrow.StructOf(arrow.Field{Name: "d", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, Nullable: true}), `[{"d":"US"}, null, {"d":null}, {"d":"EMEA"}]`},
	{"dictionary", "text", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, `["US", null, "EMEA", "US"]`},
}

// columns makes a record with a column of each type.
func columns(t testing.TB, mem memory.Allocator) arrow.Record {
	t.Helper()
	var fields []arrow.Field
	var cols []arrow.Array
	for _, tt := range carried {
		fields = append(fields, arrow.Field{Name: tt.name, Type: tt.dt, Nullable: true, Metadata: arrow.NewMetadata([]string{"why"}, []string{tt.reason})})
		col, _, err := array.FromJSON(mem, tt.dt, strings.NewReader(tt.json))
		require.NoError(t, err, tt.name)
		cols = append(cols, col)
	}
	rec := array.NewRecord(arrow.NewSchema(fields, nil), cols, -1)
	for _, col := range cols {
		col.Release()
	}
	return rec
}

// sales makes a record as rules see them: text that repeats, and a number.
func sales(rows int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "amount", Type: arrow.PrimitiveTypes.Int64},
		{Name: "customer", Type: arrow.BinaryTypes.String},
	}, nil))
	defer b.Release()
	for i := range rows {
		if i%7 == 6 {
			b.Field(0).AppendNull()
		} else {
			b.Field(0).(*array.StringBuilder).Append([]string{"US", "EMEA", "APAC"}[i%3])
		}
		b.Field(1).(*array.Int64Builder).Append(int64(i))
		b.Field(2).(*array.StringBuilder).Append(fmt.Sprintf("customer %d", i*7919%rows))
	}
	return b.NewRecord()
}

// file writes records to a file in memory.
func file(t testing.TB, opts *parquet.WriterOptions, recs ...arrow.Record) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := parquet.NewWriter(&buf, recs[0].Schema(), opts)
	require.NoError(t, err)
	for _, rec := range recs {
		require.NoError(t, w.Write(rec))
	}
	require.NoError(t, w.Close())
	return buf.Bytes()
}

func open(t testing.TB, b []byte, opts *parquet.Options) *parquet.Reader {
	t.Helper()
	r, err := parquet.NewReader(section(b), opts)
	require.NoError(t, err)
	return r
}

// openOn is open with an allocator that counts.
func openOn(t testing.TB, mem mem18.Allocator, b []byte, opts *parquet.Options) *parquet.Reader {
	t.Helper()
	r, err := parquet.NewReaderOn(mem, section(b), opts)
	require.NoError(t, err)
	return r
}

func section(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

// count reads to the end and returns the number of rows.
func count(r *parquet.Reader) (rows int64) {
	for r.Next() {
		rows += r.Record().NumRows()
	}
	return rows
}

// texts names the columns of text of a file, to read them as dictionaries.
func texts(t testing.TB, b []byte) (names []string) {
	t.Helper()
	r, err := parquet.NewReader(section(b), nil)
	if err != nil {
		return nil
	}
	defer r.Release()
	for _, f := range r.Schema().Fields() {
		if f.Type.ID() == arrow.STRING {
			names = append(names, f.Name)
		}
	}
	return names
}

func fromJSON(t testing.TB, schema *arrow.Schema, json string) arrow.Record {
	t.Helper()
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(json))
	require.NoError(t, err)
	return rec
}

// shuffled makes rows of users in no order, each of one row.
func shuffled(t testing.TB, n int) arrow.Record {
	t.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "user", Type: arrow.BinaryTypes.String},
	}, nil))
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append(user(i))
	}
	return b.NewRecord()
}

// user names the user of a row.
func user(i int) string { return fmt.Sprintf("%08x-user", uint32(i)*2654435761) }
