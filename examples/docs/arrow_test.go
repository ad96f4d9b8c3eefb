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
func withText(rec arrow.Record, from, name string) arrow.Record {
	numbers := rec.Column(rec.Schema().FieldIndices(from)[0]).(*array.Int64)
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range numbers.Len() {
		if numbers.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Append(strconv.FormatInt(numbers.Value(i), 10))
	}
	return withColumn(rec, name, b.NewArray())
}

// withField returns rec with a top-level text column name that holds the field
// of a struct column. Where the struct is NULL, the text is NULL.
func withField(rec arrow.Record, from, field, name string) arrow.Record {
	parent := rec.Column(rec.Schema().FieldIndices(from)[0]).(*array.Struct)
	at, _ := parent.DataType().(*arrow.StructType).FieldIdx(field)
	values := parent.Field(at).(*array.String)
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range parent.Len() {
		if parent.IsNull(i) || values.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Append(values.Value(i))
	}
	return withColumn(rec, name, b.NewArray())
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

	text := withText(rec, "tenant_id", "tenant")
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

	flat := withField(rec, "site", "region", "site.region")
	defer flat.Release()
	filter, err := batch.Bind(predicate.In("site.region", "US"), flat.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	n, err := filter.Count(flat)
	fmt.Println(n, err)
	// Output: 1 <nil>
}

func record(schema *arrow.Schema, rows string) arrow.Record {
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(rows))
	if err != nil {
		log.Fatal(err)
	}
	return rec
}
