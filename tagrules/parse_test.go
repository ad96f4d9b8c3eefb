package tagrules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/textpos"
)

const rules = `{"Status":"ENABLED","TagRules":[{"TagKey":"r","ColumnName":"Region","TagMultiValueDelimiter":",","MatchAllValue":"*"},{"TagKey":"s","ColumnName":"Segment"}],"TagRuleConfigurations":[["r"],["r","s"]]}`

func TestParsePlaces(t *testing.T) {
	want, err := Parse(strings.NewReader(rules), nil)
	require.NoError(t, err)
	require.Equal(t, &Config{
		Status: Enabled,
		TagRules: []Rule{
			{TagKey: "r", ColumnName: "Region", TagMultiValueDelimiter: ",", MatchAllValue: "*"},
			{TagKey: "s", ColumnName: "Segment"},
		},
		TagRuleConfigurations: [][]string{{"r"}, {"r", "s"}},
	}, want)
	for reason, doc := range map[string]string{
		"under its name":              `{"RowLevelPermissionTagConfiguration":%s}`,
		"DescribeDataSet response":    `{"Status":200,"RequestId":"1","DataSet":{"Arn":"a","Name":"n","RowLevelPermissionTagConfiguration":%s,"ImportMode":"SPICE"}}`,
		"CreateDataSet request":       `{"AwsAccountId":"1","DataSetId":"d","PhysicalTableMap":{"t":{}},"RowLevelPermissionTagConfiguration":%s}`,
		"new data preparation":        `{"SemanticModelConfiguration":{"TableMap":{"t1":{"Alias":"x","RowLevelPermissionConfiguration":{"TagConfiguration":%s}}}}}`,
		"the same, described":         `{"DataSet":{"SemanticModelConfiguration":{"TableMap":{"t1":{"RowLevelPermissionConfiguration":{"RowLevelPermissionDataSet":{},"TagConfiguration":%s}}}}}}`,
		"null beside it":              `{"RowLevelPermissionTagConfiguration":null,"DataSet":{"RowLevelPermissionTagConfiguration":%s}}`,
		"the same one twice":          `[{"RowLevelPermissionTagConfiguration":%[1]s},{"RowLevelPermissionTagConfiguration":%[1]s}]`,
		"a template":                  `{"Resources":{"D":{"Properties":{"RowLevelPermissionTagConfiguration":%s}}}}`,
		"white space and line breaks": "\r\n\t %s \n",
		"a byte order mark":           "\uFEFF%s",
		"a flag that sounds like it":  `{"RowLevelPermissionTagConfigurationApplied":true,"RowLevelPermissionTagConfiguration":%s}`,
	} {
		got, err := Parse(strings.NewReader(fmt.Sprintf(doc, rules)), nil)
		require.NoError(t, err, reason)
		require.Equal(t, want, got, reason)
	}
}

func TestParseNone(t *testing.T) {
	for _, tt := range []struct{ in, reason string }{
		{`{}`, "an empty object"},
		{`[]`, "a list"},
		{`null`, "null"},
		{`"RowLevelPermissionTagConfiguration"`, "a string"},
		{`{"Status":"ENABLED"}`, "a status alone, which every response has"},
		{`{"DataSet":{"RowLevelPermissionTagConfiguration":null}}`, "null"},
		{`{"DataSet":{"RowLevelPermissionDataSet":{"Arn":"a"}}}`, "user rules"},
		{`{"TagConfiguration":` + rules + `}`, "not where the API has it"},
	} {
		c, err := Parse(strings.NewReader(tt.in), &Options{File: "d.json"})
		require.ErrorIs(t, err, ErrNoConfig, tt.reason)
		require.ErrorContains(t, err, "d.json:1:1: no tag configuration in the document", tt.reason)
		require.Nil(t, c, tt.reason)
	}
}

