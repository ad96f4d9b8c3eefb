package test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// The types here mirror schemas/conformance.schema.json; README.md beside it
// describes them.

type conformanceFile struct {
	Format int               `json:"format"`
	Kind   string            `json:"kind"`
	About  string            `json:"about"`
	Cases  []conformanceCase `json:"cases"`
}

type conformanceCase struct {
	ID     string   `json:"id"`
	Rules  []string `json:"rules"`
	Reason string   `json:"reason"`

	// What the case gives, by kind.
	CSV       json.RawMessage `json:"csv"`
	Settings  caseSettings    `json:"settings"`
	Options   caseOptions     `json:"options"`
	Viewer    caseViewer      `json:"viewer"`
	Config    json.RawMessage `json:"config"`
	Document  json.RawMessage `json:"document"`
	Tags      json.RawMessage `json:"tags"`
	Predicate json.RawMessage `json:"predicate"`
	P         json.RawMessage `json:"p"`
	Q         json.RawMessage `json:"q"`
	ARN       string          `json:"arn"`
	Other     string          `json:"other"`

	// What it expects.
	Table      string          `json:"table"`
	Visible    json.RawMessage `json:"visible"`
	Error      string          `json:"error"`
	At         struct{ Line int }
	Text       string `json:"text"`
	PImpliesQ  bool   `json:"p_implies_q"`
	QImpliesP  bool   `json:"q_implies_p"`
	Same       bool   `json:"same"`
	Parts      *caseParts
	kind, file string
}

type caseSettings struct{ Arn, Namespace, PermissionPolicy, FormatVersion, Status string }

type caseOptions struct {
	Dual           string   `json:"dual"`
	User           string   `json:"user"`
	Group          string   `json:"group"`
	AllowNoFields  bool     `json:"allow_no_fields"`
	HideNulls      bool     `json:"hide_nulls"`
	MaxValues      int      `json:"max_values"`
	NoValue        []string `json:"no_value"`
	LiteralSpaces  bool     `json:"literal_spaces"`
	MatchAllInList bool     `json:"match_all_in_list"`
}

type caseViewer struct {
	User      string   `json:"user"`
	Groups    []string `json:"groups"`
	Namespace string   `json:"namespace"`
	UserARN   string   `json:"user_arn"`
	GroupARNs []string `json:"group_arns"`
}

type caseParts struct{ Partition, Region, Account, Kind, Namespace, Name string }

// A table holds rows as the cases describe them. A nil text is NULL.
type table struct {
	columns []tableColumn
	rows    [][]any // int64, float64, bool, string or nil
}

type tableColumn struct{ Name, Type string }

// id returns the id of a row.
func (t *table) id(row int) int64 { return t.rows[row][0].(int64) }

// value is what [predicate.Predicate.Match] asks about a row.
func (t *table) value(row int) func(string) (string, bool) {
	return func(column string) (string, bool) {
		for i, c := range t.columns {
			if c.Name == column {
				s, ok := t.rows[row][i].(string)
				return s, ok
			}
		}
		return "", false
	}
}

// ids reads an expectation: "all", or a list of ids.
func (t *table) ids(tb testing.TB, raw json.RawMessage) []int64 {
	tb.Helper()
	ids := []int64{}
	if string(raw) == `"all"` {
		for row := range t.rows {
			ids = append(ids, t.id(row))
		}
		return ids
	}
	require.NoError(tb, strictJSON(raw, &ids))
	return ids
}

// loadCases reads the files of the corpus, and counts the cases in a second way
// so that a case that the decoder drops is noticed.
func loadCases(t *testing.T) []conformanceCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "conformance", "*.json"))
	require.NoError(t, err)
	var cases []conformanceCase
	counted := 0
	for _, name := range files {
		base := strings.TrimSuffix(filepath.Base(name), ".json")
		if base == "schema" || base == "tables" {
			continue
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		counted += bytes.Count(data, []byte(`"reason": "`))
		var f conformanceFile
		require.NoError(t, strictJSON(data, &f), name)
		require.Equal(t, 1, f.Format, name)
		seen := make(map[string]bool)
		for _, c := range f.Cases {
			require.NotEmpty(t, c.Reason, c.ID)
			require.NotEmpty(t, c.Rules, c.ID)
			require.False(t, seen[c.ID], "%s: %s twice", name, c.ID)
			seen[c.ID] = true
			c.kind, c.file = f.Kind, base
			if c.Table == "" {
				c.Table = "sales"
			}
			cases = append(cases, c)
		}
	}
	require.Len(t, cases, counted, "every case of the files is read")
	return cases
}

func loadTables(t *testing.T) map[string]*table {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "conformance", "tables.json"))
	require.NoError(t, err)
	var f struct {
		Format int
		About  string
		Tables map[string]struct {
			Columns []tableColumn
			Rows    [][]json.RawMessage
		}
	}
	require.NoError(t, strictJSON(data, &f))
	tables := make(map[string]*table)
	for name, in := range f.Tables {
		out := &table{columns: in.Columns}
		for _, cells := range in.Rows {
			require.Len(t, cells, len(in.Columns), name)
			row := make([]any, len(cells))
			for i, raw := range cells {
				row[i] = readCell(t, in.Columns[i].Type, raw)
			}
			out.rows = append(out.rows, row)
		}
		tables[name] = out
	}
	return tables
}

