package query_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

var sales = []query.Column{
	{Name: "Region", Kind: query.Text}, {Name: "Amount", Kind: query.Decimal, Precision: 12, Scale: 2}, {Name: "Quantity", Kind: query.Int},
	{Name: "Rate", Kind: query.Float}, {Name: "Day", Kind: query.Date}, {Name: "At", Kind: query.Time}, {Name: "Sold", Kind: query.Bool},
	{Name: "Wide", Kind: query.Decimal, Precision: 38, Scale: 35}, {Name: "Blob"}, {Name: "Twice", Kind: query.Text}, {Name: "Twice", Kind: query.Int},
}

func TestZero(t *testing.T) {
	plan, err := query.Query{}.Check(sales)
	require.ErrorIs(t, err, query.ErrEmpty)
	require.True(t, plan.IsZero())
	require.Nil(t, plan.Output())
	require.Nil(t, plan.Needs())
	require.True(t, plan.Bounds(0).Empty)
	require.Zero(t, plan.Type(query.Col("Region")))
	_, err = query.Query{Measures: []query.Measure{{}}}.Check(sales)
	require.ErrorIs(t, err, query.ErrValue, "the zero measure")
	_, err = query.Query{Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{nil}}.Check(sales)
	require.ErrorIs(t, err, query.ErrValue, "the nil filter")
	_, err = query.Query{Dimensions: []query.Dimension{{}}}.Check(sales)
	require.ErrorIs(t, err, query.ErrNoColumn, "the zero dimension")
	require.Equal(t, predicate.OpNone, query.Where{}.Predicate.Op(), "the zero Where selects no row")
	require.Equal(t, query.Other, query.Column{}.Kind)
}

