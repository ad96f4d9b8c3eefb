package account

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/predicate"
)

func imported(t *testing.T, files map[string]string, opts *ImportOptions) (*Account, *Imported) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	dir := filepath.Join(t.TempDir(), "account")
	report, err := Import(fsys, dir, opts)
	require.NoError(t, err)
	a, err := Read(os.DirFS(dir), nil)
	require.NoError(t, err)
	return a, report
}

const userList = `{"Status": 200, "RequestId": "r", "UserList": [
  {"Arn": "` + arnOf + `user/default/al", "UserName": "al", "Role": "READER", "Active": true},
  {"Arn": "` + arnOf + `user/default/role/bo", "UserName": "role/bo", "Role": "AUTHOR", "Active": true}]}`

// What the AWS CLI prints, in JSON and YAML, a file for each command.
func TestImportAnswers(t *testing.T) {
	a, report := imported(t, map[string]string{
		"users.json":                        userList,
		"groups.yaml":                       "GroupList:\n- Arn: " + arnOf + "group/default/sales\n  GroupName: sales\n- Arn: " + arnOf + "group/default/r/s\n  GroupName: r/s\n",
		"list-group-memberships.sales.json": `{"GroupMemberList": [{"Arn": "` + arnOf + `user/default/al", "MemberName": "al"}]}`,
		"sets.json":                         `{"DataSetSummaries": [{"Arn": "` + arnOf + `dataset/orders", "DataSetId": "orders"}], "NextToken": "x"}` + "\n" + `{"DataSetSummaries": [{"Arn": "` + arnOf + `dataset/upload", "DataSetId": "upload"}]}`,
		"deep/set.json":                     `{"DataSet": {"Arn": "` + arnOf + `dataset/orders", "DataSetId": "orders", "OutputColumns": []}}`,
		"permissions.json":                  `{"DataSetId": "orders", "Permissions": [{"Principal": "` + arnOf + `user/default/al", "Actions": ["quicksight:PassDataSet"]}]}`,
		"board.json":                        `{"Dashboard": {"Arn": "` + arnOf + `dashboard/b", "DashboardId": "b", "Version": {"DataSetArns": ["` + arnOf + `dataset/orders"]}}}`,
		"boards.json":                       `{"DashboardSummaryList": [{"Arn": "` + arnOf + `dashboard/b", "DashboardId": "b"}, {"Arn": "` + arnOf + `dashboard/c", "DashboardId": "c"}]}`,
		"board-permissions.json":            `{"DashboardId": "b", "Permissions": [], "LinkSharingConfiguration": {"Permissions": [{"Principal": "` + arnOf + `namespace/default", "Actions": ["quicksight:QueryDashboard"]}]}}`,
		"analysis.json":                     `{"Analysis": {"Arn": "` + arnOf + `analysis/x", "AnalysisId": "x", "DataSetArns": []}}`,
		"folder.json":                       `{"Folder": {"Arn": "` + arnOf + `folder/f", "FolderId": "f"}}`,
		"list-folder-members.f.json":        `{"FolderMemberList": [{"MemberId": "orders", "MemberType": "DATASET"}]}`,
		"folder-permissions.json":           `{"FolderId": "f", "Permissions": []}`,
		"source.json":                       `{"DataSource": {"Arn": "` + arnOf + `datasource/s", "DataSourceId": "s", "Type": "S3"}}`,
		"namespaces.json":                   `{"Namespaces": [{"Name": "default"}]}`,
		"keys.json":                         `{"KeyRegistration": [{"KeyArn": "k", "DefaultKey": true}], "Status": 200}`,
		"settings.json":                     `{"AccountSettings": {"PublicSharingEnabled": true}}`,
		"ip.json":                           `{"Enabled": true, "IpRestrictionRuleMap": {}, "Status": 200}`,
		"notes.txt":                         "call the bank",
		"package.json":                      `{"name": "x"}`,
		".git/config.json":                  `{`,
		"list-group-memberships.r%2Fs.json": `{"GroupMemberList": []}`,
	}, nil)
	require.Equal(t, "111122223333", a.ID)
	require.Equal(t, "us-east-1", a.Region)
	require.Equal(t, []string{"notes.txt", "package.json"}, report.Unrecognized)
	require.Equal(t, map[Kind]int{Users: 2, Groups: 2, DataSets: 2, Dashboards: 2, Analyses: 1, Folders: 1, DataSources: 1, Namespaces: 1, KeyRegistration: 1, AccountSettings: 1, IPRestriction: 1}, report.Resources)
	for _, kind := range []Kind{Users, Groups} {
		require.True(t, a.Lists(kind, "default"), kind)
	}
	require.True(t, a.Lists(DataSets, ""))
	require.False(t, a.Lists(DataSources, ""))
	al, _ := a.User("default", "al")
	require.Equal(t, "sales", a.GroupsOf(al)[0].Name)
	orders, _ := a.DataSet("orders")
	require.True(t, orders.Described)
	require.Len(t, a.Opens(al, orders), 2, "the permission, and the dashboard by its link")
	upload, _ := a.DataSet("upload")
	require.False(t, upload.Described)
	require.False(t, upload.Permissions.Known)
	require.True(t, a.Settings.Public)
	require.True(t, a.Keys.List[0].Default)
}

