package rlstest

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// TestRealConformance turns the conformance cases for rules into case files.
// JSON is YAML, so that nothing here knows how to quote.
func TestRealConformance(t *testing.T) {
	b, err := os.ReadFile(realdata.Path(t, "conformance", "users.json"))
	require.NoError(t, err)
	var corpus struct {
		Data  []map[string]any
		Cases []struct {
			Name, CSV, User string
			Groups          []string
			Options         map[string]string
			Error           string
			Visible         []int
		}
	}
	require.NoError(t, json.Unmarshal(b, &corpus))
	columns := make(map[string]bool)
	for _, row := range corpus.Data {
		for name := range row {
			columns[name] = true
		}
	}
	for _, row := range corpus.Data {
		for name := range columns {
			if _, ok := row[name]; !ok {
				row[name] = nil // NULL where there is none
			}
		}
	}
	ran := 0
	for _, c := range corpus.Cases {
		who := map[string]any{"user": c.User}
		if c.User == "" {
			who = map[string]any{}
		}
		if len(c.Groups) > 0 {
			who["groups"] = c.Groups
		}
		if len(who) == 0 || slices.Contains(c.Groups, "") {
			continue // nobody is no viewer
		}
		tc := map[string]any{"name": c.Name, "who": who}
		visible := make(map[int]bool)
		for _, id := range c.Visible {
			visible[id] = true
		}
		var rows, hidden []int
		for i := range corpus.Data {
			if visible[i+1] {
				rows = append(rows, i+1)
			} else {
				hidden = append(hidden, i+1)
			}
		}
		if c.Error != "" {
			tc["error"] = c.Error
		} else {
			tc["count"] = len(rows)
			if rows != nil {
				tc["rows"] = rows
			}
			if hidden != nil {
				tc["hidden"] = hidden
			}
		}
		options := map[string]any{}
		if c.Options["dual"] == "user_first" {
			options["dual"] = "userFirst"
		}
		text, err := json.Marshal(map[string]any{"rules": "r.csv", "data": corpus.Data, "id": "id", "options": options, "cases": []any{tc}})
		require.NoError(t, err)
		s, err := Load(files("c.rlstest.yaml", string(text), "r.csv", c.CSV), "c.rlstest.yaml")
		if err != nil { // rules that cannot be read, data that lacks a column
			require.NotEmpty(t, c.Error, "%s: %v", c.Name, err)
			continue
		}
		r := runSuite(t, s, &Options{Lenient: true})
		require.True(t, r.OK(), "%s: %v", c.Name, r.Results[0].Reasons)
		ran++
	}
	require.Greater(t, ran, 20)
}

// TestRealSales tests a published rule file on a published dataset: the blanks
// in its lists are part of the values, and hide what its author meant to show.
func TestRealSales(t *testing.T) {
	rules, err := os.ReadFile(realdata.Path(t, "data", "2_permissions", "awsdocs-table-spaces", "rules.csv"))
	require.NoError(t, err)
	data, err := os.ReadFile(realdata.Path(t, "data", "1_datasets", "saas-sales", "SaaS-Sales.csv"))
	require.NoError(t, err)
	text := `rules: r.csv
data: d.csv
cases:
- {name: emea, who: {groups: [EMEA-Sales]}, count: , only: {Region: EMEA}}
- {name: us, who: {groups: [US-Sales]}, count: }
- {name: meant, who: {groups: [EMEA-Sales]}, rows: [{Region: EMEA, Segment: [Enterprise, SMB]}], hidden: [{Region: APJ}]}
- {name: stranger, who: x, none: true}
`
	named := []string{"c.rlstest.yaml", text, "r.csv", string(rules), "d.csv", string(data)}
	u, err := load(t, named...).Update(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, u.Changes, 2)
	named[1] = string(u.Text)
	s := load(t, named...)
	r := runSuite(t, s, &Options{Mutate: true})
	require.Equal(t, Failed, r.Results[2].Status, "a blank is part of a value")
	require.Contains(t, fmt.Sprint(r.Results[2].Reasons), "hidden")

	// The same with what was meant.
	named[3] = strings.ReplaceAll(named[3], ", ", ",")
	u, err = load(t, named...).Update(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, u.Changes, 1, "more is seen")
	named[1] = string(u.Text)
	r = runSuite(t, load(t, named...), &Options{Mutate: true})
	require.True(t, r.OK(), "%v", r.Results)
	for _, m := range r.Coverage.Missing {
		t.Log(m)
	}
	t.Logf("%d rows, %d mutants in %v, %d survive", r.Rows, r.Mutation.Tried, r.Mutation.Duration, len(r.Mutation.Survivors))
}
