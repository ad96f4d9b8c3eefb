package eval_test

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
)

func sales() arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "Region", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "Amount", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"EMEA", "US", "EMEA", ""}, []bool{true, true, true, false})
	b.Field(1).(*array.Int64Builder).AppendValues([]int64{120, 300, 45, 7}, nil)
	return b.NewRecord()
}

func ExampleAnswer() {
	rec := sales()
	defer rec.Release()
	q := query.Query{
		Dimensions: []query.Dimension{{Column: "Region"}},
		Measures:   []query.Measure{{Func: query.Sum, Of: query.Col("Amount"), As: "Total"}},
		Order:      []query.Order{{By: "Total", Desc: true}},
		Totals:     true,
	}
	plan, err := q.Check(eval.Columns(rec.Schema()))
	if err != nil {
		fmt.Println(err)
		return
	}
	records := func(yield func(arrow.Record, error) bool) { yield(rec, nil) }
	answer, err := eval.Answer(context.Background(), plan, records, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Release()
	for i := range int(answer.Rows.NumRows()) {
		fmt.Println(answer.Rows.Column(0).ValueStr(i), answer.Rows.Column(1).ValueStr(i))
	}
	fmt.Println("total", answer.Totals.Column(0).ValueStr(0))
	// Output:
	// US 300
	// EMEA 165
	// (null) 7
	// total 472
}

func ExampleColumns() {
	rec := sales()
	defer rec.Release()
	for _, c := range eval.Columns(rec.Schema()) {
		fmt.Println(c.Name, c.Kind)
	}
	// Output:
	// Region text
	// Amount int
}

func ExampleSchema() {
	fmt.Println(eval.Schema([]query.Column{{Name: "Month", Kind: query.Date}}).Field(0))
	// Output: Month: type=date32, nullable
}

// A database returned the sum and the count of an average.
func ExampleFinish() {
	q := query.Query{Measures: []query.Measure{{Func: query.Avg, Of: query.Col("Amount"), As: "Average"}}}
	plan, err := q.Check([]query.Column{{Name: "Amount", Kind: query.Int}})
	if err != nil {
		fmt.Println(err)
		return
	}
	statement, _, err := plan.SQL(where.PostgreSQL, predicate.All(), "SELECT * FROM sales", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, eval.Schema(statement.Columns))
	defer b.Release()
	b.Field(0).(*array.Decimal128Builder).Append(decimal128.FromI64(200))
	b.Field(1).(*array.Int64Builder).Append(3)
	returned := b.NewRecord()
	defer returned.Release()
	answer, err := eval.Finish(plan, returned, false, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Release()
	fmt.Println(answer.Column(0).(*array.Decimal128).Value(0).ToString(6))
	// Output: 66.666667
}
