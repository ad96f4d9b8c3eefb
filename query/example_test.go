package query_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
)

// The ten largest regions by revenue.
func ExampleQuery_Check() {
	q := query.Query{
		Dimensions: []query.Dimension{{Column: "Region"}},
		Measures:   []query.Measure{{Func: query.Sum, Of: query.Multiply(query.Col("Price"), query.Col("Quantity")), As: "Revenue"}},
		Order:      []query.Order{{By: "Revenue", Desc: true}},
		Limit:      10,
	}
	plan, err := q.Check([]query.Column{
		{Name: "Region", Kind: query.Text},
		{Name: "Price", Kind: query.Decimal, Precision: 10, Scale: 2},
		{Name: "Quantity", Kind: query.Int},
	})
	fmt.Println(plan.Needs(), err)
	_, err = q.Check([]query.Column{{Name: "Region", Kind: query.Text}, {Name: "Quantity", Kind: query.Int}})
	fmt.Println(err)
	// Output:
	// [Price Quantity Region] <nil>
	// measures[0].of.multiply[0]: column "Price": no such column
}

// The third page of a table, of 20 rows each. The columns break ties of the order.
func ExamplePlan_Keys() {
	q := query.Query{
		Columns: []string{"Region", "Day"},
		Order:   []query.Order{{By: "Day", Desc: true}},
		Limit:   20, Offset: 40,
	}
	plan, err := q.Check([]query.Column{{Name: "Region", Kind: query.Text}, {Name: "Day", Kind: query.Date}})
	fmt.Println(plan.Keys(), err)
	q.Limit = 0
	_, err = q.Check([]query.Column{{Name: "Region", Kind: query.Text}, {Name: "Day", Kind: query.Date}})
	fmt.Println(err)
	// Output:
	// [{Region  } {Day  }] <nil>
	// limit: bad value: got 0, want 1 to 100000 for a page of rows
}

func ExampleParse() {
	q, err := query.Parse(strings.NewReader(`{
  "dimensions": [{"column": "Day", "cut": "month", "as": "Month"}],
  "measures": [{"function": "sum", "of": "Amount", "as": "Total"}]
}`), nil)
	fmt.Println(q.Dimensions[0].Cut, q.Measures[0].Name(), err)
	_, err = query.Parse(strings.NewReader(`{"measures": [{"function": "total"}]}`), &query.ParseOptions{File: "q.json"})
	fmt.Println(err)
	// Output:
	// month Total <nil>
	// q.json:1:28: measures[0].function: bad value: want count, countDistinct, sum, avg, min, max, median, percentile
}

func ExampleCol() {
	fmt.Println(query.Measure{Func: query.Sum, Of: query.Col("Amount")}.Name())
	// Output: sum(Amount)
}

func ExampleNum() {
	fmt.Println(query.Multiply(query.Col("Net"), query.Num("1.19")))
	// Output: Net * 1.19
}

func ExampleAdd() {
	fmt.Println(query.Add(query.Col("a"), query.Col("b"), query.Num("1")))
	// Output: a + b + 1
}

func ExampleSubtract() {
	fmt.Println(query.Subtract(query.Col("Revenue"), query.Col("Cost")))
	// Output: Revenue - Cost
}

func ExampleMultiply() {
	text, _ := json.Marshal(query.Query{Measures: []query.Measure{{
		Func: query.Sum, Of: query.Multiply(query.Col("Price"), query.Subtract(query.Num("1"), query.Col("Discount"))), As: "Net",
	}}})
	fmt.Println(string(text))
	// Output: {"measures":[{"function":"sum","of":{"multiply":["Price",{"subtract":[{"number":"1"},"Discount"]}]},"as":"Net"}]}
}

func ExamplePercent() {
	fmt.Println(query.Percent(query.Measure{Func: query.Percentile, Percent: "99.9"}))
	// Output: 999 1000
}

// A question as SQL of PostgreSQL, over the rows that a predicate selects.
func ExamplePlan_SQL() {
	q := query.Query{Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Count}}}
	plan, err := q.Check([]query.Column{{Name: "Region", Kind: query.Text}})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _, err := plan.SQL(where.PostgreSQL, predicate.In("Tenant", "acme"), "SELECT * FROM sales", nil)
	fmt.Println(strings.Contains(s.SQL, "GROUP BY d0"), s.Args, err)
	_, _, err = plan.SQL(where.ClickHouse, predicate.In("Tenant", "acme"), "SELECT * FROM sales", nil)
	fmt.Println(err)
	// Output:
	// true [acme] <nil>
	// this database cannot answer it exactly: got clickhouse, want postgresql, trino, athena, spark, databricks, mysql, mariadb, sqlite, duckdb
}

func ExampleDialects() {
	fmt.Println(query.Dialects())
	// Output: [postgresql trino athena spark databricks mysql mariadb sqlite duckdb]
}
