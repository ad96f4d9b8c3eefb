package vet

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/tagrules"
)

// secret is the match-all value of every case that has an odd one: no finding
// may show it.
const secret = "zz9!"

type tagCase struct {
	reason  string
	json    string
	data    []testColumn
	session tagrules.Tags
	opts    tagrules.Options
	want    []string
	not     []string
}

func rules(parts ...string) string { return `{"TagRules": [` + strings.Join(parts, ", ") + `]}` }

var tagCases = []tagCase{
	{reason: "a clean configuration has no finding", json: `{"Status": "ENABLED", "TagRules": [{"TagKey": "tenant", "ColumnName": "Tenant"}, {"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}]}`,
		data: []testColumn{col("Tenant", "acme"), col("Region", "EMEA")}, session: tagrules.Tags{{Key: "tenant", Value: "acme"}, {Key: "region", Value: "*"}},
		not: []string{"RS101", "RS102", "RS103", "RS104", "RS105", "RS106", "RS107", "RS108", "RS109", "RS110", "RS111", "RS112", "RS113", "RS114", "RS115", "RS116", "RS117"}},
	{reason: "what is no JSON", json: `{"TagRules": [`, want: []string{"1:15 RS101"}},
	{reason: "an unknown field, and the rest is vetted", json: `{"Status": "DISABLED", "TagRules": [{"TagKey": "a", "ColumnName": "A", "Delimiter": ","}]}`, want: []string{"1:12 RS103", "1:72 RS101"}},
	{reason: "a key in no list", json: `{"TagRules": [{"TagKey": "a", "ColumnName": "A"}, {"TagKey": "b", "ColumnName": "B"}], "TagRuleConfigurations": [["a"]]}`, want: []string{"1:62 RS102"}},
	{reason: "all keys can be lifted", json: rules(`{"TagKey": "a", "ColumnName": "A", "MatchAllValue": "*"}`), want: []string{"1:14 RS104"}},
	{reason: "match-all values like words", json: rules(`{"TagKey": "a", "ColumnName": "A", "MatchAllValue": "all"}`, `{"TagKey": "b", "ColumnName": "B", "MatchAllValue": "`+secret+` "}`, `{"TagKey": "c", "ColumnName": "C"}`), want: []string{"1:67 RS105", "1:127 RS105"}},
	{reason: "a match-all value that contains the delimiter", json: rules(`{"TagKey": "a", "ColumnName": "A", "TagMultiValueDelimiter": "!", "MatchAllValue": "`+secret+`"}`, `{"TagKey": "c", "ColumnName": "C"}`), want: []string{"1:98 RS105"}},
	{reason: "a match-all value that is data", json: rules(`{"TagKey": "a", "ColumnName": "A", "MatchAllValue": "`+secret+`"}`, `{"TagKey": "c", "ColumnName": "C"}`), data: []testColumn{col("A", secret), col("C", "x")}, want: []string{"1:67 RS106"}},
	{reason: "delimiters", json: rules(`{"TagKey": "a", "ColumnName": "A", "TagMultiValueDelimiter": ", "}`, `{"TagKey": "b", "ColumnName": "B", "TagMultiValueDelimiter": " "}`, `{"TagKey": "c", "ColumnName": "C", "TagMultiValueDelimiter": "or"}`), want: []string{"1:76 RS107", "1:144 RS107", "1:211 RS107"}},
	{reason: "a list that another makes idle", json: `{"TagRules": [{"TagKey": "a", "ColumnName": "A"}, {"TagKey": "b", "ColumnName": "B"}], "TagRuleConfigurations": [["a"], ["a", "b"]]}`, want: []string{"1:121 RS108"}},
	{reason: "a list twice is idle once", json: `{"TagRules": [{"TagKey": "a", "ColumnName": "A"}, {"TagKey": "b", "ColumnName": "B"}], "TagRuleConfigurations": [["a", "b"], ["b", "a"]]}`, want: []string{"1:126 RS108"}},
	{reason: "lists that share a key are both of use", json: `{"TagRules": [{"TagKey": "a", "ColumnName": "A"}, {"TagKey": "b", "ColumnName": "B"}, {"TagKey": "c", "ColumnName": "C"}], "TagRuleConfigurations": [["a", "b"], ["a", "c"]]}`, not: []string{"RS108", "RS102"}},
	{reason: "keys that look alike, or have a space", json: rules(`{"TagKey": "tenant", "ColumnName": "A"}`, `{"TagKey": "Tenant", "ColumnName": "B"}`, `{"TagKey": " x", "ColumnName": "C"}`), want: []string{"1:67 RS109", "1:108 RS109"}},
	{reason: "two keys for a column", json: rules(`{"TagKey": "a", "ColumnName": "A"}`, `{"TagKey": "b", "ColumnName": "A"}`), want: []string{"1:14 RS110"}},
	{reason: "a column that the data lacks", json: rules(`{"TagKey": "a", "ColumnName": "tenant"}`), data: []testColumn{col("Tenant", "x")}, want: []string{"1:45 RS111"}},
	{reason: "a column of numbers", json: rules(`{"TagKey": "a", "ColumnName": "A"}`), data: []testColumn{{name: "A", values: []string{"1"}, number: true}}, want: []string{"1:45 RS112"}, not: []string{"RS111"}},
	{reason: "a delimiter inside values", json: rules(`{"TagKey": "a", "ColumnName": "A", "TagMultiValueDelimiter": ","}`), data: []testColumn{col("A", "AWS,INC", "x")}, want: []string{"1:76 RS113"}},
	{reason: "without a delimiter a comma is a comma", json: rules(`{"TagKey": "a", "ColumnName": "A"}`), data: []testColumn{col("A", "AWS,INC", " x")}, not: []string{"RS113", "RS114"}},
	{reason: "spaces that lists drop, and values too long for a tag", json: rules(`{"TagKey": "a", "ColumnName": "A", "TagMultiValueDelimiter": ","}`, `{"TagKey": "b", "ColumnName": "B"}`), data: []testColumn{col("A", " x"), col("B", strings.Repeat("x", 257))}, want: []string{"1:45 RS114", "1:112 RS114"}},
	{reason: "spaces are kept on demand", json: rules(`{"TagKey": "a", "ColumnName": "A", "TagMultiValueDelimiter": ","}`), opts: tagrules.Options{LiteralSpaces: true}, data: []testColumn{col("A", " x")}, not: []string{"RS114"}},
	{reason: "a session key that is almost one", json: rules(`{"TagKey": "tenant", "ColumnName": "A"}`), session: tagrules.Tags{{Key: "Tenant ", Value: secret}}, want: []string{"0:0 RS115", "0:0 RS116"}},
	{reason: "a session key of something else", json: rules(`{"TagKey": "tenant", "ColumnName": "A"}`), session: tagrules.Tags{{Key: "tenant", Value: secret}, {Key: "color", Value: secret}}, not: []string{"RS115", "RS116"}},
	{reason: "a session with a key twice", json: rules(`{"TagKey": "tenant", "ColumnName": "A"}`), session: tagrules.Tags{{Key: "tenant", Value: secret}, {Key: "tenant", Value: secret}}, want: []string{"0:0 RS117"}, not: []string{"RS116"}},
}