// TestParseErrors marks with ∑ where each error is reported. The secret stands
// in every document and in no message.
func TestParseErrors(t *testing.T) {
	in := func(rule string) string { return `{"TagRules":[` + rule + `]}` }
	r := `{"TagKey":"r","ColumnName":"Region"}`
	var many []string
	for i := range MaxRules + 1 {
		many = append(many, fmt.Sprintf(`{"TagKey":"r%d","ColumnName":"Region"}`, i))
	}
	for _, tt := range []struct {
		in, want string
		is       error
		reason   string
	}{
		{in(r) + `∑x`, `not JSON from here on`, ErrSyntax, "data after the document"},
		{`{"TagRules":[` + r + `∑`, `not JSON from here on`, ErrSyntax, "cut off"},
		{in("{\"TagKey\":\"∑\xff\"}"), `not valid UTF-8`, ErrEncoding, "raw bytes"},
		{in(`{"TagKey":"r","ColumnName":"Region","MatchAllValue":∑"\ud800"}`), `TagRules[0].MatchAllValue: not valid UTF-8: incomplete surrogate pair`, ErrEncoding, "no character"},
		{in(`{∑"tagKey":"r","ColumnName":"Region"}`), `TagRules[0]: unknown field "tagKey", want TagKey`, ErrField, "case of a field"},
		{in(`{"TagKey":"r","ColumnName":"Region",∑"MatchAll":"SECRET"}`), `unknown field "MatchAll", want TagKey, ColumnName, TagMultiValueDelimiter, MatchAllValue`, ErrField, "a field that is none"},
		{in(`{"TagKey":"r","ColumnName":"Region","MatchAllValue":"*",∑"MatchAllValue":"SECRET"}`), `TagRules[0].MatchAllValue: field given twice`, ErrTwice, "which one counts?"},
		{`{"TagRules":[` + r + `],∑"TagRules":[` + r + `]}`, `TagRules: field given twice`, ErrTwice, "the same twice"},
		{in(`∑{"TagKey":"r"}`), `TagRules[0].ColumnName: field missing`, ErrMissing, "no column"},
		{in(`∑{"ColumnName":"Region"}`), `TagRules[0].TagKey: field missing`, ErrMissing, "no key"},
		{`∑{"Status":"ENABLED","TagRuleConfigurations":[["r"]]}`, `TagRules: field missing`, ErrMissing, "no rules"},
		{`{"TagRules":∑[]}`, `TagRules: outside the limits: got 0 entries, want 1 to 50`, ErrLimit, "no rule"},
		{`{"TagRules":∑{}}`, `TagRules: wrong type: found an object, want a list`, ErrType, "rules as an object"},
		{`{"TagRules":∑null}`, `found null, want a list`, ErrType, "null"},
		{in(`∑"r"`), `TagRules[0]: wrong type: found a string, want an object`, ErrType, "a rule as a string"},
		{in(`{"TagKey":∑1,"ColumnName":"Region"}`), `TagRules[0].TagKey: wrong type: found a number, want a string`, ErrType, "a number"},
		{in(`{"TagKey":"r","ColumnName":"Region","MatchAllValue":∑["SECRET"]}`), `found a list, want a string`, ErrType, "a list"},
		{in(`{"TagKey":"r","ColumnName":"Region","MatchAllValue":∑""}`), `TagRules[0].MatchAllValue: outside the limits: got no character`, ErrLimit, "an empty match-all value"},
		{in(`{"TagKey":"r","ColumnName":"Region","MatchAllValue":∑"` + strings.Repeat("é", 257) + `"}`), `got 257 characters, want 0 to 256`, ErrLimit, "characters, not bytes"},
		{in(`{"TagKey":"r","ColumnName":"Region","TagMultiValueDelimiter":∑"12345678901"}`), `got 11 characters, want 0 to 10`, ErrLimit, "a long delimiter"},
		{in(`{"TagKey":∑"","ColumnName":"Region"}`), `got 0 characters, want 1 to 128`, ErrLimit, "an empty key"},
		{in(`{"TagKey":∑"` + strings.Repeat("k", 129) + `","ColumnName":"Region"}`), `got 129 characters, want 1 to 128`, ErrLimit, "a long key"},
		{in(`{"TagKey":"r","ColumnName":∑""}`), `TagRules[0].ColumnName: outside the limits`, ErrLimit, "an empty column"},
		{in(`{"TagKey":"r","ColumnName":"Region","TagMultiValueDelimiter":"SECRET","MatchAllValue":∑"SECRET"}`), `the delimiter equals the match-all value`, ErrDelimiter, "a list or all?"},
		{in(r + ",\n" + `{"TagKey":∑"r","ColumnName":"Other"}`), `TagRules[1].TagKey: duplicate tag key "r", also in TagRules[0]`, ErrDuplicateKey, "two rules of one key"},
		{`{"TagRules":∑[` + strings.Join(many, ",") + `]}`, `got 51 entries, want 1 to 50`, ErrLimit, "too many rules"},
		{`{"Status":∑"enabled","TagRules":[` + r + `]}`, `Status: unknown status "enabled", want ENABLED or DISABLED`, ErrStatus, "case of the status"},
		{`{"Status":∑true,"TagRules":[` + r + `]}`, `Status: wrong type: found true or false, want a string`, ErrType, "a status that is no string"},
		{`{"TagRules":[` + r + `],"TagRuleConfigurations":[∑[]]}`, `TagRuleConfigurations[0]: outside the limits: got 0 entries, want 1 to 50`, ErrLimit, "an empty configuration"},
		{`{"TagRules":[` + r + `],"TagRuleConfigurations":[["r"],["r",∑"s"]]}`, `TagRuleConfigurations[1][1]: no rule has this tag key: "s"`, ErrUnknownKey, "a key without a rule"},
		{`{"TagRules":[` + r + `],"TagRuleConfigurations":[["r",∑"r"]]}`, `TagRuleConfigurations[0][1]: duplicate tag key "r", also in TagRuleConfigurations[0][0]`, ErrDuplicateKey, "a key twice in a list"},
		{`{"TagRules":[` + r + `],"TagRuleConfigurations":[∑"r"]}`, `TagRuleConfigurations[0]: wrong type: found a string, want a list`, ErrType, "a key instead of a list"},
		{`{"TagRules":[` + r + `],"TagRuleConfigurations":∑[` + strings.Repeat(`["r"],`, 50) + `["r"]]}`, `got 51 entries, want 0 to 50`, ErrLimit, "too many lists"},
		{`{∑"tagRules":[` + r + `],"TagRules":[` + r + `]}`, `unknown field "tagRules", want TagRules`, ErrField, "case of the rules"},
		{`{"DataSet":{∑"rowLevelPermissionTagConfiguration":` + in(r) + `}}`, `DataSet: unknown field "rowLevelPermissionTagConfiguration", want RowLevelPermissionTagConfiguration`, ErrField, "case of the API name"},
		{`{"rowLevelPermissionConfiguration":{∑"TagConfiguration":` + in(r) + `}}`, `unknown field "rowLevelPermissionConfiguration" around it, want RowLevelPermissionConfiguration`, ErrField, "case of what is around"},
		{`{"RowLevelPermissionTagConfiguration":∑"SECRET"}`, `RowLevelPermissionTagConfiguration: wrong type: found a string, want an object`, ErrType, "a string"},
		{`{"A":{"RowLevelPermissionTagConfiguration":` + in(r) + "},\n" + `"B":{"RowLevelPermissionTagConfiguration":∑` + rules + `}}`,
			`several different tag configurations: A.RowLevelPermissionTagConfiguration at f.json:1:44, B.RowLevelPermissionTagConfiguration at f.json:2:43`, ErrAmbiguous, "which one?"},
	} {
		before, after, found := strings.Cut(tt.in, "∑")
		require.True(t, found, tt.reason)
		c, err := Parse(strings.NewReader(before+after), &Options{File: "f.json"})
		require.Nil(t, c, tt.reason)
		require.ErrorIs(t, err, tt.is, tt.reason)
		require.NotContains(t, err.Error(), "SECRET", tt.reason)
		require.NotContains(t, err.Error(), "\n", "one problem, one error: %s", tt.reason)
		line, column := 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")
		require.Contains(t, err.Error(), fmt.Sprintf("f.json:%d:%d: ", line, column), tt.reason)
		require.Contains(t, err.Error(), tt.want, tt.reason)

		var where *Error
		require.ErrorAs(t, err, &where, tt.reason)
		require.Equal(t, textpos.At("f.json", line, column), where.Pos, tt.reason)
	}
}

