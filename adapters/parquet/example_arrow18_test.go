package parquet_test

import (
	"fmt"
	"strings"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	memory18 "github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// The code of docs/arrow.md.

// visible18 returns the rows of an Arrow v18 record that p selects. The caller
// releases the result.
func visible18(rec v18.RecordBatch, p predicate.Predicate) (v18.RecordBatch, error) {
	rec15, err := arrow18.Record(rec) // shares the buffers
	if err != nil {
		return nil, err
	}
	defer rec15.Release()
	filter, err := batch.Bind(p, rec15.Schema(), nil)
	if err != nil {
		return nil, err
	}
	visible, err := filter.Apply(rec15)
	if err != nil {
		return nil, err
	}
	defer visible.Release()
	return arrow18.FromRecord(visible)
}

func Example_arrow18() {
	schema := v18.NewSchema([]v18.Field{{Name: "region", Type: v18.BinaryTypes.String}}, nil)
	rec, _, err := array18.RecordFromJSON(memory18.DefaultAllocator, schema, strings.NewReader(`[{"region":"US"},{"region":"EMEA"}]`))
	if err != nil {
		panic(err)
	}
	defer rec.Release()
	visible, err := visible18(rec, predicate.In("region", "EMEA"))
	if err != nil {
		panic(err)
	}
	defer visible.Release()
	fmt.Println(visible.NumRows(), visible.Column(0))
	// Output: 1 ["EMEA"]
}
