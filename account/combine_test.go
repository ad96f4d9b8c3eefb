package account

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func importing2(t *testing.T, files map[string]string) (string, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	dir := t.TempDir()
	_, err := Import(fsys, dir, &ImportOptions{Account: "111122223333", Region: "us-east-1"})
	if err != nil {
		require.Empty(t, filesIn(t, dir), "nothing is written")
	}
	return dir, err
}

// TestImportContradictions: two documents that say different things of one
// resource are an error that names both, whatever their order, and the same twice
// is none.
func TestImportContradictions(t *testing.T) {
	set := func(rest string) string {
		return `{"DataSet": {"Arn": "` + arnOf + `dataset/x", "DataSetId": "x"` + rest + `}}`
	}
	permissions := func(who string) string {
		return `{"DataSetId": "x", "Permissions": [{"Principal": "` + arnOf + who + `", "Actions": ["quicksight:PassDataSet", "quicksight:DescribeDataSet"]}]}`
	}
	members := func(names ...string) string {
		list := ""
		for i, name := range names {
			list += fmt.Sprintf(`%s{"Arn": "%suser/default/%s", "MemberName": "%s"}`, map[bool]string{true: ", "}[i > 0], arnOf, name, name)
		}
		return `{"GroupName": "g", "GroupMemberList": [` + list + `]}`
	}
	const (
		rules   = `, "RowLevelPermissionDataSet": {"Arn": "` + arnOf + `dataset/r", "PermissionPolicy": "GRANT_ACCESS"}`
		enabled = `, "RowLevelPermissionDataSet": {"Status": "ENABLED", "FormatVersion": "VERSION_1", "Arn": "` + arnOf + `dataset/r", "PermissionPolicy": "GRANT_ACCESS"}`
		off     = `, "RowLevelPermissionDataSet": {"Status": "DISABLED", "Arn": "` + arnOf + `dataset/r", "PermissionPolicy": "GRANT_ACCESS"}`
		group   = `{"GroupList": [{"Arn": "` + arnOf + `group/default/g", "GroupName": "g"}]}`
	)
	template := func(rest string) string {
		return `{"Resources": {"X": {"Type": "AWS::QuickSight::DataSet", "Properties": {"DataSetId": "x"` + rest + `}}}}`
	}
	semantic := func(rows string) string {
		table := ""
		if rows != "" {
			table = `, "RowLevelPermissionConfiguration": {` + rows + `}`
		}
		return `, "SemanticModelConfiguration": {"TableMap": {"t": {"Alias": "t", "DestinationTableId": "d"` + table + `}}}`
	}
	tf := func(block string) string {
		return `{"terraform_version": "1", "values": {"root_module": {"resources": [{"type": "aws_quicksight_data_set", "values": {"arn": "` + arnOf + `dataset/x", "data_set_id": "x", "tags": {"a": "b"}, "permissions": []` + block + `}}]}}}`
	}
	for _, tt := range []struct {
		reason, a, b string
		want         string // "" for none
	}{
		{"the same twice", set(rules), set(rules), ""},
		{"the status that is the default", set(rules), set(enabled), ""},
		{"another refresh", set(`, "LastUpdatedTime": 1700000000, "ConsumedSpiceCapacityInBytes": 1`), set(`, "LastUpdatedTime": "2025-01-01T00:00:00Z", "ConsumedSpiceCapacityInBytes": 7`), ""},
		{"rules that are off in one", set(rules), set(off), "DataSet.RowLevelPermissionDataSet.Status"},
		{"rules in one only", set(rules), set(""), "DataSet.RowLevelPermissionDataSet"},
		{"columns in one only", set(`, "ColumnLevelPermissionRules": [{"ColumnNames": ["c"], "Principals": ["p"]}]`), set(""), "DataSet.ColumnLevelPermissionRules"},
		{"another name", set(`, "Name": "a"`), set(`, "Name": "b"`), "DataSet.Name"},
		{"a template without the rules of the account", template(""), set(rules), "DataSet.RowLevelPermissionDataSet"},
		{"a template without the tables that have the rules", template(""), set(semantic(rules[2:])), "DataSet.SemanticModelConfiguration"},
		{"a template with a table less", template(`, "SemanticModelConfiguration": {"TableMap": {}}`), set(semantic(rules[2:])), "DataSet.SemanticModelConfiguration.TableMap.t"},
		{"a template without tables", template(""), set(semantic("")), ""},
		{"a template that says less", template(rules), set(enabled + `, "OutputColumns": []`), ""},
		{"Terraform without the rules", tf(""), set(rules), "DataSet.RowLevelPermissionDataSet"},
		{"Terraform that says more and less", tf(`, "row_level_permission_data_set": [{"arn": "` + arnOf + `dataset/r", "permission_policy": "GRANT_ACCESS", "status": "ENABLED", "namespace": "", "format_version": "VERSION_1"}]`), set(rules + `, "CreatedTime": 1700000000`), ""},
		{"Terraform with other rules", tf(`, "row_level_permission_data_set": [{"arn": "` + arnOf + `dataset/other", "permission_policy": "GRANT_ACCESS"}]`), set(rules), "DataSet.RowLevelPermissionDataSet.Arn"},
		{"permissions twice", permissions("user/default/al"), permissions("user/default/al"), ""},
		{"permissions in another order", `{"DataSetId": "x", "Permissions": [{"Actions": ["b", "a"], "Principal": "p"}, {"Actions": [], "Principal": "o"}]}`, `{"DataSetId": "x", "Permissions": [{"Actions": [], "Principal": "o"}, {"Actions": ["a", "b"], "Principal": "p"}]}`, ""},
		{"other permissions", permissions("user/default/al"), permissions("user/default/bo"), "Permissions[0].Principal"},
		{"no permissions in one", permissions("user/default/al"), `{"DataSetId": "x", "Permissions": []}`, "Permissions"},
		{"permissions that Terraform does not have", permissions("user/default/al"), tf(""), "Permissions"},
		{"folders: one answer has more permissions than another", `{"FolderId": "f", "Permissions": [{"Principal": "p", "Actions": ["a"]}]}`, `{"FolderId": "f", "Permissions": [{"Principal": "o", "Actions": ["a"]}, {"Principal": "p", "Actions": ["a"]}]}`, "Permissions"},
		{"folders: other permissions", `{"FolderId": "f", "Permissions": [{"Principal": "p", "Actions": ["a"]}]}`, `{"FolderId": "f", "Permissions": [{"Principal": "o", "Actions": ["a"]}]}`, "Permissions[0].Principal"},
		{"a user of another role", `{"User": {"Arn": "` + alARN + `", "UserName": "al", "Role": "READER"}}`, `{"UserList": [{"Arn": "` + alARN + `", "UserName": "al", "Role": "ADMIN"}]}`, "User.Role"},
		{"two ends of a list", userList, `{"UserList": [{"Arn": "` + alARN + `", "UserName": "al", "Role": "READER", "Active": true}]}`, "another end of the list of users/default"},
		{"a user whom the list lacks", `{"User": {"Arn": "` + arnOf + `user/default/cy", "UserName": "cy", "Role": "READER"}}`, userList, `the complete list of users/default has no user "cy" of namespace default`},
		{"members twice", members("al", "bo"), members("al", "bo"), ""},
		{"other members", members("al", "bo"), members("al"), `another end of the list of group "g" of namespace default`},
		{"no members", group + members(), group + members("al"), `another end of the list of group "g"`},
		{"a member that Terraform has and the list has not", members("al"), `{"terraform_version": "1", "values": {"root_module": {"resources": [{"type": "aws_quicksight_group_membership", "values": {"arn": "` + arnOf + `user/default/bo", "group_name": "g", "member_name": "bo"}}]}}}`, "GroupMemberList"},
		{"a summary without the rules of the description", `{"DataSetSummaries": [{"Arn": "` + arnOf + `dataset/x", "DataSetId": "x"` + rules + `}]}`, set(""), "DataSet.RowLevelPermissionDataSet"},
		{"a summary with tag rules", `{"DataSetSummaries": [{"Arn": "` + arnOf + `dataset/x", "DataSetId": "x", "RowLevelPermissionTagConfigurationApplied": true}]}`, set(""), "DataSet.RowLevelPermissionTagConfiguration"},
		{"a summary that agrees", `{"DataSetSummaries": [{"Arn": "` + arnOf + `dataset/x", "DataSetId": "x"` + enabled + `}]}`, set(rules), ""},
		{"the settings of the account", `{"AccountSettings": {"PublicSharingEnabled": true}}`, `{"AccountSettings": {"PublicSharingEnabled": false}}`, "AccountSettings.PublicSharingEnabled"},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			for _, files := range []map[string]string{{"a.json": tt.a, "b.json": tt.b}, {"b.json": tt.a, "a.json": tt.b}} {
				_, err := importing2(t, files)
				if tt.want == "" {
					require.NoError(t, err)
					continue
				}
				require.ErrorIs(t, err, ErrContradict)
				require.ErrorContains(t, err, tt.want)
				if tt.reason != "a user whom the list lacks" {
					require.ErrorContains(t, err, "a.json:1:")
					require.ErrorContains(t, err, "b.json:1:")
				}
			}
		})
	}
}

