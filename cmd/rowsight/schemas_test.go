package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/schemas"
	"github.com/rowsight/rowsight/tagrules"
)

func publishedSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	text, err := fs.ReadFile(schemas.Files(), name)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, text, 0o666))
	return compileSchema(t, path)
}

// fromYAML decodes YAML, or JSON, the way an editor does.
func fromYAML(t *testing.T, text string) any {
	t.Helper()
	var v any
	require.NoError(t, yaml.Unmarshal([]byte(text), &v))
	b, err := json.Marshal(v)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	require.NoError(t, err)
	return doc
}

// TestSchemas: the schema and the reader of a file agree about its form.
func TestSchemas(t *testing.T) {
	vet := publishedSchema(t, "vet.schema.json")
	tags := publishedSchema(t, "tags.schema.json")
	rule := `{"TagKey": "k", "ColumnName": "c"}`
	long := strings.Repeat("ä", 129)
	for _, tt := range []struct {
		reason string
		schema *jsonschema.Schema
		text   string
		ok     bool
	}{
		{"a silence with a reason", vet, "silence:\n- {id: RS015, reason: auditors see everything, thing: 'rule of group \"Auditors\"'}\nseverity: {RS014: error}", true},
		{"every key", vet, "silence:\n- {id: RS006, reason: Excel writes it, file: 'exports/*.csv', line: 3}", true},
		{"nothing", vet, "{}", true},
		{"no reason", vet, "silence:\n- {id: RS015}", false},
		{"an empty reason", vet, "silence:\n- {id: RS015, reason: ''}", false},
		{"a misspelt key", vet, "silences: []", false},
		{"a misspelt key of a silence", vet, "silence:\n- {id: RS015, reason: x, files: y}", false},
		{"an unknown severity", vet, "severity: {RS014: fatal}", false},
		{"no id", vet, "silence:\n- {id: '15', reason: x}", false},
		{"a negative line", vet, "silence:\n- {id: RS015, reason: x, line: -1}", false},

		{"one rule", tags, `{"TagRules": [` + rule + `]}`, true},
		{"every key", tags, `{"Status": "DISABLED", "TagRules": [{"TagKey": "k", "ColumnName": "c", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}], "TagRuleConfigurations": [["k"]]}`, true},
		{"null is absent", tags, `{"TagRules": [{"TagKey": "k", "ColumnName": "c", "TagMultiValueDelimiter": null}], "TagRuleConfigurations": null}`, true},
		{"no rule", tags, `{"TagRules": []}`, false},
		{"an unknown field", tags, `{"TagRules": [` + rule + `], "Rules": []}`, false},
		{"another case", tags, `{"tagRules": [` + rule + `]}`, false},
		{"no column", tags, `{"TagRules": [{"TagKey": "k"}]}`, false},
		{"an empty column", tags, `{"TagRules": [{"TagKey": "k", "ColumnName": ""}]}`, false},
		{"a key too long", tags, `{"TagRules": [{"TagKey": "` + long + `", "ColumnName": "c"}]}`, false},
		{"the longest key", tags, `{"TagRules": [{"TagKey": "` + long[2:] + `", "ColumnName": "c"}]}`, true},
		{"51 rules", tags, `{"TagRules": [` + strings.Repeat(rule+",", 50) + rule + `]}`, false},
		{"a delimiter too long", tags, `{"TagRules": [{"TagKey": "k", "ColumnName": "c", "TagMultiValueDelimiter": "12345678901"}]}`, false},
		{"an empty list", tags, `{"TagRules": [` + rule + `], "TagRuleConfigurations": [[]]}`, false},
		{"a number", tags, `{"TagRules": [{"TagKey": 1, "ColumnName": "c"}]}`, false},
		{"an unknown status", tags, `{"Status": "ON", "TagRules": [` + rule + `]}`, false},
	} {
		err := tt.schema.Validate(fromYAML(t, tt.text))
		require.Equal(t, tt.ok, err == nil, "schema: %s: %v", tt.reason, err)
		if tt.schema == tags {
			_, err = tagrules.Parse(strings.NewReader(tt.text), nil)
		} else {
			path := filepath.Join(t.TempDir(), "vet.yaml")
			require.NoError(t, os.WriteFile(path, []byte(tt.text), 0o666))
			_, err = readVetConfig(t.Context(), path)
		}
		require.Equal(t, tt.ok, err == nil, "reader: %s: %v", tt.reason, err)
	}

	conformance := publishedSchema(t, "conformance.schema.json")
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "conformance", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, conformance.Validate(doc), name)
	}
}

func TestWithSchema(t *testing.T) {
	line := "# yaml-language-server: $schema=" + schemas.Base + "rlstest.schema.json"
	for _, tt := range []struct{ reason, name, text, want string }{
		{"YAML", "a.yaml", "rules: r.csv\n", line + "\nrules: r.csv\n"},
		{"lines end as in the file", "a.yml", "rules: r.csv\r\n", line + "\r\nrules: r.csv\r\n"},
		{"a schema of its own", "a.yaml", "# yaml-language-server: $schema=x\n", "# yaml-language-server: $schema=x\n"},
		{"JSON has no comments", "a.json", "{}", "{}"},
		{"a byte order mark", "a.yaml", "\ufeffrules: r.csv\n", "\ufeffrules: r.csv\n"},
		{"a directive", "a.yaml", "%YAML 1.2\n---\n", "%YAML 1.2\n---\n"},
	} {
		require.Equal(t, tt.want, string(withSchema(tt.name, []byte(tt.text))), tt.reason)
	}
}

