// Package query describes questions about the visible rows of a dataset. The
// charts and tables of a dashboard ask such questions: sums by month, the ten
// largest customers, a page of a table.
//
//	q := query.Query{
//		Dimensions: []query.Dimension{{Column: "Region"}},
//		Measures:   []query.Measure{{Func: query.Sum, Of: query.Col("Amount"), As: "Total"}},
//		Order:      []query.Order{{By: "Total", Desc: true}},
//		Limit:      10,
//	}
//	plan, err := q.Check(columns)
//
// A question names columns. [Query.Check] checks the names against the columns
// that a session may see and returns a [Plan]. Package query/eval answers a
// plan from Arrow records in memory. [Plan.SQL] writes it as SQL around a query of
// the visible rows. Both give the same answer or an error (Q6).
//
// # What an answer means
//
// The filters of a question select among the visible rows (Q1). The dimensions are
// the columns by which these rows are grouped (Q2). NULL is a group, and "" is
// another. Text is compared by code point, so texts that differ in case are
// different groups.
//
// The measures are the numbers for each group, such as a sum. They ignore NULL
// (Q3). The sum of no values is NULL, and the count of no values is 0. Without
// dimensions there is one group, even without rows.
//
// Sums of integers and decimals are exact, or an error if a result has more
// than 38 digits. The average of integers and decimals has six more digits
// after the point than its column and is rounded half away from zero. A median
// of an even number of values is the mean of the middle two and has one more
// digit. Percentile p is a value of the column: the smallest one for which at
// least p percent of the values are less than or equal to it. Sums of
// floating-point numbers may differ in the last bits from engine to engine. NaN
// is greater than every other number, as in PostgreSQL, and is in no range.
//
// Dates and times are truncated to months, weeks and so on in UTC, and weeks begin
// on Monday (Q4).
//
// NULL sorts last, also in descending order. Groups with equal values in the
// columns of Order are sorted by their dimensions (Q5), so pages neither repeat
// nor lose groups.
//
// A question with Columns lists rows instead of groups: a page of a table. Rows
// with equal values in the columns of Order are sorted by all columns of the page.
// Rows that are then still equal look the same on the page.
//
// The zero Query is empty and is an error.
package query