// TestImportMembers: a list without members belongs to the only group of its name,
// and is refused where that is not clear; Terraform does not know all members.
func TestImportMembers(t *testing.T) {
	group := func(ns string) string {
		return `{"GroupList": [{"Arn": "` + arnOf + `group/` + ns + `/g", "GroupName": "g"}]}`
	}
	const none = `{"GroupMemberList": []}`
	a, _ := imported(t, map[string]string{"groups.json": group("tenant"), "list-group-memberships.g.json": none}, nil)
	g, ok := a.Group("tenant", "g")
	require.True(t, ok)
	require.True(t, g.MembersKnown)
	require.Empty(t, g.Members)
	require.Len(t, a.Groups, 1, "no group of the namespace default is made up")

	for _, tt := range []struct {
		reason string
		files  map[string]string
		want   string
	}{
		{"no group of the name", map[string]string{"list-group-memberships.g.json": none}, "no other document has a group of this name"},
		{"two namespaces", map[string]string{"a.json": group("default"), "b.json": group("tenant"), "list-group-memberships.g.json": none}, "groups of this name are in the namespaces default, tenant"},
		{"members of two namespaces", map[string]string{"list-group-memberships.g.json": `{"GroupMemberList": [{"Arn": "` + alARN + `", "MemberName": "al"}, {"Arn": "` + arnOf + `user/tenant/al", "MemberName": "al"}]}`}, "got namespace tenant, want default"},
	} {
		_, err := importing2(t, tt.files)
		require.ErrorContains(t, err, tt.want, tt.reason)
	}
	a, _ = imported(t, map[string]string{"a.json": group("default"), "b.json": group("tenant"), "list-group-memberships.g.json": `{"Namespace": "tenant", "GroupMemberList": []}`}, nil)
	g, _ = a.Group("tenant", "g")
	require.True(t, g.MembersKnown)
	g, _ = a.Group("default", "g")
	require.False(t, g.MembersKnown)

	// Terraform has some members of a group or folder, and perhaps not all.
	a, _ = imported(t, map[string]string{"state.json": `{"terraform_version": "1", "values": {"root_module": {"resources": [
		{"type": "aws_quicksight_group", "values": {"arn": "` + arnOf + `group/default/g", "group_name": "g"}},
		{"type": "aws_quicksight_group_membership", "values": {"arn": "` + alARN + `", "group_name": "g", "member_name": "al"}},
		{"type": "aws_quicksight_group_membership", "values": {"arn": "` + arnOf + `user/default/bo", "group_name": "g", "member_name": "bo"}},
		{"type": "aws_quicksight_folder", "values": {"arn": "` + arnOf + `folder/f", "folder_id": "f", "folder_type": "SHARED", "parent_folder_arn": "` + arnOf + `folder/top", "permissions": []}},
		{"type": "aws_quicksight_folder", "values": {"arn": "` + arnOf + `folder/top", "folder_id": "top", "permissions": [{"principal": "` + arnOf + `group/default/g", "actions": ["quicksight:DescribeFolder"]}]}},
		{"type": "aws_quicksight_folder_membership", "values": {"folder_id": "f", "member_id": "x", "member_type": "DATASET"}},
		{"type": "aws_quicksight_user", "values": {"arn": "` + alARN + `", "user_name": "al", "user_role": "AUTHOR"}},
		{"type": "aws_quicksight_data_set", "values": {"arn": "` + arnOf + `dataset/x", "data_set_id": "x"}}]}}}`}, nil)
	g, _ = a.Group("default", "g")
	require.Len(t, g.Members, 2)
	require.False(t, g.MembersKnown, "others may be in the group")
	x, _ := a.DataSet("x")
	al, _ := a.User("default", "al")
	require.Equal(t, "folder top, shared with group g", a.Opens(al, x)[0].String(), "the folder f inherits")
	require.Contains(t, a.GapsOf(x), `the members of folder "f" are unknown`)
	require.Contains(t, a.GapsOf(x), `the members of group "g" of namespace default are unknown`)
}

