package query_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/query"
)

// TestParse marks with ∑ in the input where each problem is reported.
func TestParse(t *testing.T) {
	for _, tt := range []struct{ reason, text, want string }{
		{"a field in another case", `{∑"Measures": []}`, `unknown field "Measures", want measures`},
		{"a field twice", `{"limit": 1, ∑"limit": 2}`, "limit: field given twice"},
		{"a list that is none", `{"measures": ∑{}}`, "measures: wrong type"},
		{"no function", `{"measures": [∑{"of": "Amount"}]}`, "measures[0].function: field missing"},
		{"a column of a page that is a number", `{"columns": [∑1], "limit": 5}`, "columns[0]"},
		{"no such function", `{"measures": [{"function": ∑"total"}]}`, "measures[0].function: bad value: want count, countDistinct"},
		{"no such cut", `{"dimensions": [{"column": "Day", "cut": ∑"months"}]}`, "dimensions[0].cut"},
		{"a column that is a number", `{"dimensions": [{"column": ∑1}]}`, "dimensions[0].column"},
		{"one operand", `{"measures": [{"function": "sum", "of": {"add": ∑["a"]}}]}`, "got 1 operands"},
		{"two operations", `{"measures": [{"function": "sum", "of": ∑{"column": "a", "number": 1}}]}`, "want one of"},
		{"a filter of two kinds", `{"filters": [∑{"null": {"column": "a"}, "notNull": {"column": "a"}}]}`, "filters[0]: bad value"},
		{"a predicate with an unknown operation", `{"filters": [{"where": ∑{"op": "not"}}]}`, "filters[0].where"},
		{"a limit with a point", `{"limit": ∑1.5}`, "want an integer"},
		{"a text for a truth value", `{"totals": ∑"yes"}`, "totals"},
		{"no JSON", `{"totals": ∑yes}`, "not JSON"},
		{"a list", `∑[]`, "want an object"},
	} {
		at := strings.Index(tt.text, "∑")
		line := strings.Replace(tt.text, "∑", "", 1)
		q, err := query.Parse(strings.NewReader("\n"+line), &query.ParseOptions{File: "q.json"})
		require.ErrorContains(t, err, tt.want, tt.reason)
		require.ErrorContains(t, err, "q.json:2:"+itoa(at+1)+": ", tt.reason)
		require.Empty(t, q.Measures, tt.reason)
		require.Empty(t, q.Dimensions, tt.reason)
	}
	_, err := query.Parse(strings.NewReader(`{"limit": "1", "offset": "2", "order": [{}]}`), nil)
	require.Equal(t, 3, strings.Count(err.Error(), "\n")+1, "every problem is reported")
	_, err = query.Parse(strings.NewReader(strings.Repeat(" ", 100)+"{}"), &query.ParseOptions{Max: 50})
	require.ErrorContains(t, err, "too large")
	q, err := query.Parse(strings.NewReader(`{"measures":[{"function":"percentile","of":"a","percent":99.90}],"filters":[{"range":{"column":"b","from":1.10,"below":"2"}}]}`), nil)
	require.NoError(t, err)
	require.Equal(t, "99.90", q.Measures[0].Percent, "digits as they stand")
	require.Equal(t, query.Range{Column: "b", From: "1.10", Below: "2"}, q.Filters[0])
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// FuzzParse: what is read can be written, and is read again as the same.
func FuzzParse(f *testing.F) {
	f.Add(`{"dimensions":[{"column":"Day","cut":"month"}],"measures":[{"function":"sum","of":{"multiply":["Price",{"number":"1.5"}]},"as":"x"}]}`)
	f.Add(`{"filters":[{"where":{"op":"in","column":"a","values":["b"]}},{"top":{"column":"c","n":3,"by":{"function":"count"},"bottom":true}}],"order":[{"by":"x","desc":true}]}`)
	f.Add(`{"filters":[{"range":{"column":"a","from":1,"below":"2"}},{"null":{"column":"a"}},{"notNull":{"column":"a"}}],"limit":1,"offset":2,"totals":true}`)
	f.Add(`{"columns":["a","b"],"filters":[{"notNull":{"column":"a"}}],"order":[{"by":"b"}],"limit":20,"offset":40}`)
	f.Fuzz(func(t *testing.T, text string) {
		q, err := query.Parse(strings.NewReader(text), nil)
		if err != nil {
			return
		}
		out, err := q.MarshalJSON()
		require.NoError(t, err)
		again, err := query.Parse(strings.NewReader(string(out)), nil)
		require.NoError(t, err, "%s", out)
		require.Equal(t, q.Shape(), again.Shape())
		_, _ = q.Check(sales)
	})
}