// TestAccountSchema: the schema of a snapshot and the reader agree about the form of a
// file, and files of snapshots are valid.
func TestAccountSchema(t *testing.T) {
	schema := publishedSchema(t, "account.schema.json")
	const arn = `"Arn": "arn:aws:quicksight:us-east-1:111122223333:`
	for _, tt := range []struct {
		reason, path, text string
		ok                 bool
	}{
		{"a user", "users/default/al.json", `{"User": {` + arn + `user/default/al", "UserName": "al", "Role": "READER", "NewIn2031": [1]}}`, true},
		{"a user with null", "users/default/al.json", `{"User": {` + arn + `user/default/al", "UserName": "al", "Role": null}}`, true},
		{"a user without a name", "users/default/al.json", `{"User": {` + arn + `user/default/al"}}`, false},
		{"a user without an ARN", "users/default/al.json", `{"User": {"UserName": "al"}}`, false},
		{"a user that is null", "users/default/al.json", `{"User": null}`, false},
		{"a user with a number", "users/default/al.json", `{"User": {` + arn + `user/default/al", "UserName": "al", "Role": 1}}`, false},
		{"a list", "users/default/al.json", `[]`, false},
		{"nothing known", "users/default/al.json", `{"Usr": {}}`, false},
		{"a namespace", "namespaces/default.json", `{"Namespace": {"Name": "default"}}`, true},
		{"a group", "groups/default/s.json", `{"Group": {` + arn + `group/default/s", "GroupName": "s"}, "GroupMemberList": [{"MemberName": "al"}], "Incomplete": ["GroupMemberList"]}`, true},
		{"a member that is a text", "groups/default/s.json", `{"Group": {` + arn + `group/default/s", "GroupName": "s"}, "GroupMemberList": ["al"]}`, false},
		{"a data source", "data-sources/s.json", `{"DataSource": {` + arn + `datasource/s", "DataSourceId": "s", "DataSourceParameters": {"S3Parameters": {"RoleArn": null}}}, "Permissions": null}`, true},
		{"a data set", "data-sets/d.json", `{"DataSet": {` + arn + `dataset/d", "DataSetId": "d", "LogicalTableMap": {"t": {"Source": {"PhysicalTableId": "p"}}}}}`, true},
		{"a data set in a list only", "data-sets/d.json", `{"DataSetSummary": {` + arn + `dataset/d", "DataSetId": "d"}}`, true},
		{"tables that are a list", "data-sets/d.json", `{"DataSet": {` + arn + `dataset/d", "DataSetId": "d", "LogicalTableMap": []}}`, false},
		{"a dashboard", "dashboards/b.json", `{"Dashboard": {` + arn + `dashboard/b", "DashboardId": "b"}, "Permissions": [], "LinkSharingConfiguration": {"Permissions": []}}`, true},
		{"actions that are a text", "dashboards/b.json", `{"Dashboard": {` + arn + `dashboard/b", "DashboardId": "b"}, "Permissions": [{"Principal": "p", "Actions": "x"}]}`, false},
		{"an analysis", "analyses/a.json", `{"Analysis": {` + arn + `analysis/a", "AnalysisId": "a"}}`, true},
		{"a folder", "folders/f.json", `{"Folder": {` + arn + `folder/f", "FolderId": "f"}, "FolderMemberList": []}`, true},
		{"keys", "key-registration.json", `{"KeyRegistration": [{"KeyArn": "k", "DefaultKey": true}]}`, true},
		{"a default that is a text", "key-registration.json", `{"KeyRegistration": [{"KeyArn": "k", "DefaultKey": "yes"}]}`, false},
		{"settings", "account-settings.json", `{"AccountSettings": {"PublicSharingEnabled": false}}`, true},
		{"settings that are null", "account-settings.json", `{"AccountSettings": null}`, false},
		{"addresses", "ip-restriction.json", `{"Enabled": true, "IpRestrictionRuleMap": {}}`, true},
		{"an account with 11 digits", "account.json", `{"AwsAccountId": "11112222333"}`, false},
		{"lists that are a text", "account.json", `{"AwsAccountId": "111122223333", "Lists": "users"}`, false},
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(tt.text))
		require.NoError(t, err, tt.reason)
		err = schema.Validate(doc)
		require.Equal(t, tt.ok, err == nil, "schema: %s: %v", tt.reason, err)
		files := fstest.MapFS{"account.json": {Data: []byte(`{"AwsAccountId": "111122223333", "Region": "us-east-1", "Lists": ["users/default"]}`)}}
		files[tt.path] = &fstest.MapFile{Data: []byte(tt.text)}
		_, err = account.Read(files, nil)
		require.Equal(t, tt.ok, err == nil, "reader: %s: %v", tt.reason, err)
	}
	archive, err := txtar.ParseFile(filepath.Join("testdata", "script", "accountwho.txtar"))
	require.NoError(t, err)
	n := 0
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "account/") || !strings.HasSuffix(f.Name, ".json") {
			continue
		}
		n++
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Data))
		require.NoError(t, err, f.Name)
		require.NoError(t, schema.Validate(doc), f.Name)
	}
	require.Positive(t, n)
}
