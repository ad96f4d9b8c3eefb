package rls_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/rls"
	"github.com/stretchr/testify/require"
)

const dataset = `"Arn": "arn:aws:quicksight:us-east-1:123456789012:dataset/rules", "PermissionPolicy": "GRANT_ACCESS"`

func TestParseSettings(t *testing.T) {
	ns := "tenant"
	good := rls.PermissionDataSet{Arn: "arn:aws:quicksight:us-east-1:123456789012:dataset/rules", PermissionPolicy: rls.GrantAccess}
	named := good
	named.Namespace, named.FormatVersion, named.Status = &ns, rls.Version1, rls.Disabled
	arns := good
	arns.FormatVersion, arns.Status = rls.Version2, rls.Enabled
	tests := []struct {
		reason, in string
		want       rls.PermissionDataSet
	}{
		{"the object alone", "{" + dataset + "}", good},
		{"every member", "{" + dataset + `, "Namespace": "tenant", "FormatVersion": "VERSION_1", "Status": "DISABLED"}`, named},
		{"ARNs", "{" + dataset + `, "FormatVersion": "VERSION_2", "Status": "ENABLED"}`, arns},
		{"under its name", `{"RowLevelPermissionDataSet": {` + dataset + `}}`, good},
		{"in a dataset description", `{"Name": "x", "Tags": [{"a": [1, null, true]}], "SemanticModelConfiguration": {"TableMap": {"t": {"RowLevelPermissionConfiguration": {"RowLevelPermissionDataSet": {` + dataset + `}}}}}}`, good},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			got, err := rls.ParseSettings(strings.NewReader(tt.in))
			require.NoError(t, err)
			require.Equal(t, tt.want, *got)

			b, err := json.Marshal(got)
			require.NoError(t, err)
			again, err := rls.ParseSettings(strings.NewReader(string(b)))
			require.NoError(t, err)
			require.Equal(t, got, again, "settings written are settings read")
		})
	}
}

func TestParseSettingsRefuses(t *testing.T) {
	tests := []struct {
		reason, in string
		want       []string
	}{
		{"nothing", "", []string{"1:1: bad settings: not JSON from here on"}},
		{"no object", `"x"`, []string{`1:1: bad settings: wrong type: found a string, want an object`}},
		{"an empty object", "{}", []string{`bad settings: Arn: not a QuickSight ARN: ""`, `bad settings: PermissionPolicy: got "", want GRANT_ACCESS`}},
		{"an object of something else", `{"Name": "x"}`, []string{`1:2: bad settings: unknown field "Name", want Arn, Namespace, PermissionPolicy, FormatVersion, Status`}},
		{"null under the name, which is none", `{"RowLevelPermissionDataSet": null}`, []string{`unknown field "RowLevelPermissionDataSet"`}},
		{"a list under the name", `{"RowLevelPermissionDataSet": []}`, []string{"want an object"}},
		{"a document cut short", "{" + dataset, []string{"not JSON from here on"}},
		{"two documents", "{" + dataset + "} {}", []string{"not JSON from here on"}},
		{"no JSON", "{" + dataset + "}}", []string{"not JSON from here on"}},
		{"invalid UTF-8", "{\"\xff\": 1}", []string{"not valid UTF-8"}},
		{"a bomb", strings.Repeat("[", 20_000), []string{"not JSON from here on"}},

		{"DENY_ACCESS", `{"Arn": "arn:aws:quicksight:us-east-1:123456789012:dataset/d", "PermissionPolicy": "DENY_ACCESS"}`, []string{"DENY_ACCESS is not supported, want GRANT_ACCESS"}},
		{"another policy", `{"Arn": "arn:aws:quicksight:us-east-1:123456789012:dataset/d", "PermissionPolicy": "grant_access"}`, []string{`got "grant_access", want GRANT_ACCESS`}},
		{"an ARN of a user", `{"Arn": "arn:aws:quicksight:us-east-1:123456789012:user/al", "PermissionPolicy": "GRANT_ACCESS"}`, []string{"ARN of the wrong kind: got a user, want a dataset"}},
		{"version 2 with a namespace", "{" + dataset + `, "FormatVersion": "VERSION_2", "Namespace": "default"}`, []string{`bad settings: Namespace: got "default", want none with VERSION_2`}},
		{"an unknown version", "{" + dataset + `, "FormatVersion": "VERSION_3"}`, []string{`got "VERSION_3", want VERSION_1 or VERSION_2`}},
		{"an unknown status", "{" + dataset + `, "Status": "CLEAR"}`, []string{`got "CLEAR", want ENABLED or DISABLED`}},
		{"a name in another case", "{" + dataset + `, "status": "DISABLED"}`, []string{`bad settings: unknown field "status", want Status`}},
		{"a member twice", "{" + dataset + ",\n \"Status\": \"ENABLED\",\n \"Status\": \"DISABLED\"}", []string{`3:2: bad settings: Status: field given twice`}},
		{"the object twice", `{"RowLevelPermissionDataSet": {` + dataset + `}, "RowLevelPermissionDataSet": {}}`, []string{"holds 2 RowLevelPermissionDataSet objects", "field given twice"}},
		{"two objects", `[{"RowLevelPermissionDataSet": {` + dataset + `}}, {"RowLevelPermissionDataSet": {` + dataset + `}}]`, []string{"holds 2 RowLevelPermissionDataSet objects, want one"}},
		{"a member that is no text", "{" + dataset + `, "Status": true}`, []string{`bad settings: Status: wrong type: found true or false, want a string`}},
		{"everything wrong", `{"Arn": "x", "PermissionPolicy": "x", "FormatVersion": "x", "Status": "x"}`, []string{`Arn: `, `PermissionPolicy: `, `FormatVersion: `, `Status: `}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			s, err := rls.ParseSettings(strings.NewReader(tt.in))
			require.ErrorIs(t, err, rls.ErrSettings)
			require.Nil(t, s)
			messages := strings.Split(err.Error(), "\n")
			require.Len(t, messages, len(tt.want), "%v", err)
			for i, want := range tt.want {
				require.Contains(t, messages[i], want)
			}
		})
	}
}