func readCell(t *testing.T, kind string, raw json.RawMessage) any {
	t.Helper()
	if string(raw) == "null" {
		return nil
	}
	switch kind {
	case "int64":
		n, err := strconv.ParseInt(string(raw), 10, 64)
		require.NoError(t, err)
		return n
	case "float64":
		f, err := strconv.ParseFloat(string(raw), 64)
		require.NoError(t, err)
		return f
	case "bool":
		b, err := strconv.ParseBool(string(raw))
		require.NoError(t, err)
		return b
	default:
		require.Equal(t, "text", kind)
		return readText(t, raw)
	}
}

// readText reads the text notation. counters are those of the repeats around.
func readText(tb testing.TB, raw json.RawMessage, counters ...int) string {
	tb.Helper()
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return count(s, counters)
	}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		parts = []json.RawMessage{raw}
	}
	var b strings.Builder
	for _, part := range parts {
		var p struct {
			Hex    *string         `json:"hex"`
			Repeat int             `json:"repeat"`
			Of     json.RawMessage `json:"of"`
			Join   string          `json:"join"`
		}
		switch {
		case json.Unmarshal(part, &s) == nil:
			b.WriteString(count(s, counters))
		default:
			require.NoError(tb, strictJSON(part, &p), "%s", part)
			if p.Hex != nil {
				data, err := hex.DecodeString(*p.Hex)
				require.NoError(tb, err)
				b.Write(data)
				continue
			}
			for i := range p.Repeat {
				if i > 0 {
					b.WriteString(p.Join)
				}
				b.WriteString(readText(tb, p.Of, append(counters[:len(counters):len(counters)], i)...))
			}
		}
	}
	return b.String()
}

// count puts the counters in the place of {0}, {1}, …
func count(s string, counters []int) string {
	for depth, n := range counters {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(depth)+"}", strconv.Itoa(n))
	}
	return s
}

// readList reads a list in which {"repeat": n, "of": element} stands for n
// elements.
func readList(tb testing.TB, raw json.RawMessage, counters []int, element func(raw json.RawMessage, counters []int)) {
	tb.Helper()
	var list []json.RawMessage
	require.NoError(tb, json.Unmarshal(raw, &list), "%s", raw)
	for _, e := range list {
		var r struct {
			Repeat int             `json:"repeat"`
			Of     json.RawMessage `json:"of"`
		}
		if strictJSON(e, &r) == nil && r.Of != nil {
			for i := range r.Repeat {
				element(r.Of, append(counters[:len(counters):len(counters)], i))
			}
			continue
		}
		element(e, counters)
	}
}

func readPredicate(tb testing.TB, raw json.RawMessage, counters ...int) predicate.Predicate {
	tb.Helper()
	switch string(raw) {
	case `"all"`:
		return predicate.All()
	case `"none"`:
		return predicate.Predicate{}
	}
	var p struct {
		Column   string          `json:"column"`
		In       json.RawMessage `json:"in"`
		HasValue bool            `json:"has_value"`
		And      json.RawMessage `json:"and"`
		Or       json.RawMessage `json:"or"`
	}
	require.NoError(tb, strictJSON(raw, &p), "%s", raw)
	operands := func(raw json.RawMessage) (ps []predicate.Predicate) {
		readList(tb, raw, counters, func(raw json.RawMessage, counters []int) {
			ps = append(ps, readPredicate(tb, raw, counters...))
		})
		return ps
	}
	switch {
	case p.HasValue:
		return predicate.HasValue(p.Column)
	case p.In != nil:
		var values []string
		readList(tb, p.In, counters, func(raw json.RawMessage, counters []int) {
			values = append(values, readText(tb, raw, counters...))
		})
		return predicate.In(count(p.Column, counters), values...)
	case p.And != nil:
		ps := operands(p.And)
		return predicate.And(ps[0], ps[1:]...)
	case p.Or != nil:
		return predicate.Or(operands(p.Or)...)
	default:
		require.FailNow(tb, "not a predicate", "%s", raw)
		return predicate.Predicate{}
	}
}

// strictJSON decodes one value and refuses unknown fields.
func strictJSON(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("text behind the value")
	}
	return nil
}

func TestTextNotation(t *testing.T) {
	tests := []struct{ reason, in, want string }{
		{"a string is itself", `"a{0}"`, "a{0}"},
		{"parts are joined", `["a", "b"]`, "ab"},
		{"bytes", `["a", {"hex": "ff00"}]`, "a\xff\x00"},
		{"a repeat counts from 0", `[{"repeat": 3, "of": "x{0}", "join": ","}]`, "x0,x1,x2"},
		{"a repeat in a repeat", `[{"repeat": 2, "of": ["{0}:", {"repeat": 2, "of": "{0}{1} "}]}]`, "0:00 01 1:10 11 "},
		{"other braces are text", `[{"repeat": 1, "of": "{x}{1}"}]`, "{x}{1}"},
		{"nothing", `[{"repeat": 0, "of": "x"}]`, ""},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, readText(t, json.RawMessage(tt.in)), tt.reason)
	}
}
