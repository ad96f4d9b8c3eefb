package tagrules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const plainRules = `{"TagRules":[{"TagKey":"r","ColumnName":"Region"}]}`

// TestUnset: every optional field that a writer leaves null or empty is absent,
// in every combination; a match-all value of "" is no such thing.
func TestUnset(t *testing.T) {
	want, err := Parse(strings.NewReader(plainRules), nil)
	require.NoError(t, err)
	for _, status := range []string{"", `,"Status":null`, `,"Status":""`} {
		for _, lists := range []string{"", `,"TagRuleConfigurations":null`, `,"TagRuleConfigurations":[]`} {
			for _, delimiter := range []string{"", `,"TagMultiValueDelimiter":null`, `,"TagMultiValueDelimiter":""`} {
				for _, all := range []string{"", `,"MatchAllValue":null`, `,"MatchAllValue":""`} {
					in := `{"TagRules":[{"TagKey":"r","ColumnName":"Region"` + delimiter + all + `}]` + status + lists + `}`
					got, err := Parse(strings.NewReader(in), nil)
					if strings.HasSuffix(all, `""`) {
						require.ErrorIs(t, err, ErrLimit, in)
						continue
					}
					require.NoError(t, err, in)
					require.Equal(t, want, got, in)
				}
			}
		}
	}
	for _, in := range []string{
		`{"TagRules":null}`, `{"TagRules":[{"TagKey":null,"ColumnName":"Region"}]}`, `{"TagRules":[{"TagKey":"r","ColumnName":""}]}`, `{"TagRules":[null]}`,
	} {
		_, err := Parse(strings.NewReader(in), nil)
		require.Error(t, err, in)
	}
}

// TestWriters: the same configuration as each tool writes it.
func TestWriters(t *testing.T) {
	want, err := Parse(strings.NewReader(rules), nil)
	require.NoError(t, err)
	const snake = `{"status":"ENABLED","tag_rules":[{"tag_key":"r","column_name":"Region","tag_multi_value_delimiter":",","match_all_value":"*"},
		{"tag_key":"s","column_name":"Segment","tag_multi_value_delimiter":"","match_all_value":""}],"tag_rule_configurations":[["r"],["r","s"]]}`
	for reason, in := range map[string]string{
		"Terraform, the object": snake,
		"terraform show -json": `{"format_version":"1.0","terraform_version":"1.9.0","values":{"root_module":{"resources":[{"address":"aws_quicksight_data_set.d","type":"aws_quicksight_data_set",
			"values":{"data_set_id":"d","row_level_permission_tag_configuration":[` + snake + `]},"sensitive_values":{"row_level_permission_tag_configuration":[{"tag_rules":[{},{}]}]}}]}}}`,
		"terraform show -json of a plan": `{"terraform_version":"1.9.0","planned_values":{"root_module":{"resources":[{"values":{"row_level_permission_tag_configuration":[` + snake + `]}}]}},
			"prior_state":{"values":{"row_level_permission_tag_configuration":[{"tag_rules":[{"tag_key":"old","column_name":"Old"}]}]}}}`,
		"CloudFormation in YAML": `# a template
Resources:
  Sales:
    Type: AWS::QuickSight::DataSet
    Properties:
      DataSetId: !Sub "${Stack}-sales"
      RowLevelPermissionTagConfiguration:
        Status: ENABLED
        TagRules:
          - {TagKey: r, ColumnName: Region, TagMultiValueDelimiter: ",", MatchAllValue: "*"}
          - TagKey: s
            ColumnName: Segment
        TagRuleConfigurations: [[r], [r, s]]
`,
		"AWS CLI, --output yaml":        "DataSet:\n  Arn: arn:aws:quicksight:us-east-1:111122223333:dataset/d\n  CreatedTime: '2026-01-01T00:00:00+00:00'\n  RowLevelPermissionTagConfiguration:\n    Status: ENABLED\n    TagRuleConfigurations:\n    - - r\n    - - r\n      - s\n    TagRules:\n    - ColumnName: Region\n      MatchAllValue: '*'\n      TagKey: r\n      TagMultiValueDelimiter: ','\n    - ColumnName: Segment\n      TagKey: s\nRequestId: r\nStatus: 200\n",
		"AWS CLI, --output yaml-stream": "- DataSet:\n    RowLevelPermissionTagConfiguration:\n      Status: ENABLED\n      TagRuleConfigurations:\n      - - r\n      - - r\n        - s\n      TagRules:\n      - {ColumnName: Region, MatchAllValue: '*', TagKey: r, TagMultiValueDelimiter: ','}\n      - {ColumnName: Segment, TagKey: s}\n  Status: 200\n",
		"AWS CLI, described":            `{"Status":200,"DataSet":{"DataSetId":"d","RowLevelPermissionDataSet":null,"RowLevelPermissionTagConfiguration":` + rules + `}}`,
	} {
		got, err := Parse(strings.NewReader(in), nil)
		require.NoError(t, err, reason)
		require.Equal(t, want, got, reason)
	}
	for reason, in := range map[string]string{
		"names of both kinds":        `{"TagRules":[{"tag_key":"r","ColumnName":"Region","column_name":"Other"}]}`,
		"Terraform's name elsewhere": `{"TagRules":[{"TagKey":"r","ColumnName":"Region"}],"status":"DISABLED"}`,
		"two blocks":                 `{"row_level_permission_tag_configuration":[` + snake + `,` + snake + `]}`,
		"a function for a column":    "TagRules:\n- TagKey: r\n  ColumnName: !Ref Column\n",
		"a number":                   "TagRules:\n- TagKey: 7\n  ColumnName: Region\n",
		"an alias":                   "TagRules:\n- &a {TagKey: r, ColumnName: Region}\n- *a\n",
		"a field twice":              "TagRules:\n- TagKey: r\n  TagKey: s\n  ColumnName: Region\n",
		"two documents":              "TagRules:\n- {TagKey: r, ColumnName: Region}\n---\nTagRules: []\n",
		"no YAML":                    "TagRules: [\n",
		"a list of texts":            "- TagRules\n- x\n",
		"a plan that does not know a list": `{"terraform_version":"1","planned_values":{"root_module":{"resources":[{"address":"d","values":{"row_level_permission_tag_configuration":[{"tag_rules":[{"tag_key":"r","column_name":"Region"}]}]}}]}},
			"resource_changes":[{"address":"d","change":{"after_unknown":{"row_level_permission_tag_configuration":[{"tag_rule_configurations":true,"tag_rules":[{}]}]}}}]}`,
		"a plan that does not know the block": `{"terraform_version":"1","planned_values":{"root_module":{"child_modules":[{"resources":[{"address":"m.d","values":{"data_set_id":"d"}}]}]}},
			"resource_changes":[{"address":"m.d","change":{"after_unknown":{"row_level_permission_tag_configuration":true}}}]}`,
	} {
		c, err := Parse(strings.NewReader(in), &Options{File: "f"})
		require.Error(t, err, reason)
		require.Nil(t, c, reason)
	}
}

