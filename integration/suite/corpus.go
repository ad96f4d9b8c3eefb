package suite

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// A corpusCase is a case of testdata/conformance, whose README.md describes the
// form.
type corpusCase struct {
	ID, Reason, Table, Error                       string
	CSV, Settings, Config, Document, Tags, Visible json.RawMessage
	Options                                        corpusOptions
	Viewer                                         corpusViewer
	Predicate                                      json.RawMessage

	kind string
}

type corpusOptions struct {
	Dual, User, Group string
	AllowNoFields     bool     `json:"allow_no_fields"`
	HideNulls         bool     `json:"hide_nulls"`
	MaxValues         int      `json:"max_values"`
	NoValue           []string `json:"no_value"`
	LiteralSpaces     bool     `json:"literal_spaces"`
	MatchAllInList    bool     `json:"match_all_in_list"`
}

type corpusViewer struct {
	User, Namespace string
	Groups          []string
	UserARN         string   `json:"user_arn"`
	GroupARNs       []string `json:"group_arns"`
}

func corpusFile(t *testing.T, name string, v any) {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	data, err := os.ReadFile(filepath.Join(filepath.Dir(file), "..", "..", "testdata", "conformance", name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, v), name)
}

// loadCorpus returns the cases that say which rows of a table are visible.
func loadCorpus(t *testing.T) (cases []corpusCase) {
	t.Helper()
	for _, name := range []string{"users.json", "limits.json", "tags.json", "predicates.json"} {
		var f struct {
			Kind  string
			Cases []corpusCase
		}
		corpusFile(t, name, &f)
		require.NotEmpty(t, f.Cases, name)
		for _, c := range f.Cases {
			c.kind, c.ID = f.Kind, name+"/"+c.ID
			if c.Table == "" {
				c.Table = "sales"
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// loadTables returns the tables of the corpus with their columns of text.
func loadTables(t *testing.T, typ string) map[string]Table {
	t.Helper()
	var f struct {
		Tables map[string]struct {
			Columns []struct{ Name, Type string }
			Rows    [][]json.RawMessage
		}
	}
	corpusFile(t, "tables.json", &f)
	tables := make(map[string]Table)
	for name, in := range f.Tables {
		out := Table{Name: "corpus" + name, Type: typ}
		for _, c := range in.Columns {
			if c.Type == "text" {
				out.Columns = append(out.Columns, c.Name)
			}
		}
		for _, cells := range in.Rows {
			var row Row
			for i, c := range in.Columns {
				switch {
				case c.Name == "id":
					id, err := strconv.ParseInt(string(cells[i]), 10, 64)
					require.NoError(t, err)
					row.ID = id
				case c.Type == "text" && string(cells[i]) == "null":
					row.Cells = append(row.Cells, nil)
				case c.Type == "text":
					s := corpusText(t, cells[i])
					row.Cells = append(row.Cells, &s)
				}
			}
			out.Rows = append(out.Rows, row)
		}
		tables[name] = out
	}
	return tables
}

// visible reads "all", or a list of ids.
func (c *corpusCase) visible(t *testing.T, in Table) []int64 {
	ids := []int64{}
	if string(c.Visible) == `"all"` {
		return want(in, predicate.All())
	}
	require.NoError(t, json.Unmarshal(c.Visible, &ids))
	return ids
}

// resolve turns what a case gives into the predicate of its viewer.
func (c *corpusCase) resolve(t *testing.T) (predicate.Predicate, error) {
	switch c.kind {
	case "users":
		return c.users(t)
	case "tags":
		return c.tags(t)
	}
	return corpusPredicate(t, c.Predicate), nil
}

func (c *corpusCase) users(t *testing.T) (predicate.Predicate, error) {
	o := c.Options
	opts := &rls.Options{
		User: o.User, Group: o.Group, AllowNoFields: o.AllowNoFields, HideNulls: o.HideNulls, MaxValues: o.MaxValues, NullWords: o.NoValue,
		Dual: map[string]rls.Dual{"": rls.Either, "either": rls.Either, "user_first": rls.UserFirst, "reject": rls.Reject}[o.Dual],
	}
	if c.Settings != nil {
		opts.Settings = &rls.PermissionDataSet{
			Arn: "arn:aws:quicksight:us-east-1:111122223333:dataset/rules", PermissionPolicy: rls.GrantAccess,
		}
		require.NoError(t, json.Unmarshal(c.Settings, opts.Settings))
	}
	rules, err := rls.ReadCSV(strings.NewReader(corpusText(t, c.CSV)), opts)
	if err != nil {
		return predicate.Predicate{}, err
	}
	v := c.Viewer
	if v.UserARN != "" || len(v.GroupARNs) > 0 {
		var groups []namespace.ARN
		for _, g := range v.GroupARNs {
			groups = append(groups, namespace.MustParseARN(g))
		}
		return rules.For(namespace.ForARN(namespace.MustParseARN(v.UserARN), groups...))
	}
	p := namespace.Named(v.User, v.Groups...)
	p.User.Namespace = v.Namespace
	for i := range p.Groups {
		p.Groups[i].Namespace = v.Namespace
	}
	return rules.For(p)
}

func (c *corpusCase) tags(t *testing.T) (predicate.Predicate, error) {
	document := string(c.Config)
	if c.Document != nil {
		document = corpusText(t, c.Document)
	}
	var tags []tagrules.Tag
	corpusList(t, c.Tags, nil, func(raw json.RawMessage, counters []int) {
		var tag struct{ Key, Value json.RawMessage }
		require.NoError(t, json.Unmarshal(raw, &tag))
		tags = append(tags, tagrules.Tag{Key: corpusText(t, tag.Key, counters...), Value: corpusText(t, tag.Value, counters...)})
	})
	config, err := tagrules.Parse(strings.NewReader(document), &tagrules.Options{
		LiteralSpaces: c.Options.LiteralSpaces, MatchAllInList: c.Options.MatchAllInList,
	})
	if err != nil {
		return predicate.Predicate{}, err
	}
	return config.For(tags...)
}

// corpusText reads the notation of texts: a string, bytes, or repeats.
func corpusText(t *testing.T, raw json.RawMessage, counters ...int) string {
	t.Helper()
	var s string
	if json.Unmarshal(raw, &s) == nil {
		for depth, n := range counters {
			s = strings.ReplaceAll(s, "{"+strconv.Itoa(depth)+"}", strconv.Itoa(n))
		}
		return s
	}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) == nil {
		for _, part := range parts {
			s += corpusText(t, part, counters...)
		}
		return s
	}
	var p struct {
		Hex    *string
		Repeat int
		Of     json.RawMessage
		Join   string
	}
	require.NoError(t, json.Unmarshal(raw, &p), "%s", raw)
	if p.Hex != nil {
		data, err := hex.DecodeString(*p.Hex)
		require.NoError(t, err)
		return string(data)
	}
	texts := make([]string, p.Repeat)
	for i := range texts {
		texts[i] = corpusText(t, p.Of, append(counters[:len(counters):len(counters)], i)...)
	}
	return strings.Join(texts, p.Join)
}

// corpusList reads a list in which {"repeat": n, "of": element} is n elements.
func corpusList(t *testing.T, raw json.RawMessage, counters []int, element func(raw json.RawMessage, counters []int)) {
	t.Helper()
	if raw == nil {
		return
	}
	var list []json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &list), "%s", raw)
	for _, e := range list {
		var r struct {
			Repeat int
			Of     json.RawMessage
		}
		if json.Unmarshal(e, &r) != nil || r.Of == nil {
			element(e, counters)
			continue
		}
		for i := range r.Repeat {
			element(r.Of, append(counters[:len(counters):len(counters)], i))
		}
	}
}

func corpusPredicate(t *testing.T, raw json.RawMessage, counters ...int) predicate.Predicate {
	t.Helper()
	switch string(raw) {
	case `"all"`:
		return predicate.All()
	case `"none"`:
		return predicate.Predicate{}
	}
	var p struct {
		Column      string
		In, And, Or json.RawMessage
		HasValue    bool `json:"has_value"`
	}
	require.NoError(t, json.Unmarshal(raw, &p), "%s", raw)
	column, err := json.Marshal(p.Column)
	require.NoError(t, err)
	name := corpusText(t, column, counters...)
	if p.HasValue {
		return predicate.HasValue(name)
	}
	if p.In != nil {
		var values []string
		corpusList(t, p.In, counters, func(raw json.RawMessage, counters []int) {
			values = append(values, corpusText(t, raw, counters...))
		})
		return predicate.In(name, values...)
	}
	var operands []predicate.Predicate
	for _, list := range []json.RawMessage{p.And, p.Or} {
		corpusList(t, list, counters, func(raw json.RawMessage, counters []int) {
			operands = append(operands, corpusPredicate(t, raw, counters...))
		})
	}
	if p.And != nil {
		return predicate.And(operands[0], operands[1:]...)
	}
	return predicate.Or(operands...)
}

// loadShared returns the cases and the table of a second corpus, where it is
// there.
func loadShared(t *testing.T, kind, typ string) ([]corpusCase, Table) {
	t.Helper()
	data, err := os.ReadFile(realdata.Path(t, "conformance", kind+".json"))
	require.NoError(t, err)
	var f struct {
		Data []struct {
			ID              int64
			Region, Segment *string
		}
		Cases []struct {
			Name, CSV, User, Error string
			Groups, Rules          []string
			Config, Tags, Visible  json.RawMessage
			Options                corpusOptions
		}
	}
	require.NoError(t, json.Unmarshal(data, &f))
	require.NotEmpty(t, f.Cases)
	table := Table{Name: "shared" + kind, Type: typ, Columns: []string{"Region", "Segment"}}
	for _, row := range f.Data {
		table.Rows = append(table.Rows, Row{ID: row.ID, Cells: []*string{row.Region, row.Segment}})
	}
	var cases []corpusCase
	for _, in := range f.Cases {
		csv, err := json.Marshal(in.CSV)
		require.NoError(t, err)
		cases = append(cases, corpusCase{ID: in.Name, kind: kind, CSV: csv, Options: in.Options, Config: in.Config, Tags: in.Tags,
			Viewer: corpusViewer{User: in.User, Groups: in.Groups}, Visible: in.Visible, Error: in.Error})
	}
	return cases, table
}
