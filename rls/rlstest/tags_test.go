package rlstest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTags: what the cases of sessions exercise, and which wrong configurations
// they notice. Leaving one case out at a time shows what it is there for.
func TestTags(t *testing.T) {
	config, err := os.ReadFile("testdata/tenants/tags.json")
	require.NoError(t, err)
	text, err := os.ReadFile("testdata/tenants/tenants.rlstest.yaml")
	require.NoError(t, err)
	for _, tt := range []struct {
		without   string
		exercised int
		survivors []string
	}{
		{"", 3, nil},
		{"a tenant sees its own rows of two regions", 3, []string{
			`tags.json: drop delimiter: "region" has no delimiter`,
			`tags.json: change column: "region" restricts Tenant`,
		}},
		{"match-all shows rows without a region", 3, []string{`tags.json: drop match-all: "region" has no match-all value`}},
		{"without a region nothing is seen", 3, nil}, // the other cases notice the same
		{"a role will do", 2, []string{ // no session has a role, so list 2 is never complete
			`tags.json: drop key: drop "tenant" from list 2 of TagRuleConfigurations`,
			`tags.json: drop list: drop list 2 of TagRuleConfigurations`,
			`tags.json: change column: "role" restricts Tenant`,
		}},
	} {
		head, cases, _ := strings.Cut(string(text), "  - name: ")
		kept := slices.DeleteFunc(strings.Split(cases, "  - name: "), func(c string) bool {
			return tt.without != "" && strings.HasPrefix(c, tt.without)
		})
		s := load(t, "c.rlstest.yaml", head+"  - name: "+strings.Join(kept, "  - name: "), "tags.json", string(config))
		r := runSuite(t, s, &Options{Mutate: true})
		require.True(t, r.OK(), tt.without)
		require.Equal(t, 3, r.Coverage.Rules)
		require.Equal(t, tt.exercised, r.Coverage.Exercised, tt.without)
		var survivors []string
		for _, m := range r.Mutation.Survivors {
			survivors = append(survivors, m.String())
		}
		require.Equal(t, tt.survivors, survivors, tt.without)
	}
}

// TestTagCoverage: a rule that is in no list does nothing and does not count; one
// that only blind sessions complete is not exercised.
func TestTagCoverage(t *testing.T) {
	const config = `{"TagRules": [{"TagKey": "a", "ColumnName": "R"}, {"TagKey": "b", "ColumnName": "R"}, {"TagKey": "c", "ColumnName": "R"}, {"TagKey": "d", "ColumnName": "R"}],
		"TagRuleConfigurations": [["a"], ["b"], ["c"]]}`
	s := load(t, "c.yaml", `tags: t.json
data: [{R: x}, {R: y}]
cases:
- {name: sees, tags: {a: x}, count: 1}
- {name: blind, tags: {b: nothing}, none: true}
- {name: useless, tags: {d: x}, none: true}
- {name: twice, tags: {"": x}, error: tag}
`, "t.json", config)
	r := runSuite(t, s, nil)
	require.True(t, r.OK(), "%v", r.Results)
	require.Equal(t, Coverage{Rules: 3, Exercised: 1, Missing: r.Coverage.Missing}, r.Coverage)
	require.Len(t, r.Coverage.Missing, 2)
	require.Equal(t, `TagRules[1] "b"`, r.Coverage.Missing[0].Rule)
	require.Equal(t, "no case has a session that sees a row through it", r.Coverage.Missing[0].Reason)
	require.Equal(t, `TagRules[2] "c"`, r.Coverage.Missing[1].Rule)
	require.Equal(t, "no case has a session that completes a list with it", r.Coverage.Missing[1].Reason)
}

// TestBoth: a dataset with both kinds of rules; viewers by the one, sessions by
// the other.
func TestBoth(t *testing.T) {
	s := load(t, "c.yaml", `rules: r.csv
tags: t.json
data: [{R: EMEA, S: a}, {R: US, S: b}]
cases:
- {name: viewer, who: al, count: 1, only: {R: EMEA}}
- {name: session, tags: {t: b}, count: 1, only: {R: US}}
`, "r.csv", "UserName,R\nal,EMEA\n", "t.json", `{"TagRules": [{"TagKey": "t", "ColumnName": "S"}]}`)
	r := runSuite(t, s, &Options{RequireCoverage: true, Mutate: true})
	require.True(t, r.OK(), "%v %v", r.Results, r.Problems)
	require.Equal(t, 2, r.Coverage.Rules)
	require.Equal(t, 2, r.Masks)
}