// TestDataSets: of several datasets one is chosen by any of its names, and the
// error of a document with several names them.
func TestDataSets(t *testing.T) {
	of := func(column string) string {
		return fmt.Sprintf(`{"TagRules":[{"TagKey":"r","ColumnName":%q}]}`, column)
	}
	in := `{"Resources":{
		"Sales":{"Properties":{"DataSetId":"sales-1","Name":"The sales","RowLevelPermissionTagConfiguration":` + of("A") + `}},
		"Costs":{"Properties":{"DataSetId":"costs-1","Name":"The costs","RowLevelPermissionTagConfiguration":` + of("B") + `}}}}`
	_, err := Parse(strings.NewReader(in), nil)
	require.ErrorIs(t, err, ErrAmbiguous)
	for name, column := range map[string]string{"Sales": "A", "sales-1": "A", "The sales": "A", "Costs": "B", "costs-1": "B", "The costs": "B"} {
		require.ErrorContains(t, err, fmt.Sprintf("%q", name))
		c, err := Parse(strings.NewReader(in), &Options{DataSet: name})
		require.NoError(t, err, name)
		require.Equal(t, column, c.TagRules[0].ColumnName, name)
	}
	_, err = Parse(strings.NewReader(in), &Options{DataSet: "sales"})
	require.ErrorIs(t, err, ErrNoConfig, "names are not guessed")
	require.ErrorContains(t, err, `"sales-1"`)
}

// TestSnapshotTags: the tags of a snapshot job, and a value that is too long.
func TestSnapshotTags(t *testing.T) {
	one := `{"RowLevelPermissionTags":[{"Key":"r","Value":"EMEA"}]}`
	tags, err := ParseTags(strings.NewReader(`{"UserConfiguration":{"AnonymousUsers":[`+one+`]}}`), nil)
	require.NoError(t, err)
	require.Equal(t, Tags{{"r", "EMEA"}}, tags)
	_, err = ParseTags(strings.NewReader(`{"UserConfiguration":{"AnonymousUsers":[`+one+`,`+one+`]}}`), nil)
	require.ErrorIs(t, err, ErrNoTags)
	_, err = ParseTags(strings.NewReader(`[{"Key":"r","Value":"`+strings.Repeat("SECRET", 50)+`"}]`), nil)
	require.ErrorIs(t, err, ErrLongValue)
	require.NotContains(t, err.Error(), "SECRET")
	_, err = ParseTags(strings.NewReader(`[{"Key":"`+strings.Repeat("k", 200)+`","Value":"v"}]`), nil)
	require.NotErrorIs(t, err, ErrLongValue)
}