func TestParseAllProblems(t *testing.T) {
	_, err := Parse(strings.NewReader(`{"RowLevelPermissionTagConfiguration": {
  "TagRuleConfigurations": [["r", "q"], []],
  "TagRules": [
    {"TagKey": "r", "ColumnName": "Region", "matchAllValue": "*"},
    {"TagKey": "r", "ColumnName": 7}
  ],
  "Status": "ON"
}}`), nil)
	require.EqualError(t, err, strings.Join([]string{
		`2:35: RowLevelPermissionTagConfiguration.TagRuleConfigurations[0][1]: no rule has this tag key: "q"`,
		`2:41: RowLevelPermissionTagConfiguration.TagRuleConfigurations[1]: outside the limits: got 0 entries, want 1 to 50`,
		`4:45: RowLevelPermissionTagConfiguration.TagRules[0]: unknown field "matchAllValue", want MatchAllValue`,
		`5:16: RowLevelPermissionTagConfiguration.TagRules[1].TagKey: duplicate tag key "r", also in TagRules[0]`,
		`5:35: RowLevelPermissionTagConfiguration.TagRules[1].ColumnName: wrong type: found a number, want a string`,
		`7:13: RowLevelPermissionTagConfiguration.Status: unknown status "ON", want ENABLED or DISABLED`,
	}, "\n"))

	// What follows from another problem is not one of its own.
	_, err = Parse(strings.NewReader(`{"TagRuleConfigurations":[["r","q"],[]],"TagRules":[{"TagKey":1,"ColumnName":"c"},"x"]}`), nil)
	require.EqualError(t, err, strings.Join([]string{
		`1:37: TagRuleConfigurations[1]: outside the limits: got 0 entries, want 1 to 50`,
		`1:63: TagRules[0].TagKey: wrong type: found a number, want a string`,
		`1:83: TagRules[1]: wrong type: found a string, want an object`,
	}, "\n"))
}

