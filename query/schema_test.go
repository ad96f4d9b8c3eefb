package query_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/query"
)

// TestSchema: the JSON Schema has the fields and the names that Parse takes, and no
// others. For each object of the schema, Parse says which fields it wants.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile("../schemas/query.schema.json")
	require.NoError(t, err)
	type object struct {
		Properties map[string]struct{ Enum []string }
		OneOf      []object
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(text, &schema))
	expression := schema.Defs["expression"].OneOf[1]
	for _, tt := range []struct {
		reason, text string
		of           object
	}{
		{"a question", `{"x": 1}`, schema.object},
		{"a dimension", `{"dimensions": [{"x": 1}]}`, schema.Defs["dimension"]},
		{"a measure", `{"measures": [{"x": 1}]}`, schema.Defs["measure"]},
		{"an expression", `{"measures": [{"function": "sum", "of": {"x": 1}}]}`, expression},
		{"a filter", `{"filters": [{"x": 1}]}`, schema.Defs["filter"]},
		{"a range", `{"filters": [{"range": {"x": 1}}]}`, schema.Defs["range"]},
		{"a test for NULL", `{"filters": [{"null": {"x": 1}}]}`, schema.Defs["columnOnly"]},
		{"a top list", `{"filters": [{"top": {"x": 1}}]}`, schema.Defs["top"]},
		{"an order", `{"order": [{"x": 1}]}`, schema.Defs["order"]},
	} {
		_, err := query.Parse(strings.NewReader(tt.text), nil)
		require.Error(t, err, tt.reason)
		_, want, _ := strings.Cut(err.Error(), `unknown field "x", want `)
		want, _, _ = strings.Cut(want, "\n")
		got := strings.Split(want, ", ")
		slices.Sort(got)
		var names []string
		for name := range tt.of.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		require.Equal(t, names, got, tt.reason)
	}
	var cuts, funcs []string
	for c := query.Year; c <= query.Hour; c++ {
		cuts = append(cuts, c.String())
	}
	for f := query.Count; f <= query.Percentile; f++ {
		funcs = append(funcs, f.String())
	}
	require.Equal(t, cuts, schema.Defs["dimension"].Properties["cut"].Enum)
	require.Equal(t, funcs, schema.Defs["measure"].Properties["function"].Enum)
}

// TestDocs: the question on the page is read, and is valid against the schema's
// field names.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../docs/query.md")
	require.NoError(t, err)
	_, text, ok := strings.Cut(string(page), "```json\n")
	require.True(t, ok)
	text, _, _ = strings.Cut(text, "```")
	q, err := query.Parse(strings.NewReader(text), nil)
	require.NoError(t, err)
	require.Len(t, q.Filters, 4)
	_, err = q.Check([]query.Column{
		{Name: "Date", Kind: query.Date}, {Name: "Region", Kind: query.Text}, {Name: "Segment", Kind: query.Text}, {Name: "Customer", Kind: query.Text},
		{Name: "Price", Kind: query.Decimal, Precision: 12, Scale: 2}, {Name: "Discount", Kind: query.Decimal, Precision: 4, Scale: 3},
	})
	require.NoError(t, err)
}
