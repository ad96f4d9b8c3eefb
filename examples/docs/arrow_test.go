package docs_test

import (
	"context"
	"fmt"
	"log"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// The code of docs/arrow.md.

func Example_stream() {
	rec := record(arrow.NewSchema([]arrow.Field{{Name: "Region", Type: arrow.BinaryTypes.String}}, nil), `[{"Region":"US"},{"Region":"EMEA"},{"Region":"US"}]`)
	defer rec.Release()
	reader, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec, rec})
	if err != nil {
		log.Fatal(err)
	}
	defer reader.Release()
	p := predicate.In("Region", "US")

	filter, err := batch.Bind(p, reader.Schema(), &batch.Options{Workers: 2})
	if err != nil {
		log.Fatal(err)
	}
	rows := int64(0)
	for visible, err := range filter.Records(context.Background(), reader) {
		if err != nil {
			log.Fatal(err)
		}
		rows += visible.NumRows() // call visible.Retain to keep a record
	}
	fmt.Println(rows, "visible rows")
	// Output: 4 visible rows
}

// withText returns rec with a text column name that holds the numbers of column
// from. NULL stays NULL.
func withText(rec arrow.Record, from, name string) (arrow.Record, error) {
	columns := rec.Schema().FieldIndices(from)
	if len(columns) != 1 {
		return nil, fmt.Errorf("column %q: found %d, want 1", from, len(columns))
	}
	numbers, ok := rec.Column(columns[0]).(*array.Int64)
	if !ok {
		return nil, fmt.Errorf("column %q: got %s, want int64", from, rec.Column(columns[0]).DataType())
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range numbers.Len() {
		if numbers.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Append(strconv.FormatInt(numbers.Value(i), 10))
	}
	return withColumn(rec, name, b.NewArray()), nil
}

// withField returns rec with a top-level text column name that holds the field
// of a struct column. Where the struct is NULL, the text is NULL.
func withField(rec arrow.Record, from, field, name string) (arrow.Record, error) {
	columns := rec.Schema().FieldIndices(from)
	if len(columns) != 1 {
		return nil, fmt.Errorf("column %q: found %d, want 1", from, len(columns))
	}
	parent, ok := rec.Column(columns[0]).(*array.Struct)
	if !ok {
		return nil, fmt.Errorf("column %q: got %s, want a struct", from, rec.Column(columns[0]).DataType())
	}
	at, ok := parent.DataType().(*arrow.StructType).FieldIdx(field)
	if !ok {
		return nil, fmt.Errorf("column %q has no field %q", from, field)
	}
	values, ok := parent.Field(at).(*array.String)
	if !ok {
		return nil, fmt.Errorf("field %q of column %q: got %s, want text", field, from, parent.Field(at).DataType())
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range parent.Len() {
		if parent.IsNull(i) || values.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Append(values.Value(i))
	}
	return withColumn(rec, name, b.NewArray()), nil
}

// withColumn returns rec with one more column, and takes over its reference.
func withColumn(rec arrow.Record, name string, column arrow.Array) arrow.Record {
	defer column.Release()
	fields := append(rec.Schema().Fields(), arrow.Field{Name: name, Type: column.DataType(), Nullable: true})
	columns := append(append([]arrow.Array(nil), rec.Columns()...), column)
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, rec.NumRows())
}

func Example_numericColumn() {
	rec := record(arrow.NewSchema([]arrow.Field{{Name: "tenant_id", Type: arrow.PrimitiveTypes.Int64, Nullable: true}}, nil), `[{"tenant_id":7},{"tenant_id":null},{"tenant_id":70}]`)
	defer rec.Release()

	text, err := withText(rec, "tenant_id", "tenant")
	if err != nil {
		log.Fatal(err)
	}
	defer text.Release()
	filter, err := batch.Bind(predicate.In("tenant", "7"), text.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	visible, err := filter.Apply(text)
	if err != nil {
		log.Fatal(err)
	}
	defer visible.Release()
	fmt.Println(visible.Column(0))
	// Output: [7]
}

func Example_nestedColumn() {
	site := arrow.StructOf(arrow.Field{Name: "region", Type: arrow.BinaryTypes.String, Nullable: true})
	rec := record(arrow.NewSchema([]arrow.Field{{Name: "site", Type: site, Nullable: true}}, nil), `[{"site":{"region":"US"}},{"site":null},{"site":{"region":"EMEA"}}]`)
	defer rec.Release()

	flat, err := withField(rec, "site", "region", "site.region")
	if err != nil {
		log.Fatal(err)
	}
	defer flat.Release()
	filter, err := batch.Bind(predicate.In("site.region", "US"), flat.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	n, err := filter.Count(flat)
	fmt.Println(n, err)
	_, err = withField(rec, "site", "country", "site.country")
	fmt.Println(err)
	// Output:
	// 1 <nil>
	// column "site" has no field "country"
}

func record(schema *arrow.Schema, rows string) arrow.Record {
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(rows))
	if err != nil {
		log.Fatal(err)
	}
	return rec
}
