package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/predicate"
)

// providerPackages hold the schema of the AWS provider 6.25.0 of Terraform, as classes
// that cdktf generates from it.
var providerPackages = []string{"@cdktf/provider-aws@21.22.1", "cdktf@0.21.0", "constructs@10.8.1"}

// A providerResource is a resource of the provider: a block that occurs once is an
// object, one that may occur more often is a list.
type providerResource struct {
	Type   string         `json:"type"`
	Values map[string]any `json:"values"`
}

const providerARN = "arn:aws:quicksight:us-east-1:111122223333:"

// providerAccount is an account in the words of the provider, without what it computes.
const providerAccount = `[
{"type": "aws_quicksight_namespace", "values": {"namespace": "tenant", "identity_store": "QUICKSIGHT"}},
{"type": "aws_quicksight_user", "values": {"user_name": "al", "email": "a@example.com", "identity_type": "QUICKSIGHT", "user_role": "READER", "namespace": "default"}},
{"type": "aws_quicksight_group", "values": {"group_name": "sales", "namespace": "default", "description": "d"}},
{"type": "aws_quicksight_group_membership", "values": {"group_name": "sales", "member_name": "al", "namespace": "default"}},
{"type": "aws_quicksight_data_source", "values": {"data_source_id": "db", "name": "db", "type": "POSTGRESQL",
	"parameters": {"postgresql": {"host": "h", "port": 5432, "database": "d"}}, "credentials": {"credential_pair": {"username": "u", "password": "hunter2"}},
	"permission": [{"principal": "ARN:user/default/al", "actions": ["quicksight:DescribeDataSource"]}]}},
{"type": "aws_quicksight_data_source", "values": {"data_source_id": "vault", "name": "vault", "type": "POSTGRESQL",
	"parameters": {"postgresql": {"host": "h", "port": 5432, "database": "d"}}, "credentials": {"secret_arn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x"}}},
{"type": "aws_quicksight_data_set", "values": {"data_set_id": "orders", "name": "Orders", "import_mode": "SPICE",
	"physical_table_map": [{"physical_table_map_id": "t", "relational_table": {"data_source_arn": "ARN:datasource/db", "name": "orders", "schema": "public", "input_columns": [
		{"name": "Region", "type": "STRING"}, {"name": "City", "type": "STRING"}]}}],
	"logical_table_map": [{"logical_table_map_id": "l", "alias": "a", "source": {"physical_table_id": "t"}, "data_transforms": [
		{"rename_column_operation": {"column_name": "Region", "new_column_name": "Area"}}, {"project_operation": {"projected_columns": ["Area", "City"]}}]}],
	"row_level_permission_data_set": {"arn": "ARN:dataset/rules", "permission_policy": "GRANT_ACCESS", "format_version": "VERSION_1", "namespace": "default", "status": "ENABLED"},
	"row_level_permission_tag_configuration": {"status": "ENABLED", "tag_rules": [{"tag_key": "k", "column_name": "City", "match_all_value": "*", "tag_multi_value_delimiter": ","}]},
	"column_level_permission_rules": [{"principals": ["ARN:group/default/sales"], "column_names": ["City"]}],
	"data_set_usage_configuration": {"disable_use_as_direct_query_source": true, "disable_use_as_imported_source": false},
	"permissions": [{"principal": "ARN:user/default/al", "actions": ["quicksight:PassDataSet"]}]}},
{"type": "aws_quicksight_dashboard", "values": {"dashboard_id": "board", "name": "Board", "version_description": "1",
	"source_entity": {"source_template": {"arn": "ARN:template/t", "data_set_references": [{"data_set_arn": "ARN:dataset/orders", "data_set_placeholder": "p"}]}},
	"permissions": [{"principal": "ARN:group/default/sales", "actions": ["quicksight:QueryDashboard"]}]}},
{"type": "aws_quicksight_analysis", "values": {"analysis_id": "look", "name": "Look",
	"source_entity": {"source_template": {"arn": "ARN:template/t", "data_set_references": [{"data_set_arn": "ARN:dataset/orders", "data_set_placeholder": "p"}]}},
	"permissions": [{"principal": "ARN:group/default/sales", "actions": ["quicksight:QueryAnalysis"]}]}},
{"type": "aws_quicksight_folder", "values": {"folder_id": "team", "name": "Team", "folder_type": "SHARED", "parent_folder_arn": "ARN:folder/top",
	"permissions": [{"principal": "ARN:group/default/sales", "actions": ["quicksight:DescribeFolder"]}]}},
{"type": "aws_quicksight_folder_membership", "values": {"folder_id": "team", "member_id": "board", "member_type": "DASHBOARD"}}
]`