const cloudFormation = `
Parameters: {Env: {Type: String}}
Resources:
  Rules:
    Type: AWS::QuickSight::DataSet
    Properties: {DataSetId: rules, Name: rules, ImportMode: SPICE, UseAs: RLS_RULES, AwsAccountId: !Ref AWS::AccountId}
  Orders:
    Type: AWS::QuickSight::DataSet
    Properties:
      DataSetId: !Sub "orders-${AWS::Region}"
      Name: !Ref Env
      RowLevelPermissionDataSet:
        Arn: !GetAtt Rules.Arn
        PermissionPolicy: GRANT_ACCESS
      RowLevelPermissionTagConfiguration: {TagRules: [{TagKey: k, ColumnName: c, MatchAllValue: hunter2}]}
      Permissions:
      - Principal: !Sub "arn:aws:quicksight:us-east-1:${AWS::AccountId}:user/default/al"
        Actions: ["quicksight:PassDataSet"]
  Bucket: {Type: AWS::S3::Bucket}
`

func TestImportTemplate(t *testing.T) {
	template := strings.Replace(cloudFormation, "Name: !Ref Env", "Name: Orders", 1)
	a, _ := imported(t, map[string]string{"stack.yaml": template}, &ImportOptions{Account: "111122223333", Region: "us-east-1"})
	orders, ok := a.DataSet("orders-us-east-1")
	require.True(t, ok)
	require.Equal(t, arnOf+"dataset/rules", orders.UserRules().ARN)
	require.Equal(t, arnOf+"user/default/al", orders.Permissions.List[0].Principal)
	require.NoError(t, orders.TagRules().Refused)
	require.False(t, a.Lists(DataSets, ""), "there may be more in the account than in the template")

	// Which data sets a dashboard shows is not left out because AWS alone knows it.
	for _, text := range []string{`{DataSetIdentifierDeclarations: [{Identifier: !Ref Env, DataSetArn: !ImportValue x}]}`, `{DataSetIdentifierDeclarations: !ImportValue x}`, `!ImportValue x`} {
		_, err := Import(fstest.MapFS{"stack.yaml": {Data: []byte("Resources:\n  B:\n    Type: AWS::QuickSight::Dashboard\n    Properties:\n      DashboardId: b\n      Definition: " + text + "\n")}},
			t.TempDir(), &ImportOptions{Account: "111122223333", Region: "us-east-1"})
		require.ErrorIs(t, err, ErrFunction, text)
		require.NotContains(t, err.Error(), "].Identifier", "the name of a data set in a dashboard is in no file")
	}

	_, err := Import(fstest.MapFS{"stack.yaml": {Data: []byte(cloudFormation)}}, t.TempDir(), &ImportOptions{Account: "111122223333", Region: "us-east-1"})
	require.ErrorIs(t, err, ErrFunction)
	require.ErrorContains(t, err, "Resources.Orders.Properties.Name")
	_, err = Import(fstest.MapFS{"stack.yaml": {Data: []byte(template)}}, t.TempDir(), nil)
	require.ErrorIs(t, err, ErrAccount)
	require.ErrorContains(t, err, "a template does not name it; say which one (ImportOptions.Account, or --account-id)")
}

