package rls_test

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/stretchr/testify/require"
)

// words are the words of the corpus for what is wrong.
var words = map[string][]error{
	"no header":                {rls.ErrEmpty},
	"no principal column":      {rls.ErrNoPrincipal},
	"mixed principal columns":  {rls.ErrMixed},
	"column without a name":    {rls.ErrNoName},
	"duplicate column":         {rls.ErrDuplicate},
	"no restricted field":      {rls.ErrNoFields},
	"bad CSV":                  {rls.ErrUnterminated, rls.ErrAfterQuote, rls.ErrBareQuote, rls.ErrLoneCR, rls.ErrUTF16},
	"wrong number of cells":    {rls.ErrFieldCount},
	"invalid UTF-8":            {rls.ErrUTF8, rls.ErrUTF16},
	"unterminated quote":       {rls.ErrUnterminated},
	"text after closing quote": {rls.ErrAfterQuote},
	"empty quoted item":        {rls.ErrEmptyItem},
	"quote in item":            {rls.ErrBareQuote},
	"cell too long":            {rls.ErrTooLong},
	"both principals":          {rls.ErrDual},
	"invalid ARN":              {namespace.ErrARN, rls.ErrKind},
	"deny policy":              {rls.ErrDenyAccess},
	"unknown policy":           {rls.ErrSettings},
	"unknown status":           {rls.ErrSettings},
	"wrong format version":     {rls.ErrVersion, rls.ErrSettings},
	"namespace with version 2": {rls.ErrSettings},
	"too many rules":           {rls.ErrTooManyRules},
	"too many values":          {rls.ErrTooManyValues},
}

// found when rules are bound to a table, which is not done here
var atBinding = []string{"no such column", "not text"}

type conformanceCase struct {
	ID, Reason string
	CSV        any
	Table      string
	Viewer     struct {
		User, Namespace string
		Groups          []string
		UserARN         string   `json:"user_arn"`
		GroupARNs       []string `json:"group_arns"`
	}
	Options struct {
		Dual, User, Group string
		NoValue           []string `json:"no_value"`
		AllowNoFields     bool     `json:"allow_no_fields"`
		HideNulls         bool     `json:"hide_nulls"`
		MaxValues         int      `json:"max_values"`
	}
	Settings *rls.PermissionDataSet
	Visible  any
	Error    string
	At       struct{ Line int }
}

// TestConformance runs the corpus that the module ships, on the text of the
// tables alone.
func TestConformance(t *testing.T) {
	dir := filepath.Join("..", "testdata", "conformance")
	load := func(name string, to any) {
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		dec := json.NewDecoder(strings.NewReader(string(b)))
		require.NoError(t, dec.Decode(to))
	}
	var tables struct {
		Tables map[string]struct {
			Columns []struct{ Name string }
			Rows    [][]any
		}
	}
	load("tables.json", &tables)
	for _, name := range []string{"users.json", "limits.json"} {
		var corpus struct{ Cases []conformanceCase }
		load(name, &corpus)
		require.Greater(t, len(corpus.Cases), 20)
		for _, c := range corpus.Cases {
			t.Run(c.ID, func(t *testing.T) {
				table, ok := tables.Tables[cmp.Or(c.Table, "sales")]
				require.True(t, ok)
				p, err := c.run(t)
				switch {
				case slices.Contains(atBinding, c.Error):
					require.NoError(t, err)
					return
				case c.Error != "":
					require.NotEmpty(t, words[c.Error], c.Error)
					require.True(t, slices.ContainsFunc(words[c.Error], func(why error) bool { return errors.Is(err, why) }), "%s: %v", c.Error, err)
					require.Equal(t, predicate.OpNone, p.Op())
					if c.At.Line > 0 {
						require.Contains(t, err.Error(), "f.csv:"+strconv.Itoa(c.At.Line)+":")
					}
					return
				}
				require.NoError(t, err, c.Reason)
				visible := []any{}
				for _, row := range table.Rows {
					if p.Match(func(column string) (string, bool) {
						for i := range table.Columns {
							if table.Columns[i].Name == column {
								return cellText(t, row[i])
							}
						}
						return "", false
					}) {
						visible = append(visible, row[0])
					}
				}
				if c.Visible == "all" {
					require.Len(t, visible, len(table.Rows), c.Reason)
				} else {
					require.Equal(t, c.Visible, any(visible), c.Reason)
				}
			})
		}
	}
}

// cellText is what a cell of a table holds: a string, or the notation of one.
func cellText(t *testing.T, cell any) (string, bool) {
	switch cell.(type) {
	case string, map[string]any, []any:
		return text(t, cell), true
	default:
		return "", false
	}
}

// run reads the rules of a case and resolves its viewer.
func (c conformanceCase) run(t *testing.T) (predicate.Predicate, error) {
	dual, ok := map[string]rls.Dual{"": rls.Either, "either": rls.Either, "user_first": rls.UserFirst, "reject": rls.Reject}[c.Options.Dual]
	require.True(t, ok, c.Options.Dual)
	if s := c.Settings; s != nil { // absent members count as valid
		s.Arn = cmp.Or(s.Arn, "arn:aws:quicksight:us-east-1:111122223333:dataset/rules")
		s.PermissionPolicy = cmp.Or(s.PermissionPolicy, rls.GrantAccess)
	}
	rules, err := rls.ReadCSV(strings.NewReader(text(t, c.CSV)), &rls.Options{
		File: "f.csv", User: c.Options.User, Group: c.Options.Group, Dual: dual, NullWords: c.Options.NoValue,
		AllowNoFields: c.Options.AllowNoFields, HideNulls: c.Options.HideNulls, MaxValues: c.Options.MaxValues, Settings: c.Settings,
	})
	if err != nil {
		require.Nil(t, rules)
		return predicate.Predicate{}, err
	}
	var p namespace.Principal
	if c.Viewer.UserARN != "" || len(c.Viewer.GroupARNs) > 0 {
		var user namespace.ARN
		if c.Viewer.UserARN != "" {
			user = namespace.MustParseARN(c.Viewer.UserARN)
		}
		var groups []namespace.ARN
		for _, g := range c.Viewer.GroupARNs {
			groups = append(groups, namespace.MustParseARN(g))
		}
		p = namespace.ForARN(user, groups...)
	} else {
		p = namespace.Named(c.Viewer.User, c.Viewer.Groups...)
		p.User.Namespace = c.Viewer.Namespace
		for i := range p.Groups {
			p.Groups[i].Namespace = c.Viewer.Namespace
		}
	}
	return rules.For(p)
}

// text writes out the notation for long and odd texts.
func text(t *testing.T, notation any, counters ...string) string {
	switch v := notation.(type) {
	case string:
		for i, n := range counters {
			v = strings.ReplaceAll(v, "{"+strconv.Itoa(i)+"}", n)
		}
		return v
	case []any:
		var b strings.Builder
		for _, part := range v {
			b.WriteString(text(t, part, counters...))
		}
		return b.String()
	case map[string]any:
		if v["of"] == nil {
			b, err := hex.DecodeString(v["hex"].(string))
			require.NoError(t, err)
			return string(b)
		}
		list := make([]string, int(v["repeat"].(float64)))
		for i := range list {
			list[i] = text(t, v["of"], append(slices.Clone(counters), strconv.Itoa(i))...)
		}
		join, _ := v["join"].(string)
		return strings.Join(list, join)
	}
	t.Fatalf("no text: %v", notation)
	return ""
}
