package batchtest_test

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
)

func sales() arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"EMEA", "US"}, nil)
	return b.NewRecord()
}

// A slice of a record still holds the rows around it. A filtered record does not.
func ExampleLeftovers() {
	rec := sales()
	for _, r := range batchtest.Leftovers(rec.NewSlice(0, 1)) {
		fmt.Println("slice:", r)
	}
	filter, err := batch.Bind(predicate.In("region", "EMEA"), rec.Schema(), nil)
	if err != nil {
		panic(err)
	}
	visible, err := filter.Apply(rec)
	if err != nil {
		panic(err)
	}
	fmt.Println("filtered:", batchtest.Leftovers(visible))
	// Output:
	// slice: region (utf8): buffer 0, bytes 0 to 0
	// slice: region (utf8): buffer 1, bytes 8 to 8
	// slice: region (utf8): buffer 2, bytes 4 to 5
	// filtered: []
}

func ExampleFind() {
	rec := sales()
	fmt.Println(batchtest.Find(rec, []byte("US")))
	fmt.Println(batchtest.Find(rec.NewSlice(0, 1), []byte("US")))
	// Output:
	// [region (utf8): buffer 2, bytes 4 to 5]
	// [region (utf8): buffer 2, bytes 4 to 5]
}

func ExampleRange_String() {
	r := batchtest.Range{Path: []string{"address", "city"}, Type: arrow.BinaryTypes.String, Buffer: 2, From: 10, To: 15}
	fmt.Println(r)
	// Output: address.city (utf8): buffer 2, bytes 10 to 14
}
