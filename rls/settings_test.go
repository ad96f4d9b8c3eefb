package rls_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/rowsight/rowsight/internal/realdata"
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
		{"nothing", "", []string{"1:1: bad settings: unexpected EOF"}},
		{"no object", `"x"`, []string{`1:1: bad settings: RowLevelPermissionDataSet: want an object`}},
		{"an empty object", "{}", []string{`bad settings: Arn: not a QuickSight ARN: ""`, `bad settings: PermissionPolicy: got "", want GRANT_ACCESS`}},
		{"an object of something else", `{"Name": "x"}`, []string{`1:10: bad settings: Name: unknown member`}},
		{"null under the name", `{"RowLevelPermissionDataSet": null}`, []string{"want an object"}},
		{"a list under the name", `{"RowLevelPermissionDataSet": []}`, []string{"want an object"}},
		{"a document cut short", "{" + dataset, []string{"unexpected EOF"}},
		{"two documents", "{" + dataset + "} {}", []string{"text after the document"}},
		{"no JSON", "{" + dataset + "}}", []string{"text after the document"}},
		{"invalid UTF-8", "{\"\xff\": 1}", []string{"invalid UTF-8"}},
		{"a bomb", strings.Repeat("[", 5000), []string{"nested more than 100 deep"}},

		{"DENY_ACCESS", `{"Arn": "arn:aws:quicksight:us-east-1:123456789012:dataset/d", "PermissionPolicy": "DENY_ACCESS"}`, []string{"DENY_ACCESS is not supported, want GRANT_ACCESS"}},
		{"another policy", `{"Arn": "arn:aws:quicksight:us-east-1:123456789012:dataset/d", "PermissionPolicy": "grant_access"}`, []string{`got "grant_access", want GRANT_ACCESS`}},
		{"an ARN of a user", `{"Arn": "arn:aws:quicksight:us-east-1:123456789012:user/al", "PermissionPolicy": "GRANT_ACCESS"}`, []string{"ARN of the wrong kind: got a user, want a dataset"}},
		{"version 2 with a namespace", "{" + dataset + `, "FormatVersion": "VERSION_2", "Namespace": "default"}`, []string{`bad settings: Namespace: got "default", want none with VERSION_2`}},
		{"version 2 with an empty namespace", "{" + dataset + `, "FormatVersion": "VERSION_2", "Namespace": ""}`, []string{`got "", want none with VERSION_2`}},
		{"an empty namespace", "{" + dataset + `, "Namespace": ""}`, []string{"leave it out for the default namespace"}},
		{"an unknown version", "{" + dataset + `, "FormatVersion": "VERSION_3"}`, []string{`got "VERSION_3", want VERSION_1 or VERSION_2`}},
		{"an unknown status", "{" + dataset + `, "Status": "CLEAR"}`, []string{`got "CLEAR", want ENABLED or DISABLED`}},
		{"a name in another case", "{" + dataset + `, "status": "DISABLED"}`, []string{`bad settings: status: unknown member`}},
		{"a member twice", "{" + dataset + ",\n \"Status\": \"ENABLED\",\n \"Status\": \"DISABLED\"}", []string{`3:2: bad settings: Status: stands twice`}},
		{"the object twice", `{"RowLevelPermissionDataSet": {` + dataset + `}, "RowLevelPermissionDataSet": {}}`, []string{"stands twice"}},
		{"two objects", `[{"RowLevelPermissionDataSet": {` + dataset + `}}, {"RowLevelPermissionDataSet": {` + dataset + `}}]`, []string{"holds 2 RowLevelPermissionDataSet objects, want one"}},
		{"a member that is no text", "{" + dataset + `, "Status": true}`, []string{`bad settings: Status: want a string`}},
		{"null for no namespace", "{" + dataset + `, "Namespace": null}`, []string{"want a string"}},
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