func TestParseReader(t *testing.T) {
	broken := errors.New("broken pipe")
	_, err := Parse(iotest.ErrReader(broken), &Options{File: "f.json"})
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "f.json: ")
	_, err = Parse(io.LimitReader(endless{}, maxDocument+10), nil)
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = ParseTags(strings.NewReader(strings.Repeat("[", 20_000)), nil)
	require.ErrorIs(t, err, ErrSyntax, "too deep")
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestConfigJSON(t *testing.T) {
	var c Config
	require.NoError(t, json.Unmarshal([]byte(rules), &c))
	b, err := json.Marshal(c)
	require.NoError(t, err)
	require.Equal(t, rules, string(b))
	b, err = json.Marshal(&c)
	require.NoError(t, err)
	require.Equal(t, rules, string(b))

	require.ErrorIs(t, json.Unmarshal([]byte(`{"TagRules":[{"tagkey":"r","ColumnName":"x"}]}`), &c), ErrField)
	require.Zero(t, c, "an error leaves the zero Config")
	_, err = json.Marshal(c)
	require.ErrorIs(t, err, ErrLimit, "the zero Config is not valid")
}

func TestValidate(t *testing.T) {
	long := strings.Repeat("é", MaxKey)
	c := Config{
		TagRules: []Rule{
			{TagKey: long, ColumnName: "Region", TagMultiValueDelimiter: strings.Repeat("é", MaxDelimiter), MatchAllValue: strings.Repeat("é", MaxMatchAll)},
		},
		TagRuleConfigurations: [][]string{{long}},
	}
	for i := 1; i < MaxRules; i++ {
		c.TagRules = append(c.TagRules, Rule{TagKey: fmt.Sprint(i), ColumnName: "c"})
		c.TagRuleConfigurations = append(c.TagRuleConfigurations, []string{fmt.Sprint(i)})
	}
	require.NoError(t, c.Validate(), "all limits reached, none passed")

	c = Config{Status: "on", TagRules: []Rule{{ColumnName: "\xff", MatchAllValue: "\xff"}, {}}, TagRuleConfigurations: [][]string{{"", "é"}}}
	require.EqualError(t, c.Validate(), strings.Join([]string{
		`Status: unknown status "on", want ENABLED or DISABLED`,
		`TagRules[0].TagKey: outside the limits: got 0 characters, want 1 to 128`,
		`TagRules[0].ColumnName: not valid UTF-8`,
		`TagRules[0].MatchAllValue: not valid UTF-8`,
		`TagRules[1].TagKey: outside the limits: got 0 characters, want 1 to 128`,
		`TagRules[1].ColumnName: outside the limits: got no character, want at least 1`,
		`TagRuleConfigurations[0][0]: no rule has this tag key: ""`,
		`TagRuleConfigurations[0][1]: no rule has this tag key: "é"`,
	}, "\n"))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		rules, `{"RowLevelPermissionTagConfiguration":` + rules + `}`,
		`{"SemanticModelConfiguration":{"TableMap":{"t":{"RowLevelPermissionConfiguration":{"TagConfiguration":` + rules + `}}}}}`,
		`{"TagRules":[{"TagKey":"\ud800","tagKey":1e999}],"TagRules":{}}`, `[{"Key":"k","Value":"v"}]`, `{"SessionTags":[{"Key":"k"}]}`, "\uFEFF{}", `{"a":[{"a":`, "TagRules:\n- {TagKey: r, ColumnName: !Ref c}\n", "a: &a [*a]\n", `{"row_level_permission_tag_configuration":[{"tag_rules":[{"tag_key":"r","column_name":"c","match_all_value":""}]}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := Parse(bytes.NewReader(data), nil); err != nil {
			require.Nil(t, c)
			var where *Error
			require.ErrorAs(t, err, &where)
		} else {
			require.NoError(t, c.Validate())
			b, err := json.Marshal(c)
			require.NoError(t, err)
			again, err := Parse(bytes.NewReader(b), nil)
			require.NoError(t, err)
			require.Equal(t, c.String(), again.String())
			rows, err := c.For()
			require.NoError(t, err)
			require.Equal(t, c.Status == Disabled, rows.Op() != 0, "no tags, no rows")
		}
		if tags, err := ParseTags(bytes.NewReader(data), nil); err != nil {
			require.Nil(t, tags)
		} else {
			b, err := json.Marshal(tags)
			require.NoError(t, err)
			again, err := ParseTags(bytes.NewReader(b), nil)
			require.NoError(t, err)
			require.Equal(t, tags, again)
		}
	})
}
