package main

import (
	"fmt"

	"github.com/rowsight/rowsight/query"
)

// kpis are the questions of a dashboard: four sums, revenue by month, and the ten
// customers with the most revenue.
func kpis() []query.Query {
	sum := func(column string) query.Measure {
		return query.Measure{Func: query.Sum, Of: query.Col(column), As: column}
	}
	return []query.Query{
		{Measures: []query.Measure{sum("revenue"), sum("cost"), sum("tax"), sum("quantity")}},
		{Dimensions: []query.Dimension{{Column: "day", Cut: query.Month, As: "month"}}, Measures: []query.Measure{sum("revenue")}, Order: []query.Order{{By: "month"}}},
		{Dimensions: []query.Dimension{{Column: "customer"}}, Measures: []query.Measure{sum("revenue")}, Order: []query.Order{{By: "revenue", Desc: true}, {By: "customer"}}, Limit: 10},
	}
}

// kpiSQL are the same questions in SQL, about the rows of a table.
func kpiSQL(from string) []string {
	return []string{
		fmt.Sprintf("SELECT sum(revenue), sum(cost), sum(tax), sum(quantity) FROM %s", from),
		fmt.Sprintf("SELECT date_trunc('month', day) AS month, sum(revenue) FROM %s GROUP BY 1 ORDER BY 1", from),
		fmt.Sprintf("SELECT customer, sum(revenue) AS revenue FROM %s GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10", from),
	}
}
