package check_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const prefix = "arn:aws:quicksight:us-east-1:111122223333:"

// A folder is an account as files.
type folder fstest.MapFS

func (f folder) write(name, format string, args ...any) {
	f[name] = &fstest.MapFile{Data: fmt.Appendf(nil, format, args...)}
}

// replace changes a file, which must have the old text.
func (f folder) replace(t *testing.T, name, old, new string) {
	t.Helper()
	require.Contains(t, f, name)
	text := string(f[name].Data)
	require.Contains(t, text, old, name)
	f.write(name, "%s", strings.ReplaceAll(text, old, new))
}

func permission(principal string, actions ...string) string {
	return fmt.Sprintf(`{"Principal": "%s%s", "Actions": ["quicksight:%s"]}`, prefix, principal, strings.Join(actions, `", "quicksight:`))
}

// clean returns an account without a fault: readers in groups of 20, one author who
// owns everything, data sets with user and tag rules, dashboards for groups.
func clean(users, sets int) folder {
	f := folder{}
	const size = 20 // of a group
	groups := (users + size - 1) / size
	f.write("account.json", `{"AwsAccountId": "111122223333", "Region": "us-east-1", "Lists": ["namespaces", "users/default", "users/tenant", "groups/default", "groups/tenant", "data-sources", "data-sets", "dashboards", "analyses", "folders"]}`)
	f.write("namespaces/default.json", `{"Namespace": {"Name": "default"}}`)
	f.write("namespaces/tenant.json", `{"Namespace": {"Name": "tenant"}}`)
	f.write("key-registration.json", `{"KeyRegistration": [{"KeyArn": "arn:aws:kms:us-east-1:111122223333:key/1", "DefaultKey": true}]}`)
	f.write("account-settings.json", `{"AccountSettings": {"PublicSharingEnabled": false}}`)
	user := func(name, role string) {
		f.write("users/default/"+strings.ReplaceAll(name, "/", "%2F")+".json", `{"User": {"Arn": "%suser/default/%s", "UserName": "%s", "Role": "%s"}}`, prefix, name, name, role)
	}
	user("owner", "AUTHOR")
	members := make([][]string, groups)
	for i := range users {
		name := fmt.Sprintf("Reader/user%04d@example.com", i)
		user(name, "READER")
		members[i/size] = append(members[i/size], fmt.Sprintf(`{"MemberName": "%s"}`, name))
	}
	header := "GroupName,Region,Segment\n"
	var rows strings.Builder
	for g := range groups {
		f.write(fmt.Sprintf("groups/default/team-%03d.json", g), `{"Group": {"Arn": "%sgroup/default/team-%03d", "GroupName": "team-%03d"}, "GroupMemberList": [%s]}`, prefix, g, g, strings.Join(members[g], ", "))
		fmt.Fprintf(&rows, "team-%03d,\"Region %d,Region %d\",\n", g, g, g+1)
	}
	owner := permission("user/default/owner", "DescribeDataSet", "PassDataSet", "UpdateDataSet", "UpdateDataSetPermissions")
	f.write("data-sources/lake.json", `{"DataSource": {"Arn": "%sdatasource/lake", "DataSourceId": "lake", "Type": "ATHENA", "DataSourceParameters": {"AthenaParameters": {"WorkGroup": "w", "RoleArn": "arn:aws:iam::111122223333:role/lake"}}}, "Permissions": []}`, prefix)
	f.write("data-sources/db.json", `{"DataSource": {"Arn": "%sdatasource/db", "DataSourceId": "db", "Type": "POSTGRESQL", "SecretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x", "DataSourceParameters": {"PostgreSqlParameters": {"Host": "h"}}}, "Permissions": []}`, prefix)
	columns := func(names ...string) string {
		for i, name := range names {
			names[i] = fmt.Sprintf(`{"Name": "%s", "Type": "STRING"}`, name)
		}
		return strings.Join(names, ", ")
	}
	for i := range (sets + 9) / 10 {
		id := fmt.Sprintf("rules-%02d", i)
		f.write("data-sets/"+id+".json", `{"DataSet": {"Arn": "%sdataset/%s", "DataSetId": "%s", "UseAs": "RLS_RULES", "ImportMode": "SPICE", "OutputColumns": [%s]}, "Permissions": [%s]}`,
			prefix, id, id, columns("GroupName", "Region", "Segment"), owner)
		f.write("data-sets/"+id+".rules.csv", "%s%s", header, rows.String())
	}
	for i := range sets {
		id := fmt.Sprintf("set-%03d", i)
		f.write("data-sets/"+id+".json", `{"DataSet": {"Arn": "%[1]sdataset/%[2]s", "DataSetId": "%[2]s", "ImportMode": "SPICE", "OutputColumns": [%[3]s, {"Name": "Amount", "Type": "DECIMAL"}],
 "PhysicalTableMap": {"t": {"RelationalTable": {"DataSourceArn": "%[1]sdatasource/db", "InputColumns": []}}},
 "LogicalTableMap": {"l": {"Alias": "l", "Source": {"PhysicalTableId": "t"}, "DataTransforms": [{"RenameColumnOperation": {"ColumnName": "reg", "NewColumnName": "Region"}}]}},
 "RowLevelPermissionDataSet": {"Arn": "%[1]sdataset/rules-%02[4]d", "PermissionPolicy": "GRANT_ACCESS", "FormatVersion": "VERSION_1", "Status": "ENABLED"},
 "RowLevelPermissionTagConfiguration": {"Status": "ENABLED", "TagRules": [{"TagKey": "region", "ColumnName": "Region"}]},
 "ColumnLevelPermissionRules": [{"ColumnNames": ["Amount"], "Principals": ["%[1]sgroup/default/team-000"]}]}, "Permissions": [%[5]s]}`,
			prefix, id, columns("Region", "Segment"), i/10, owner)
		board := fmt.Sprintf("board-%03d", i/5)
		var arns, shared []string
		for j := i / 5 * 5; j < min(sets, i/5*5+5); j++ {
			arns = append(arns, fmt.Sprintf(`"%sdataset/set-%03d"`, prefix, j))
		}
		for g := range groups {
			shared = append(shared, permission(fmt.Sprintf("group/default/team-%03d", g), "DescribeDashboard", "QueryDashboard"))
		}
		shared = append(shared, permission("user/default/owner", "DescribeDashboard", "QueryDashboard", "UpdateDashboard"))
		f.write("dashboards/"+board+".json", `{"Dashboard": {"Arn": "%sdashboard/%s", "DashboardId": "%s", "Version": {"DataSetArns": [%s]}}, "LinkSharingConfiguration": {"Permissions": []}, "Permissions": [%s]}`,
			prefix, board, board, strings.Join(arns, ", "), strings.Join(shared, ", "))
	}
	f.write("data-sets/child.json", `{"DataSet": {"Arn": "%[1]sdataset/child", "DataSetId": "child", "ImportMode": "DIRECT_QUERY", "OutputColumns": [%[2]s],
 "LogicalTableMap": {"l": {"Source": {"DataSetArn": "%[1]sdataset/set-000"}}}}, "Permissions": [%[3]s]}`, prefix, columns("Region"), owner)
	f.write("analyses/work.json", `{"Analysis": {"Arn": "%sanalysis/work", "AnalysisId": "work", "DataSetArns": ["%sdataset/child"]}, "Permissions": [%s]}`, prefix, prefix, permission("user/default/owner", "QueryAnalysis", "UpdateAnalysis"))
	f.write("folders/team.json", `{"Folder": {"Arn": "%sfolder/team", "FolderId": "team", "FolderType": "SHARED"}, "FolderMemberList": [{"MemberId": "board-000", "MemberType": "DASHBOARD"}], "Permissions": [%s]}`, prefix, permission("group/default/team-000", "DescribeFolder"))
	// Every dashboard and every fifth data set is in a folder three levels deep.
	f.write("folders/top.json", `{"Folder": {"Arn": "%[1]sfolder/top", "FolderId": "top", "FolderType": "SHARED", "FolderPath": []}, "FolderMemberList": [], "Permissions": [%[2]s]}`, prefix, permission("user/default/owner", "DescribeFolder", "UpdateFolder"))
	f.write("folders/area.json", `{"Folder": {"Arn": "%[1]sfolder/area", "FolderId": "area", "FolderType": "SHARED", "FolderPath": ["%[1]sfolder/top"]}, "FolderMemberList": [], "Permissions": [%[2]s]}`, prefix, permission("group/default/team-000", "DescribeFolder"))
	for i := range (sets + 4) / 5 {
		f.write(fmt.Sprintf("folders/f-%03d.json", i), `{"Folder": {"Arn": "%[1]sfolder/f-%03[2]d", "FolderId": "f-%03[2]d", "FolderType": "SHARED", "FolderPath": ["%[1]sfolder/top", "%[1]sfolder/area"]},
 "FolderMemberList": [{"MemberId": "board-%03[2]d", "MemberType": "DASHBOARD"}, {"MemberId": "set-%03[3]d", "MemberType": "DATASET"}], "Permissions": [%[4]s]}`,
			prefix, i, i*5, permission(fmt.Sprintf("group/default/team-%03d", i%groups), "DescribeFolder"))
	}
	return f
}