// providerApart are the names of the schema that say nothing about who sees what: of
// every type, and of one.
var providerApart = map[string]string{
	"":                                 "aws_account_id id region tags tags_all timeouts created_time last_updated_time last_published_time status version_number theme_arn parameters_of_version",
	"aws_quicksight_namespace":         "capacity_region creation_status identity_store",
	"aws_quicksight_user":              "email iam_arn identity_type namespace session_name user_invitation_url",
	"aws_quicksight_group":             "description namespace",
	"aws_quicksight_group_membership":  "arn",
	"aws_quicksight_data_source":       "name ssl_properties vpc_connection_properties",
	"aws_quicksight_data_set":          "column_groups field_folders name output_columns refresh_properties",
	"aws_quicksight_dashboard":         "dashboard_publish_options definition name parameters source_entity_arn version_description",
	"aws_quicksight_analysis":          "definition last_published_time name parameters recovery_window_in_days",
	"aws_quicksight_folder":            "folder_path folder_type name",
	"aws_quicksight_folder_membership": "",
}

// TestToolsTerraformProvider: every argument that our reader of Terraform reads is one
// of the schema of the AWS provider, under that name and in that block; every name of
// the schema is read, or known to say nothing about access; and reading means that the
// account is another, or refused, without it.
func TestToolsTerraformProvider(t *testing.T) {
	packages := npmInstall(t, providerPackages...)
	var resources []providerResource
	require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(providerAccount, "ARN:", providerARN)), &resources))
	names := throughProvider(t, packages, resources, true)

	whole, err := importState(t, resources)
	require.NoError(t, err)
	a, err := account.Read(whole, nil)
	require.NoError(t, err)
	al, ok := a.User("default", "al")
	require.True(t, ok)
	require.Len(t, a.GroupsOf(al), 1)
	orders, ok := a.DataSet("orders")
	require.True(t, ok)
	require.Equal(t, "Area", orders.Renamed("Region"))
	require.Equal(t, providerARN+"dataset/rules", orders.UserRules().ARN)
	require.NoError(t, orders.TagRules().Refused)
	require.Empty(t, a.HiddenColumns(al, orders))
	var ways []string
	for _, w := range a.Opens(al, orders) {
		ways = append(ways, w.String())
	}
	require.Equal(t, []string{"data set orders, shared with user al", "dashboard board, shared with group sales", "folder team, shared with group sales", "analysis look, shared with group sales"}, ways)
	require.NoError(t, fs.WalkDir(whole, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			text, err := fs.ReadFile(whole, name)
			require.NoError(t, err)
			require.NotContains(t, string(text), "hunter2", name)
		}
		return err
	}))
	config, settings, err, err2 := readBoth(stateOf(t, resources), "orders")
	require.NoError(t, err)
	require.NoError(t, err2)
	rows, err := config.For()
	require.NoError(t, err)
	require.Equal(t, predicate.OpNone, rows.Op(), "no tag, no row")
	require.Equal(t, providerARN+"dataset/rules", settings.Arn)
	require.Equal(t, "default", *settings.Namespace)

	matters := make(map[string]bool)
	for i, r := range resources {
		apart := strings.Fields(providerApart[""] + " " + providerApart[r.Type])
		for _, name := range names[r.Type] {
			values := stateValues(r)
			if _, there := values[name]; !there {
				matters[r.Type+"."+name] = matters[r.Type+"."+name] || slices.Contains(apart, name)
				continue
			}
			delete(values, name)
			less := slices.Clone(resources)
			less[i] = providerResource{r.Type + " ", values}
			without, err := importState(t, less)
			if slices.Contains(apart, name) {
				require.NoError(t, err, "%s.%s", r.Type, name)
				continue
			}
			matters[r.Type+"."+name] = matters[r.Type+"."+name] || err != nil || !sameFolder(t, whole, without)
		}
	}
	require.Greater(t, len(matters), 30)
	for name, read := range matters {
		require.True(t, read, "%s: the schema has it, and nothing changes without it: say that it matters not, or read it", name)
	}

	// What the schema does not have is lost on the way, which the comparison notices.
	for _, wrong := range []func(map[string]any){
		func(v map[string]any) { v["row_level_permission_tags"] = "x" },
		func(v map[string]any) { v["row_level_permission_data_set"].(map[string]any)["policy"] = "x" },
		func(v map[string]any) { v["permissions"].([]any)[0].(map[string]any)["action"] = "x" },
	} {
		bad := clone(t, resources[6])
		wrong(bad.Values)
		written, _ := provider(t, packages, []providerResource{bad})
		require.NotEqual(t, bad.Values, written[0].Values)
	}
}