const terraform = `{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"resources": [
 {"type": "aws_quicksight_data_set", "mode": "managed", "values": {"arn": "` + arnOf + `dataset/orders", "data_set_id": "orders", "name": "Orders",
  "physical_table_map": [{"physical_table_map_id": "t", "relational_table": [{"data_source_arn": "` + arnOf + `datasource/db", "input_columns": [{"name": "Region", "type": "STRING"}]}], "custom_sql": []}],
  "logical_table_map": [{"logical_table_map_id": "l", "alias": "x", "source": [{"physical_table_id": "t", "data_set_arn": ""}],
    "data_transforms": [{"rename_column_operation": [{"column_name": "Region", "new_column_name": "Area"}], "project_operation": []}]}],
  "row_level_permission_data_set": [{"arn": "` + arnOf + `dataset/rules", "permission_policy": "GRANT_ACCESS", "namespace": "", "format_version": "VERSION_1", "status": "DISABLED"}],
  "row_level_permission_tag_configuration": [{"status": "ENABLED", "tag_rules": [{"tag_key": "k", "column_name": "Area", "match_all_value": "hunter2", "tag_multi_value_delimiter": ""}]}],
  "permissions": [{"actions": ["quicksight:PassDataSet"], "principal": "` + alARN + `"}]}}],
 "child_modules": [{"resources": [
 {"type": "aws_quicksight_data_source", "mode": "managed", "values": {"arn": "` + arnOf + `datasource/db", "data_source_id": "db", "type": "MYSQL", "parameters": [{"mysql": [{"host": "h", "port": 1, "database": "d"}]}],
  "credentials": [{"credential_pair": [{"username": "u", "password": "hunter2"}]}], "permission": []}},
 {"type": "aws_quicksight_user", "mode": "managed", "values": {"arn": "` + alARN + `", "user_name": "al", "user_role": "READER"}},
 {"type": "aws_quicksight_group", "mode": "managed", "values": {"arn": "` + arnOf + `group/default/sales", "group_name": "sales"}},
 {"type": "aws_quicksight_group_membership", "mode": "managed", "values": {"arn": null, "namespace": "default", "group_name": "sales", "member_name": "al"}}]}]}}}`

func TestImportTerraform(t *testing.T) {
	a, report := imported(t, map[string]string{"state.json": terraform}, nil)
	require.Equal(t, map[Kind]int{DataSets: 1, DataSources: 1, Users: 1, Groups: 1}, report.Resources)
	orders, _ := a.DataSet("orders")
	require.Equal(t, "DISABLED", string(orders.UserRules().Status))
	require.Nil(t, orders.UserRules().Namespace)
	require.Equal(t, []string{arnOf + "datasource/db"}, orders.Sources())
	require.Equal(t, "Area", orders.Renamed("Region"))
	require.NoError(t, orders.TagRules().Refused)
	require.Empty(t, orders.Parents())
	al, _ := a.User("default", "al")
	require.True(t, al.Reads())
	require.Equal(t, "sales", a.GroupsOf(al)[0].Name)
	require.Len(t, a.Opens(al, orders), 1)
	rows, err := a.Rows(al, orders)
	require.NoError(t, err)
	require.True(t, rows.Visible.Same(predicate.All()), "the rules are disabled")
	require.Contains(t, a.DataSources[0].Parameters, "MySqlParameters")
	require.Empty(t, a.DataSources[0].SecretARN)

	state := strings.Replace(terraform, `"values": {"root_module": {"resources": [
 {"type": "aws_quicksight_data_set", "mode": "managed", "values": {`, `"version": 4, "resources": [
 {"type": "aws_quicksight_data_set", "mode": "managed", "instances": [{"attributes": {`, 1)
	state = state[:strings.Index(state, ` "child_modules"`)]
	state = strings.TrimSuffix(strings.TrimSpace(state), "}}],") + "}}]}]}"
	a, _ = imported(t, map[string]string{"terraform.tfstate": state}, nil)
	require.Len(t, a.DataSets, 1)
}

// An empty list does not say of which namespace it is: no list is complete then.
func TestImportEmptyList(t *testing.T) {
	a, _ := imported(t, map[string]string{"tenant.json": `{"UserList": []}`, "groups.json": `{"GroupList": []}`,
		"set.json": `{"DataSet": {"Arn": "` + arnOf + `dataset/x", "DataSetId": "x"}}`}, nil)
	require.False(t, a.Lists(Users, "default"))
	require.False(t, a.Lists(Groups, "default"))
	_, err := Import(fstest.MapFS{"p.json": {Data: []byte(`{"DataSetId": "", "Permissions": []}`)}}, t.TempDir(), &ImportOptions{Account: "111122223333"})
	require.ErrorIs(t, err, ErrName, "a file without a name would be passed over")
}