// TestImportPlan: what a plan does not know yet is not taken for what is not set.
func TestImportPlan(t *testing.T) {
	plan := func(values, unknown string) string {
		return `{"terraform_version": "1", "planned_values": {"root_module": {"child_modules": [{"resources": [{"address": "module.m.aws_quicksight_data_set.x", "type": "aws_quicksight_data_set",
			"values": {"arn": "` + arnOf + `dataset/x", "data_set_id": "x", "permissions": []` + values + `}}]}]}},
			"resource_changes": [{"address": "module.m.aws_quicksight_data_set.x", "change": {"actions": ["update"], "after_unknown": {` + unknown + `}}}]}`
	}
	for _, tt := range []struct{ reason, values, unknown, want string }{
		{"nothing is unknown", "", ``, ""},
		{"what no file needs", `, "tags_all": {}`, `"id": true, "tags_all": {"a": true}, "output_columns": true, "last_updated_time": true, "permissions": []`, ""},
		{"rules that come", "", `"row_level_permission_data_set": true`, "RowLevelPermissionDataSet"},
		{"their permission dataset", `, "row_level_permission_data_set": [{"permission_policy": "GRANT_ACCESS"}]`, `"row_level_permission_data_set": [{"arn": true}]`, "RowLevelPermissionDataSet.Arn"},
		{"their status", `, "row_level_permission_data_set": [{"arn": "` + arnOf + `dataset/r", "permission_policy": "GRANT_ACCESS", "status": null}]`, `"row_level_permission_data_set": [{"status": true}]`, "RowLevelPermissionDataSet.Status"},
		{"who can open it", `, "row_level_permission_data_set": null`, `"permissions": true`, "Permissions"},
		{"a principal", "", `"permissions": [{"principal": true}]`, "Permissions"},
	} {
		_, err := importing2(t, map[string]string{"plan.json": plan(tt.values, tt.unknown)})
		if tt.want == "" {
			require.NoError(t, err, tt.reason)
			continue
		}
		require.ErrorIs(t, err, ErrFunction, tt.reason)
		require.ErrorContains(t, err, "plan.json:2:14: "+tt.want+": ", tt.reason)
	}
}