// TestCheck refuses what cannot be answered, and says where.
func TestCheck(t *testing.T) {
	count := query.Measure{Func: query.Count}
	deep := query.Col("Quantity")
	for range 20 {
		deep = query.Add(deep, query.Num("1"))
	}
	for _, tt := range []struct {
		reason string
		q      query.Query
		is     error
		want   string
	}{
		{"a column that is not there", query.Query{Dimensions: []query.Dimension{{Column: "region"}}}, query.ErrNoColumn, `dimensions[0].column: column "region": no such column; did you mean "Region"?`},
		{"a name of two columns", query.Query{Dimensions: []query.Dimension{{Column: "Twice"}}}, predicate.ErrAmbiguous, "dimensions[0].column"},
		{"rows without a limit", query.Query{Columns: []string{"Region"}}, query.ErrValue, "limit: bad value: got 0, want 1 to 100000 for a page of rows"},
		{"a page that is too long", query.Query{Columns: []string{"Region"}, Limit: query.MaxPage + 1}, query.ErrValue, "got 100001"},
		{"rows and groups", query.Query{Columns: []string{"Region"}, Dimensions: []query.Dimension{{Column: "Day"}}, Limit: 1}, query.ErrValue, "dimensions: bad value: columns list rows"},
		{"rows and measures", query.Query{Columns: []string{"Region"}, Measures: []query.Measure{count}, Limit: 1}, query.ErrValue, "measures: bad value"},
		{"rows and totals", query.Query{Columns: []string{"Region"}, Totals: true, Limit: 1}, query.ErrValue, "totals: bad value"},
		{"a hidden column of a page", query.Query{Columns: []string{"Secret"}, Limit: 1}, query.ErrNoColumn, "columns[0]"},
		{"a column of a page twice", query.Query{Columns: []string{"Region", "Region"}, Limit: 1}, query.ErrDuplicate, `columns[1]: duplicate name: "Region"`},
		{"blobs of a page", query.Query{Columns: []string{"Blob"}, Limit: 1}, query.ErrType, "Blob\" is other"},
		{"an order by a column that is not on the page", query.Query{Columns: []string{"Region"}, Limit: 1, Order: []query.Order{{By: "Day"}}}, query.ErrName, "order[0].by"},
		{"257 columns", query.Query{Columns: make([]string, 257), Limit: 1}, query.ErrTooMany, "columns: too many: got 257"},
		{"groups of floats", query.Query{Dimensions: []query.Dimension{{Column: "Rate"}}}, query.ErrType, "Rate is float"},
		{"a month of a text", query.Query{Dimensions: []query.Dimension{{Column: "Region", Cut: query.Month}}}, query.ErrType, "dimensions[0].cut"},
		{"an hour of a date", query.Query{Dimensions: []query.Dimension{{Column: "Day", Cut: query.Hour}}}, query.ErrType, "want a time"},
		{"no such cut", query.Query{Dimensions: []query.Dimension{{Column: "Day", Cut: 99}}}, query.ErrValue, "cut 99"},
		{"a sum of texts", query.Query{Measures: []query.Measure{{Func: query.Sum, Of: query.Col("Region")}}}, query.ErrType, "measures[0].of: not for this type: sum of text, want a number"},
		{"the smallest bool", query.Query{Measures: []query.Measure{{Func: query.Min, Of: query.Col("Sold")}}}, query.ErrType, "min of bool"},
		{"a sum of nothing", query.Query{Measures: []query.Measure{{Func: query.Sum}}}, query.ErrValue, "measures[0].of"},
		{"different blobs", query.Query{Measures: []query.Measure{{Func: query.CountDistinct, Of: query.Col("Blob")}}}, query.ErrType, "Blob is other"},
		{"a percentile of 0", query.Query{Measures: []query.Measure{{Func: query.Percentile, Of: query.Col("Rate"), Percent: "0"}}}, query.ErrValue, "percent"},
		{"a percentile of 100.1", query.Query{Measures: []query.Measure{{Func: query.Percentile, Of: query.Col("Rate"), Percent: "100.1"}}}, query.ErrValue, "percent"},
		{"a percent of a sum", query.Query{Measures: []query.Measure{{Func: query.Sum, Of: query.Col("Rate"), Percent: "5"}}}, query.ErrValue, "only for percentile"},
		{"39 digits", query.Query{Measures: []query.Measure{{Func: query.Sum, Of: query.Multiply(query.Col("Wide"), query.Col("Quantity"))}}}, query.ErrTooWide, "measures[0].of.multiply[1]"},
		{"an average with 41 digits after the point", query.Query{Measures: []query.Measure{{Func: query.Avg, Of: query.Col("Wide")}}}, query.ErrTooWide, "after the point"},
		{"arithmetic of texts", query.Query{Measures: []query.Measure{{Func: query.Sum, Of: query.Add(query.Col("Region"), query.Num("1"))}}}, query.ErrType, "measures[0].of.add[0]"},
		{"arithmetic that is too deep", query.Query{Measures: []query.Measure{{Func: query.Sum, Of: deep}}}, query.ErrTooMany, "nested"},
		{"no number", query.Query{Measures: []query.Measure{{Func: query.Sum, Of: query.Num("1e")}}}, query.ErrValue, "decimal digits"},
		{"one name twice", query.Query{Measures: []query.Measure{count, count}}, query.ErrDuplicate, `"count()"`},
		{"a name of 300 bytes", query.Query{Measures: []query.Measure{{Func: query.Count, As: strings.Repeat("x", 300)}}}, query.ErrName, "measures[0]"},
		{"a filter on a hidden column", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Where{Predicate: predicate.In("Secret", "x")}}}, query.ErrNoColumn, "filters[0].where"},
		{"a text filter on a number", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Where{Predicate: predicate.In("Quantity", "1")}}}, predicate.ErrNotText, "filters[0].where"},
		{"no bound", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Range{Column: "Amount"}}}, query.ErrValue, "filters[0].range"},
		{"two lower bounds", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Range{Column: "Amount", From: "1", Above: "2"}}}, query.ErrValue, "from and above"},
		{"a range of texts", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Range{Column: "Region", From: "a"}}}, query.ErrType, "filters[0].range"},
		{"a date that is not there", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Range{Column: "Day", From: "2026-02-30"}}}, query.ErrValue, "want a date"},
		{"a zone for a clock without one", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Range{Column: "At", From: "2026-02-03T01:02:03Z"}}}, query.ErrValue, "without a zone"},
		{"no top", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Top{Column: "Region", By: count}}}, query.ErrValue, "filters[0].top.n"},
		{"a top by text", query.Query{Measures: []query.Measure{count}, Filters: []query.Filter{query.Top{Column: "Region", N: 1, By: query.Measure{Func: query.Max, Of: query.Col("Region")}}}}, query.ErrType, "filters[0].top.by"},
		{"an order by what is not asked", query.Query{Measures: []query.Measure{count}, Order: []query.Order{{By: "Region"}}}, query.ErrName, "order[0].by"},
		{"an order twice", query.Query{Measures: []query.Measure{count}, Order: []query.Order{{By: "count()"}, {By: "count()"}}}, query.ErrDuplicate, "order[1].by"},
		{"a negative limit", query.Query{Measures: []query.Measure{count}, Limit: -1}, query.ErrValue, "limit"},
		{"too many", query.Query{Measures: make([]query.Measure, 100)}, query.ErrTooMany, "measures: too many: got 100, want at most 64"},
	} {
		plan, err := tt.q.Check(sales)
		require.ErrorIs(t, err, tt.is, tt.reason)
		require.ErrorContains(t, err, tt.want, tt.reason)
		require.True(t, plan.IsZero(), tt.reason)
	}
	_, err := query.Query{Dimensions: []query.Dimension{{Column: "a"}, {Column: "b"}}, Limit: -1}.Check(sales)
	require.Equal(t, 3, len(err.(interface{ Unwrap() []error }).Unwrap()), "every problem is reported")
}