func TestImportRefuses(t *testing.T) {
	for _, tt := range []struct {
		reason string
		files  map[string]string
		want   []string
	}{
		{"half of a list", map[string]string{"a.json": `{"UserList": [{"Arn": "` + alARN + `", "UserName": "al"}], "NextToken": "x"}`}, []string{"NextToken: the list is incomplete"}},
		{"half of the permissions", map[string]string{"a.json": `{"FolderId": "f", "Permissions": [], "NextToken": "x"}`}, []string{"a.json:1:51: NextToken: the list is incomplete: print all permissions in one answer"}},
		{"a block of Terraform that is null", map[string]string{"p.json": `{"terraform_version": "1", "values": {"root_module": {"resources": [{"type": "aws_quicksight_data_set", "values": {"arn": "` + arnOf + `dataset/x", "data_set_id": "x", "permissions": [], "row_level_permission_data_set": [null]}}]}}}`}, []string{"RowLevelPermissionDataSet: a value that only AWS can compute: the plan does not know it yet, or a block is null"}},
		{"groups of somebody", map[string]string{"list-user-groups.json": `{"GroupList": []}`}, []string{"list-user-groups does not name its user"}},
		{"members of some group", map[string]string{"m.json": `{"GroupMemberList": []}`}, []string{"m.json:1:1: the answer does not name its subject"}},
		{"two accounts", map[string]string{"a.json": userList, "b.json": `{"DataSet": {"Arn": "arn:aws:quicksight:us-east-1:999999999999:dataset/x", "DataSetId": "x"}}`}, []string{"unclear account: the documents name 111122223333, 999999999999; say which one (ImportOptions.Account, or --account-id)"}},
		{"two Regions", map[string]string{"a.json": `[{"DataSet": {"Arn": "` + arnOf + `dataset/x", "DataSetId": "x"}}, {"DataSet": {"Arn": "arn:aws:quicksight:eu-west-1:111122223333:dataset/y", "DataSetId": "y"}}]`}, []string{"Regions eu-west-1, us-east-1; say which one (ImportOptions.Region, or --region)"}},
		{"nothing", map[string]string{"a.txt": "x"}, []string{"no document of an account"}},
		{"every problem", map[string]string{"a.json": "{", "b.json": `{"UserList": [{"UserName": "al"}, {}]}`}, []string{"a.json:1:2: not JSON", "b.json:1:15: Arn: not a QuickSight ARN", "b.json:1:35: UserName: field missing"}},
		{"a plan before the first apply", map[string]string{"p.json": `{"terraform_version": "1", "planned_values": {"root_module": {"resources": [{"type": "aws_quicksight_data_set", "values": {"data_set_id": "x"}}]}}}`}, []string{"the plan does not know it yet"}},
	} {
		fsys := fstest.MapFS{}
		for name, text := range tt.files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		dir := t.TempDir()
		_, err := Import(fsys, dir, nil)
		for _, want := range tt.want {
			require.ErrorContains(t, err, want, tt.reason)
		}
		require.Empty(t, filesIn(t, dir), "%s: nothing is written", tt.reason)
	}
}

// FuzzImport: whatever is imported can be read, and no secret is in it.
func FuzzImport(f *testing.F) {
	for _, s := range []string{userList, cloudFormation, terraform, `{"GroupMemberList": []}`, `{"DataSetId": "x", "Permissions": [{}]}`, `{"DataSet": {"DataSetId": "../x", "Arn": 1}}`,
		`{"Resources": {"a": {"Type": "AWS::QuickSight::Dashboard", "Properties": {"DashboardId": "b", "Definition": {"DataSetArn": {"Ref": "a"}}}}}}`, `[[[{"User": {"UserName": "."}}]]]`, "", "a: !Ref [b]",
		`{"Resources": {"a": {"Type": "AWS::QuickSight::Dashboard", "Properties": {"DashboardId": {"Fn::GetAtt": ["a", "Arn"]}}}}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		dir := t.TempDir()
		_, err := Import(fstest.MapFS{"x.json": {Data: []byte(in)}}, dir, &ImportOptions{Account: "111122223333", Region: "us-east-1"})
		if err != nil {
			require.Empty(t, filesIn(t, dir))
			return
		}
		// A resource whose shape is not that of AWS is refused when it is read, with
		// its place, and never read as another one.
		if _, err := Read(os.DirFS(dir), nil); err != nil {
			for _, err := range textpos.Flat(err) {
				var located *textpos.Error
				require.ErrorAs(t, err, &located)
			}
		}
		for name, text := range filesIn(t, dir) {
			require.NotContains(t, text, `"Password"`, name)
		}
	})
}