func TestTags(t *testing.T) {
	for _, c := range tagCases {
		t.Run(c.reason, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			opts := &TagOptions{Tags: &c.opts}
			if c.session != nil {
				opts.Sessions = []Session{{Name: "s", Tags: c.session}}
			}
			if r := reader(t, mem, c.data); r != nil {
				defer r.Release()
				opts.Data = r
			}
			findings, err := Tags(strings.NewReader(c.json), opts)
			require.NoError(t, err)
			if c.want == nil {
				c.want = []string{}
			}
			require.Equal(t, c.want, places(findings), "%v", findings)
			for _, f := range findings {
				require.NotContains(t, c.not, f.ID)
				require.NotContains(t, f.String(), secret, "a secret is shown")
				if at := f.Pos.Column; at > 0 && f.ID != "RS101" {
					require.Contains(t, "\"[", c.json[at-1:at], "a value or a list begins there")
				}
			}
		})
	}
}

// A configuration inside the description of a dataset is found where it is.
func TestTagsInside(t *testing.T) {
	for _, text := range []string{
		"{\n \"RowLevelPermissionTagConfiguration\": {\"TagRules\": [{\"TagKey\": \"a\", \"ColumnName\": \"A\", \"MatchAllValue\": \"*\"}]}}",
		"{\"Name\": \"x\", \"DataSet\":\n [{\"RowLevelPermissionConfiguration\": {\"TagConfiguration\": {\"TagRules\": [{\"TagKey\": \"a\", \"ColumnName\": \"A\", \"MatchAllValue\": \"*\"}]}}}]}",
		"Resources:\n  D: {Properties: {RowLevelPermissionTagConfiguration: {TagRules: [{TagKey: a, ColumnName: A, MatchAllValue: \"*\"}]}}}",
		"{\"terraform_version\": \"1\", \"values\":\n {\"row_level_permission_tag_configuration\": [{\"tag_rules\": [{\"tag_key\": \"a\", \"column_name\": \"A\", \"match_all_value\": \"*\"}]}]}}",
	} {
		findings, err := Tags(strings.NewReader(text), nil)
		require.NoError(t, err)
		require.Len(t, findings, 1)
		require.Equal(t, "RS104", findings[0].ID)
		require.Equal(t, 2, findings[0].Pos.Line)
	}
	both := `[{"Name": "x", "RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "a", "ColumnName": "A"}]}},
 {"Name": "y", "RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "a", "ColumnName": "A", "MatchAllValue": "*"}]}}]`
	findings, err := Tags(strings.NewReader(both), &TagOptions{Tags: &tagrules.Options{DataSet: "y"}})
	require.NoError(t, err)
	require.Equal(t, []string{"2:67 RS104"}, places(findings), "the dataset that is meant, not the first one")
	findings, err = Tags(strings.NewReader(`{"rowLevelPermissionTagConfiguration": {"tagRules": [{"TagKey": "a", "ColumnName": "A", "MatchAllValue": "*"}]}}`), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"1:2 RS101", "1:41 RS101", "1:53 RS104"}, places(findings), "names in another case, and what they hold")
	findings, err = Tags(strings.NewReader(`{"Name": "x"}`), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"1:1 RS101"}, places(findings))
}

// Loaded configurations give the same findings as their text.
func TestTagConfigAgreesWithTags(t *testing.T) {
	for _, c := range tagCases {
		config, err := tagrules.Parse(strings.NewReader(c.json), nil)
		if err != nil || c.data != nil {
			continue
		}
		opts := &TagOptions{Sessions: []Session{{Tags: c.session}}}
		want, err := Tags(strings.NewReader(c.json), opts)
		require.NoError(t, err)
		got, err := TagConfig(config, opts)
		require.NoError(t, err)
		var a, b []string
		for _, f := range want {
			a = append(a, f.ID+f.Reason)
		}
		for _, f := range got {
			b = append(b, f.ID+f.Reason)
		}
		require.ElementsMatch(t, a, b, c.reason)
	}
}