// throughProvider writes resources as the provider does, and compares them.
func throughProvider(t *testing.T, packages string, resources []providerResource, same bool) map[string][]string {
	t.Helper()
	written, names := provider(t, packages, resources)
	for i, r := range resources {
		require.Equal(t, same, fmt.Sprint(r.Values) == fmt.Sprint(written[i].Values), "%s: got %v, want %v", r.Type, written[i].Values, r.Values)
	}
	return names
}

func provider(t *testing.T, packages string, resources []providerResource) ([]providerResource, map[string][]string) {
	t.Helper()
	in, err := json.Marshal(resources)
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "tools", "provider.mjs"), packages)
	var stderr bytes.Buffer
	command.Stdin, command.Stderr = bytes.NewReader(in), &stderr
	text, err := command.Output()
	require.NoError(t, err, stderr.String())
	var out struct {
		Written []providerResource
		Names   map[string][]string
	}
	require.NoError(t, json.Unmarshal(text, &out))
	require.Len(t, out.Written, len(resources))
	return out.Written, out.Names
}

// stateValues returns the values of a resource as a state has them: with the ARN, and with
// a list of one for a block. A resource whose type ends in a blank has them already.
func stateValues(r providerResource) map[string]any {
	values := make(map[string]any)
	for name, v := range r.Values {
		values[name] = inState(v)
	}
	arn := func(resource string) { values["arn"] = providerARN + resource }
	of := func(name string) string { return fmt.Sprint(r.Values[name]) }
	switch r.Type {
	case "aws_quicksight_namespace":
		arn("namespace/" + of("namespace"))
	case "aws_quicksight_user":
		arn("user/default/" + of("user_name"))
	case "aws_quicksight_group":
		arn("group/default/" + of("group_name"))
	case "aws_quicksight_group_membership":
		values["arn"] = nil // the provider does not set it
	case "aws_quicksight_data_source":
		arn("datasource/" + of("data_source_id"))
	case "aws_quicksight_data_set":
		arn("dataset/" + of("data_set_id"))
	case "aws_quicksight_dashboard":
		arn("dashboard/" + of("dashboard_id"))
	case "aws_quicksight_analysis":
		arn("analysis/" + of("analysis_id"))
	case "aws_quicksight_folder":
		arn("folder/" + of("folder_id"))
	}
	return values
}

func inState(v any) any {
	switch v := v.(type) {
	case map[string]any:
		block := make(map[string]any)
		for name, of := range v {
			block[name] = inState(of)
		}
		return []any{block}
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = inState(item)
			if one, ok := list[i].([]any); ok {
				list[i] = one[0]
			}
		}
		return list
	}
	return v
}

func stateOf(t *testing.T, resources []providerResource) string {
	t.Helper()
	var all []map[string]any
	for i, r := range resources {
		kind, done := strings.CutSuffix(r.Type, " ")
		values := r.Values
		if !done {
			values = stateValues(r)
		}
		all = append(all, map[string]any{"address": fmt.Sprintf("%s.r%d", kind, i), "mode": "managed", "type": kind, "values": values})
	}
	text, err := json.Marshal(map[string]any{"format_version": "1.0", "terraform_version": "1.9.0", "values": map[string]any{"root_module": map[string]any{"resources": all}}})
	require.NoError(t, err)
	return string(text)
}

// importState imports a state, and returns the folder.
func importState(t *testing.T, resources []providerResource) (fs.FS, error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "account")
	_, err := account.Import(fstest.MapFS{"state.json": {Data: []byte(stateOf(t, resources))}}, dir, nil)
	return os.DirFS(dir), err
}

func sameFolder(t *testing.T, one, other fs.FS) bool {
	t.Helper()
	text := func(of fs.FS) (all string) {
		require.NoError(t, fs.WalkDir(of, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := fs.ReadFile(of, name)
			all += name + "\n" + string(data)
			return err
		}))
		return all
	}
	return text(one) == text(other)
}

func clone(t *testing.T, r providerResource) (out providerResource) {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &out))
	return out
}
