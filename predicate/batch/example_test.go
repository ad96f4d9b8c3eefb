package batch_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// sales returns five rows of a sales table.
func sales() arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "Region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "Segment", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "Sales", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[
		{"Region": "EMEA", "Segment": "SMB",        "Sales": 10},
		{"Region": "US",   "Segment": "Enterprise", "Sales": 20},
		{"Region": "US",   "Segment": "SMB",        "Sales": 30},
		{"Region": null,   "Segment": "SMB",        "Sales": 40},
		{"Region": "APAC", "Segment": "Startup",    "Sales": 50}
	]`))
	if err != nil {
		log.Fatal(err)
	}
	return rec
}

// A measurement says which form of the inner loops it is of.
func ExampleForm() {
	forms := []string{"avx512", "mixed", "avx2", "neon", "purego"}
	fmt.Println(slices.Contains(forms, batch.Form()))
	// Output: true
}

func Example() {
	rec := sales()
	defer rec.Release()

	p := predicate.And(predicate.In("Region", "US", "EMEA"), predicate.In("Segment", "SMB"))
	filter, err := batch.Bind(p, rec.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	visible, err := filter.Apply(rec)
	if err != nil {
		log.Fatal(err)
	}
	defer visible.Release()
	fmt.Println(visible.Column(0), visible.Column(2))
	// Output: ["EMEA" "US"] [10 30]
}

func ExampleBind() {
	rec := sales()
	defer rec.Release()

	p := predicate.Or(predicate.In("Country", "France"), predicate.In("Sales", "10"))
	_, err := batch.Bind(p, rec.Schema(), nil)
	fmt.Println(err)
	fmt.Println(errors.Is(err, batch.ErrNoColumn), errors.Is(err, batch.ErrNotText))
	// Output:
	// column "Country": no such column
	// column "Sales": not text: type is int64
	// true true
}

func ExampleIsText() {
	word := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	fmt.Println(batch.IsText(word), batch.IsText(arrow.BinaryTypes.Binary))
	// Output: true false
}

func ExampleFilter_Mask() {
	rec := sales()
	defer rec.Release()

	filter, err := batch.Bind(predicate.In("Segment", "SMB"), rec.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	mask, err := filter.Mask(rec)
	if err != nil {
		log.Fatal(err)
	}
	defer mask.Release()
	fmt.Println(mask)
	// Output: [true false true true false]
}

func ExampleSelect() {
	rec := sales()
	defer rec.Release()

	// The file has more columns than the rules need.
	tests := array.NewRecord(arrow.NewSchema(rec.Schema().Fields()[:2], nil), rec.Columns()[:2], rec.NumRows())
	defer tests.Release()
	filter, err := batch.Bind(predicate.In("Segment", "SMB"), tests.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	mask, err := filter.Mask(tests)
	if err != nil {
		log.Fatal(err)
	}
	defer mask.Release()

	visible, err := batch.Select(rec, mask, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer visible.Release()
	fmt.Println(visible.NumRows(), "of", rec.NumRows(), "rows,", visible.NumCols(), "columns")
	// Output: 3 of 5 rows, 3 columns
}

func ExampleFilter_Count() {
	rec := sales()
	defer rec.Release()

	filter, err := batch.Bind(predicate.HasValue("Region"), rec.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	n, err := filter.Count(rec)
	fmt.Println(n, err)
	// Output: 4 <nil>
}

func ExampleFilter_Apply() {
	rec := sales()
	defer rec.Release()

	// The zero Filter hides everything.
	var filter batch.Filter
	visible, err := filter.Apply(rec)
	if err != nil {
		log.Fatal(err)
	}
	defer visible.Release()
	fmt.Println(visible.NumRows(), "of", rec.NumRows())
	// Output: 0 of 5
}

func ExampleFilter_Records() {
	rec := sales()
	defer rec.Release()
	r, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec, rec})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Release()

	filter, err := batch.Bind(predicate.In("Region", "US"), rec.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for visible, err := range filter.Records(context.Background(), r) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(visible.Column(2))
	}
	// Output:
	// [20 30]
	// [20 30]
}

func ExampleFilter_Reader() {
	rec := sales()
	defer rec.Release()
	r, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Release()

	filter, err := batch.Bind(predicate.In("Region", "APAC"), rec.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	visible := filter.Reader(context.Background(), r)
	defer visible.Release()
	for visible.Next() {
		fmt.Println(visible.Record().Column(2))
	}
	fmt.Println(visible.Err())
	// Output:
	// [50]
	// <nil>
}

func ExampleFilter_Predicate() {
	rec := sales()
	defer rec.Release()

	filter, err := batch.Bind(predicate.In("Region", "US", "APAC"), rec.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(filter.Predicate())
	fmt.Println(filter.Schema().Field(0).Name)
	// Output:
	// Region in ("APAC", "US")
	// Region
}

func ExampleNewRows() {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "UserName", Type: arrow.BinaryTypes.String},
		{Name: "Region", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[
		{"UserName": "MarthaRivera", "Region": "US"},
		{"UserName": "sales-tps@example.com", "Region": null}
	]`))
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Release()
	r, err := array.NewRecordReader(schema, []arrow.Record{rec})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Release()

	rows := batch.NewRows(r) // what rls.Read reads rules from
	fmt.Println(rows.Columns())
	for rows.Next() {
		user, _ := rows.Text(0)
		region, ok := rows.Text(1)
		fmt.Printf("%s %q %v\n", user, region, ok)
	}
	fmt.Println(rows.Err())
	// Output:
	// [UserName Region]
	// MarthaRivera "US" true
	// sales-tps@example.com "" false
	// <nil>
}

func ExamplePool() {
	rec := sales()
	defer rec.Release()

	filter, err := batch.Bind(predicate.In("Region", "US"), rec.Schema(), &batch.Options{Allocator: new(batch.Pool)})
	if err != nil {
		log.Fatal(err)
	}
	visible, err := filter.Apply(rec)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(visible.NumRows())
	visible.Release() // now its memory may hold other rows
	// Output: 2
}

func ExampleCache() {
	rec := sales()
	defer rec.Release()

	// Two viewers whose rules come to the same.
	martha := predicate.Or(predicate.In("Region", "US"), predicate.In("Region", "US", "APAC"))
	paulo := predicate.In("Region", "APAC", "US")

	var cache batch.Cache
	for _, p := range []predicate.Predicate{martha, paulo} {
		filter, err := cache.Bind(p, rec.Schema())
		if err != nil {
			log.Fatal(err)
		}
		n, err := filter.Count(rec)
		fmt.Println(n, err)
	}
	stats := cache.Stats()
	fmt.Println(stats.Misses, "compiled,", stats.HitRatio(), "found")
	// Output:
	// 3 <nil>
	// 3 <nil>
	// 1 compiled, 0.5 found
}

func ExampleCheck() {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "region", Type: arrow.BinaryTypes.String},
		{Name: "Tenant", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	fmt.Println(batch.Check(schema, "Region", "Tenant")) // such as rules.Columns()
	// Output:
	// column "Region": no such column; did you mean "region"?
	// column "Tenant": not text: type is int64
}

func ExampleColumns() {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "Region", Type: arrow.BinaryTypes.String},
		{Name: "geo", Type: arrow.StructOf(arrow.Field{Name: "country", Type: arrow.BinaryTypes.String})},
	}, nil)
	for _, c := range batch.Columns(schema) {
		fmt.Println(c.Name, c.Text, c.Nested)
	}
	// Output:
	// Region true false
	// geo false false
	// geo.country true true
}