func TestRealSettings(t *testing.T) {
	parse := func(name string) error {
		f, err := os.Open(realdata.Path(t, "data", "3_tagrules", "permission-dataset-refs", name))
		require.NoError(t, err)
		defer f.Close()
		_, err = rls.ParseSettings(f)
		return err
	}
	require.ErrorContains(t, parse("data_set_summary.json"), "holds 2 RowLevelPermissionDataSet objects, want one")
	err := parse("data_set_rls_permissions.json")
	require.ErrorContains(t, err, `bad settings: Arn: not a QuickSight ARN: "${RlsDataSetArn}"`, "a template that was not filled in")
	require.ErrorContains(t, err, `bad settings: Status: got "${RlsStatus}", want ENABLED or DISABLED`)
}

// TestSettingsWriters: the same settings as each tool writes them, with what is
// not there as null, as "", or left out.
func TestSettingsWriters(t *testing.T) {
	const arn = "arn:aws:quicksight:us-east-1:123456789012:dataset/rules"
	want := &rls.PermissionDataSet{Arn: arn, PermissionPolicy: rls.GrantAccess}
	for _, unset := range []string{"", "null", `""`} {
		for _, names := range [][]string{{"Arn", "PermissionPolicy", "Namespace", "FormatVersion", "Status"}, {"arn", "permission_policy", "namespace", "format_version", "status"}} {
			object := `{"` + names[0] + `":"` + arn + `","` + names[1] + `":"GRANT_ACCESS"`
			for _, name := range names[2:] {
				if unset != "" {
					object += `,"` + name + `":` + unset
				}
			}
			object += "}"
			for _, in := range []string{
				object,
				map[bool]string{true: `{"RowLevelPermissionDataSet":` + object + `}`, false: `{"terraform_version":"1","values":{"row_level_permission_data_set":[` + object + `]}}`}[names[0] == "Arn"],
			} {
				got, err := rls.ParseSettings(strings.NewReader(in))
				require.NoError(t, err, in)
				require.Equal(t, want, got, in)
			}
		}
	}
	got, err := rls.ParseSettings(strings.NewReader("Resources:\n  D:\n    Properties:\n      RowLevelPermissionDataSet:\n        Arn: " + arn + "\n        PermissionPolicy: GRANT_ACCESS\n"))
	require.NoError(t, err)
	require.Equal(t, want, got)
	for _, in := range []string{`{"Arn":null,"PermissionPolicy":"GRANT_ACCESS"}`, `{"Arn":"` + arn + `","PermissionPolicy":""}`, "Arn: !Ref Rules\nPermissionPolicy: GRANT_ACCESS\n"} {
		_, err := rls.ParseSettings(strings.NewReader(in))
		require.ErrorIs(t, err, rls.ErrSettings, in)
	}
}

func TestParseSettingsOf(t *testing.T) {
	in := `{"DataSets":[{"DataSetId":"a","RowLevelPermissionDataSet":{` + dataset + `}},{"DataSetId":"b","RowLevelPermissionDataSet":{` + dataset + `,"Status":"DISABLED"}}]}`
	_, err := rls.ParseSettings(strings.NewReader(in))
	require.ErrorContains(t, err, `holds 2 RowLevelPermissionDataSet objects, want one: choose a dataset (ParseSettingsOf, or --data-set): "a", "b"`)
	got, err := rls.ParseSettingsOf(strings.NewReader(in), "b")
	require.NoError(t, err)
	require.Equal(t, rls.Disabled, got.Status)
	_, err = rls.ParseSettingsOf(strings.NewReader(in), "c")
	require.ErrorIs(t, err, rls.ErrSettings)
}