// TestPlan: what a plan says of its question.
func TestPlan(t *testing.T) {
	q := query.Query{
		Dimensions: []query.Dimension{{Column: "At", Cut: query.Month, As: "Month"}},
		Measures:   []query.Measure{{Func: query.Avg, Of: query.Col("Amount")}, {Func: query.Median, Of: query.Col("Quantity")}, {Func: query.Percentile, Of: query.Col("Day"), Percent: "90"}},
		Filters:    []query.Filter{query.Where{Predicate: predicate.In("Region", "EMEA")}, query.Null{Column: "Blob"}, query.Range{Column: "Amount", Above: "1.005", To: "2.009"}},
	}
	plan, err := q.Check(sales)
	require.NoError(t, err)
	require.Equal(t, []query.Column{
		{Name: "Month", Kind: query.Date}, {Name: "avg(Amount)", Kind: query.Decimal, Precision: 38, Scale: 8},
		{Name: "median(Quantity)", Kind: query.Decimal, Precision: 38, Scale: 1}, {Name: "percentile(Day, 90)", Kind: query.Date},
	}, plan.Output())
	require.Equal(t, []string{"Amount", "At", "Blob", "Day", "Quantity", "Region"}, plan.Needs())
	require.Equal(t, []string{"Amount", "Blob", "Region"}, plan.FilterColumns())
	b := plan.Bounds(2)
	require.Equal(t, []string{"101", "200"}, []string{b.Lo.String(), b.Hi.String()}, "hundredths inside the range")
	q.Dimensions[0].Column = "Region"
	require.Equal(t, "At", plan.Query().Dimensions[0].Column, "the plan has a copy")
}

// TestBounds compares ranges with what they mean, on values around the bounds.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		reason, column string
		r              query.Range
		lo, hi         string
	}{
		{"halves around whole numbers", "Quantity", query.Range{From: "-0.5", Below: "2.5"}, "0", "2"},
		{"above and below whole numbers", "Quantity", query.Range{Above: "-1", Below: "2"}, "0", "1"},
		{"more than any number", "Quantity", query.Range{To: "9223372036854775807", From: "-1e30"}, "nil", "nil"},
		{"nothing", "Quantity", query.Range{From: "9223372036854775808"}, "empty", ""},
		{"nothing between", "Quantity", query.Range{Above: "1", Below: "2"}, "empty", ""},
		{"hundredths, negative", "Amount", query.Range{From: "-1.005", To: "-0.999"}, "-100", "-100"},
		{"days", "Day", query.Range{From: "1969-12-31", Below: "1970-01-02"}, "-1", "0"},
		{"a microsecond more", "At", query.Range{Above: "1970-01-01T00:00:00.000001", To: "1970-01-02"}, "2", "86400000000"},
		{"less than a microsecond", "At", query.Range{From: "1970-01-01T00:00:00.0000011", To: "1970-01-01T00:00:00.0000019"}, "empty", ""},
	} {
		tt.r.Column = tt.column
		plan, err := query.Query{Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{tt.r}}.Check(sales)
		require.NoError(t, err, tt.reason)
		b := plan.Bounds(0)
		if tt.lo == "empty" {
			require.True(t, b.Empty, tt.reason)
			continue
		}
		require.False(t, b.Empty, tt.reason)
		show := func(s fmt.Stringer, null bool) string {
			if null {
				return "nil"
			}
			return s.String()
		}
		require.Equal(t, []string{tt.lo, tt.hi}, []string{show(b.Lo, b.Lo == nil), show(b.Hi, b.Hi == nil)}, tt.reason)
	}
}

// TestRoundTrip: a question is the same after JSON, and its shape does not depend
// on values of filters.
func TestRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 9))
	for range 2000 {
		q := questions.Random(rnd, questions.All())
		text, err := json.Marshal(q)
		require.NoError(t, err)
		got, err := query.Parse(strings.NewReader(string(text)), nil)
		require.NoError(t, err, "%s", text)
		again, err := json.Marshal(got)
		require.NoError(t, err)
		require.Equal(t, string(text), string(again))
		require.Equal(t, q.Shape(), got.Shape())
		var into query.Query
		require.NoError(t, json.Unmarshal(text, &into))
		require.Equal(t, q.Shape(), into.Shape())
	}
	of := func(f ...query.Filter) string {
		return query.Query{Measures: []query.Measure{{Func: query.Count}}, Filters: f}.Shape()
	}
	require.Equal(t, of(query.Where{Predicate: predicate.In("Region", "a")}), of(query.Where{Predicate: predicate.In("Region", "b", "c")}))
	require.NotEqual(t, of(query.Where{Predicate: predicate.In("Region", "a")}), of(query.Where{Predicate: predicate.In("Other", "a")}))
	require.Equal(t, of(query.Range{Column: "Amount", From: "1"}), of(query.Range{Column: "Amount", From: "2"}))
	require.NotEqual(t, of(query.Range{Column: "Amount", From: "1"}), of(query.Range{Column: "Amount", Above: "1"}))
	require.Empty(t, of(nil), "what cannot be written has no shape")
	require.Empty(t, query.Query{Dimensions: []query.Dimension{{Column: "\xff"}}}.Shape())
}
