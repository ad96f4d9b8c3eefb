package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/account/check"
	"github.com/rowsight/rowsight/rls/vet"
)

func findings(t *testing.T, f folder) []vet.Finding {
	t.Helper()
	a, err := account.Read(fstest.MapFS(f), nil)
	require.NoError(t, err)
	return check.Account(a, nil)
}

// TestClean: a large account without a fault has no finding.
func TestClean(t *testing.T) {
	users, sets := 2000, 200
	if testing.Short() {
		users, sets = 200, 20
	}
	require.Empty(t, findings(t, clean(users, sets)))
}

// A plant is one fault in an account.
type plant struct {
	want   string // id of the finding
	reason string
	change func(t *testing.T, f folder)
	also   []string // findings that the fault has as well
}

const (
	set   = "data-sets/set-000.json"
	rules = "data-sets/rules-00.rules.csv"
	rset  = "data-sets/rules-00.json"
	board = "dashboards/board-000.json"
)

// swap plants a fault by replacing a text of a file.
func swap(file, old, new string) func(*testing.T, folder) {
	return func(t *testing.T, f folder) { f.replace(t, file, old, new) }
}

// free plants a dashboard that nobody has, over a data set without rules.
func (f folder) free() {
	f.write("data-sets/free.json", `{"DataSet": {"Arn": "%sdataset/free", "DataSetId": "free"}, "Permissions": []}`, prefix)
	f.write("dashboards/free.json", `{"Dashboard": {"Arn": "%[1]sdashboard/free", "DashboardId": "free", "Version": {"DataSetArns": ["%[1]sdataset/free"]}}, "Permissions": []}`, prefix)
}

// row plants a rule.
func row(text string) func(*testing.T, folder) {
	return func(t *testing.T, f folder) { f.write(rules, "%s%s\n", f[rules].Data, text) }
}

// users makes the rules of users, as well as of groups.
func both(rows string) func(*testing.T, folder) {
	return func(t *testing.T, f folder) {
		text := strings.ReplaceAll(string(f[rules].Data), "\nteam", "\n,team")
		f.write(rules, "UserName,%s%s", text, rows)
		f.replace(t, rset, `{"Name": "GroupName"`, `{"Name": "UserName", "Type": "STRING"}, {"Name": "GroupName"`)
	}
}

const (
	userRules = `"RowLevelPermissionDataSet": {"Arn": "` + prefix + `dataset/rules-00", "PermissionPolicy": "GRANT_ACCESS", "FormatVersion": "VERSION_1", "Status": "ENABLED"},`
	tagRules  = `"RowLevelPermissionTagConfiguration": {"Status": "ENABLED", "TagRules": [{"TagKey": "region", "ColumnName": "Region"}]},`
	reader    = "user/default/Reader/user0003@example.com"
)

func share(file, principal string, actions ...string) func(*testing.T, folder) {
	return swap(file, `"Permissions": [{"Principal": "`+prefix+`user/default/owner"`, `"Permissions": [`+permission(principal, actions...)+`, {"Principal": "`+prefix+`user/default/owner"`)
}

// owned plants an owner of the folder of the first dashboard.
func owned(principal string) func(*testing.T, folder) {
	return swap("folders/team.json", `"Permissions": [`, `"Permissions": [`+permission(principal, "DescribeFolder", "UpdateFolder")+", ")
}

func all(changes ...func(*testing.T, folder)) func(*testing.T, folder) {
	return func(t *testing.T, f folder) {
		for _, change := range changes {
			change(t, f)
		}
	}
}

func plants() []plant {
	open := []string{"DescribeDashboard", "QueryDashboard"}
	boardFor := func(principal string, more ...string) func(*testing.T, folder) {
		return swap(board, `"LinkSharingConfiguration": {"Permissions": []}, "Permissions": [`, `"LinkSharingConfiguration": {"Permissions": []}, "Permissions": [`+permission(principal, slices.Concat(open, more)...)+", ")
	}
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	valueRows := func(n int) string { // 250 values of 6 digits in each rule
		var rows []string
		for i := 0; i < n; i += 250 {
			var values []string
			for j := range min(250, n-i) {
				values = append(values, fmt.Sprintf("%06d", i+j))
			}
			rows = append(rows, `team-000,"`+strings.Join(values, ",")+`",`)
		}
		return strings.Join(rows, "\n")
	}
	return []plant{
		{"RA001", "no rules, and a dashboard for groups", all(swap(set, userRules, ""), swap(set, tagRules, "")), nil},
		{"RA001", "no rules, and shared with a reader", func(t *testing.T, f folder) {
			f.write("data-sets/free.json", `{"DataSet": {"Arn": "%sdataset/free", "DataSetId": "free"}, "Permissions": [%s]}`, prefix, permission(reader, "PassDataSet"))
		}, nil},
		{"RA001", "no rules, in a folder of a group", func(t *testing.T, f folder) {
			f.free()
			f.replace(t, "folders/team.json", `[{"MemberId"`, `[{"MemberId": "free", "MemberType": "DASHBOARD"}, {"MemberId"`)
		}, nil},
		{"RA001", "no rules, in a folder below that of a group", func(t *testing.T, f folder) {
			f.free()
			f.write("folders/below.json", `{"Folder": {"Arn": "%[1]sfolder/below", "FolderId": "below", "FolderPath": ["%[1]sfolder/top", "%[1]sfolder/area"]}, "FolderMemberList": [{"MemberId": "free", "MemberType": "DASHBOARD"}], "Permissions": []}`, prefix)
		}, nil},
		{"RA002", "user rules DISABLED", swap(set, `"FormatVersion": "VERSION_1", "Status": "ENABLED"`, `"FormatVersion": "VERSION_1", "Status": "DISABLED"`), nil},
		{"RA003", "tag rules DISABLED", swap(set, `Configuration": {"Status": "ENABLED"`, `Configuration": {"Status": "DISABLED"`), nil},
		{"RA004", "tag rules only", swap(set, userRules, ""), nil},
		{"RA005", "a dashboard for a namespace", boardFor("namespace/tenant"), nil},
		{"RA005", "a folder above that of a dashboard, for a namespace", swap("folders/top.json", `"Permissions": [`, `"Permissions": [`+permission("namespace/tenant", "DescribeFolder")+", "), nil},
		{"RA006", "a dashboard by its link", swap(board, `"LinkSharingConfiguration": {"Permissions": []`, `"LinkSharingConfiguration": {"Permissions": [`+permission("namespace/tenant", open...)+"]"), nil},
		{"RA006", "a dashboard for the internet", swap(board, `"LinkSharingConfiguration": {"Permissions": []`, `"LinkSharingConfiguration": {"Permissions": [{"Principal": "arn:aws:quicksight:::publicAnonymousUser/*", "Actions": ["quicksight:QueryDashboard"]}]`), nil},
		{"RA007", "public sharing", swap("account-settings.json", "false", "true"), nil},
		{"RA008", "a permission of a user who is gone", boardFor("user/default/gone"), nil},
		{"RA008", "a permission of a user of another account", func(t *testing.T, f folder) {
			f.replace(t, board, `"Principal": "`+prefix+`user/default/owner"`, `"Principal": "arn:aws:quicksight:us-east-1:999999999999:user/default/owner"`)
		}, nil},
		{"RA008", "a folder for a group that is gone", swap("folders/team.json", "group/default/team-000", "group/default/gone"), nil},
		{"RA010", "the permission dataset is gone", func(t *testing.T, f folder) {
			delete(f, rset)
			delete(f, rules)
		}, nil},
		{"RA011", "a permission dataset that is data", swap(rset, `"UseAs": "RLS_RULES", `, ""), nil},
		{"RA012", "a permission dataset for a restricted user", share(rset, reader, "PassDataSet"), nil},
		{"RA012", "a permission dataset for a group", share(rset, "group/default/team-001", "DescribeDataSet"), nil},
		{"RA012", "a dashboard that shows the rules", swap(board, `"DataSetArns": [`, `"DataSetArns": ["`+prefix+`dataset/rules-00", `), nil},
		{"RA012", "a permission dataset for a reader who owns the folder of a dashboard", all(owned(reader), share(rset, reader, "PassDataSet")), nil},
		{"RA012", "a permission dataset for the owner of a dashboard", func(t *testing.T, f folder) {
			f.write("users/default/al.json", `{"User": {"Arn": "%suser/default/al", "UserName": "al", "Role": "AUTHOR"}}`, prefix)
			both("al,,Region 1,\n")(t, f)
			boardFor("user/default/al", "UpdateDashboard")(t, f)
			share(rset, "user/default/al", "PassDataSet")(t, f)
		}, nil},
		{"RA013", "DENY_ACCESS", swap(set, "GRANT_ACCESS", "DENY_ACCESS"), nil},
		{"RA013", "a namespace for rules with ARNs", swap(set, `"FormatVersion": "VERSION_1"`, `"FormatVersion": "VERSION_2", "Namespace": "default"`), nil},
		{"RA014", "a rule file that is refused", row(`team-001,"a"b,`), nil},
		{"RA015", "no principal column", swap(rset, `"GroupName"`, `"Groups"`), nil},
		{"RA015", "ARNs for names", swap(rset, `"GroupName"`, `"GroupARN"`), nil},
		{"RA016", "a column that is renamed", swap(set, `{"Name": "Region"`, `{"Name": "Area"`), []string{"RA041"}},
		{"RA016", "a column that is dropped", swap(set, `{"Name": "Segment", "Type": "STRING"},`, ""), nil},
		{"RA016", "a column in other case", swap(set, `{"Name": "Segment"`, `{"Name": "segment"`), nil},
		{"RA017", "a column that is a number", swap(set, `{"Name": "Segment", "Type": "STRING"}`, `{"Name": "Segment", "Type": "INTEGER"}`), nil},
		{"RA020", "a user who is gone", both("gone,,Region 1,\n"), nil},
		{"RA021", "a group that is gone", row("gone,Region 1,"), nil},
		{"RA022", "a user in other case", both("reader/User0003@example.com,,Region 1,\n"), nil},
		{"RA022", "a user without the role", both("user0003@example.com,,Region 1,\n"), nil},
		{"RA023", "a group in other case", row("Team-001,Region 1,"), nil},
		{"RA024", "a group without members", func(t *testing.T, f folder) {
			f.write("groups/default/empty.json", `{"Group": {"Arn": "%sgroup/default/empty", "GroupName": "empty"}, "GroupMemberList": []}`, prefix)
			row("empty,Region 1,")(t, f)
		}, nil},
		{"RA025", "a user without a rule", func(t *testing.T, f folder) {
			f.write("users/default/new.json", `{"User": {"Arn": "%suser/default/new", "UserName": "new", "Role": "READER"}}`, prefix)
			boardFor("user/default/new")(t, f)
		}, nil},
		{"RA025", "a reader without a rule who owns the folder of a dashboard", func(t *testing.T, f folder) {
			f.write("users/default/new.json", `{"User": {"Arn": "%suser/default/new", "UserName": "new", "Role": "READER"}}`, prefix)
			owned("user/default/new")(t, f)
		}, nil},
		{"RA026", "a user with all rows", both("Reader/user0003@example.com,,,\n"), nil},
		{"RA027", "a group without a rule", swap(rules, "team-001,\"Region 1,Region 2\",\n", ""), nil},
		{"RA027", "a group of readers without a rule, which owns the folder of a dashboard", all(swap(rules, "team-001,\"Region 1,Region 2\",\n", ""), func(t *testing.T, f folder) {
			for name := range f {
				if strings.HasPrefix(name, "dashboards/") || strings.HasPrefix(name, "folders/") {
					f.write(name, "%s", strings.ReplaceAll(string(f[name].Data), "group/default/team-001", "group/default/team-000"))
				}
			}
			owned("group/default/team-001")(t, f)
		}), nil},
		{"RA028", "a group with all rows", row("team-001,,"), nil},
		{"RA029", "rules of a namespace that is gone", swap(set, `"FormatVersion": "VERSION_1"`, `"FormatVersion": "VERSION_1", "Namespace": "gone"`), []string{"RA021", "RA027"}},
		{"RA030", "900 rules of a group", row(strings.TrimSuffix(repeat(900, "team-000,x%d,\n"), "\n")), nil},
		{"RA031", "1,001 rules of a group", row(strings.TrimSuffix(repeat(1001, "team-000,x%d,\n"), "\n")), nil},
		{"RA032", "172,800 values of a group", row(valueRows(172_800)), nil},
		{"RA033", "192,250 values of a group", row(valueRows(192_250)), nil},
		{"RA034", "45 tag rules", swap(set, `"TagRules": [`, `"TagRules": [`+repeat(44, `{"TagKey": "k%d", "ColumnName": "Region"}, `)), nil},
		{"RA040", "tag rules without a column", swap(set, `"ColumnName": "Region"`, `"ColumnName": ""`), nil},
		{"RA041", "tag rules of a column that is gone", swap(set, `"ColumnName": "Region"`, `"ColumnName": "Tenant"`), nil},
		{"RA042", "tag rules of a number", swap(set, `"ColumnName": "Region"`, `"ColumnName": "Amount"`), nil},
		{"RA043", "a column rule of a column that is gone", swap(set, `"ColumnNames": ["Amount"]`, `"ColumnNames": ["Margin"]`), nil},
		{"RA044", "a column rule of a group that is gone", swap(set, `"Principals": ["`+prefix+`group/default/team-000"]`, `"Principals": ["`+prefix+`group/default/gone"]`), nil},
		{"RA050", "a SPICE child of a restricted parent", swap("data-sets/child.json", "DIRECT_QUERY", "SPICE"), nil},
		{"RA051", "four levels", func(t *testing.T, f folder) {
			for i, above := range []string{"child", "level3"} {
				f.write(fmt.Sprintf("data-sets/level%d.json", i+3), `{"DataSet": {"Arn": "%[1]sdataset/level%[2]d", "DataSetId": "level%[2]d", "ImportMode": "DIRECT_QUERY", "DataPrepConfiguration": {"SourceTableMap": {"s": {"DataSet": {"DataSetArn": "%[1]sdataset/%[3]s"}}}}}, "Permissions": []}`, prefix, i+3, above)
			}
		}, nil},
		{"RA052", "a parent that is gone", swap("data-sets/child.json", "dataset/set-000", "dataset/gone"), nil},
		{"RA060", "a password in place of a secret", swap("data-sources/db.json", `"SecretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x", `, ""), nil},
		{"RA061", "a role of another account", swap("data-sources/lake.json", "iam::111122223333", "iam::999999999999"), nil},
		{"RA062", "no key", swap("key-registration.json", `{"KeyArn": "arn:aws:kms:us-east-1:111122223333:key/1", "DefaultKey": true}`, ""), nil},
		{"RA063", "no default key", swap("key-registration.json", "true", "false"), nil},
		{"RA064", "two default keys", swap("key-registration.json", `[{`, `[{"KeyArn": "arn:aws:kms:us-east-1:111122223333:key/2", "DefaultKey": true}, {`), nil},
		{"RA065", "a data source that is gone", swap(set, "datasource/db", "datasource/gone"), nil},
	}
}

// TestPlanted plants one fault at a time into a clean account: it is found, at a
// place, and nothing else is.
func TestPlanted(t *testing.T) {
	require.Empty(t, findings(t, clean(60, 10)))
	tested := make(map[string]bool)
	for _, p := range plants() {
		f := clean(60, 10)
		p.change(t, f)
		found := findings(t, f)
		var ids []string
		for _, one := range found {
			ids = append(ids, one.ID)
			require.NotEmpty(t, one.Pos.File, "%s: %v", p.reason, one)
			require.NotEmpty(t, one.Suggestion, "%s: %v", p.reason, one)
			require.True(t, one.ID == p.want || slices.Contains(p.also, one.ID), "%s: %v", p.reason, found)
		}
		require.Contains(t, ids, p.want, "%s: %v", p.reason, found)
		tested[p.want] = true
	}
	require.GreaterOrEqual(t, len(plants()), 40)
	for _, k := range vet.AccountKinds() {
		require.True(t, tested[k.ID], "%s has no fault", k.ID)
	}
}

// What the folder does not have is unknown, and no fault.
func TestUnknown(t *testing.T) {
	for _, tt := range []struct {
		reason string
		change func(*testing.T, folder)
	}{
		{"no list is complete", func(t *testing.T, f folder) {
			f.write("account.json", `{"AwsAccountId": "111122223333", "Region": "us-east-1"}`)
			row("gone,Region 1,")(t, f)
			delete(f, rset)
			delete(f, rules)
		}},
		{"no rows of rules", func(t *testing.T, f folder) { delete(f, rules) }},
		{"no members of groups", func(t *testing.T, f folder) {
			f.write("groups/default/team-001.json", `{"Group": {"Arn": "%sgroup/default/team-001", "GroupName": "team-001"}}`, prefix)
			swap(rules, "team-001,\"Region 1,Region 2\",\n", "")(t, f)
		}},
		{"a permission dataset that cannot be described", func(t *testing.T, f folder) {
			f.write(rset, `{"DataSetSummary": {"Arn": "%sdataset/rules-00", "DataSetId": "rules-00"}}`, prefix)
		}},
	} {
		f := clean(60, 10)
		tt.change(t, f)
		require.Empty(t, findings(t, f), tt.reason)
	}
}

// TestDerivedCost: data sets that all derive from all others take no work that grows with
// the ways between them, of which twice as many data sets have 1,680 times as many.
func TestDerivedCost(t *testing.T) {
	work := func(n int) float64 {
		f := folder{}
		f.write("account.json", `{"AwsAccountId": "111122223333", "Region": "us-east-1"}`)
		var tables []string
		for i := range n {
			tables = append(tables, fmt.Sprintf(`"t%[2]d": {"Source": {"DataSetArn": "%[1]sdataset/d%[2]d"}}`, prefix, i))
		}
		for i := range n {
			f.write(fmt.Sprintf("data-sets/d%d.json", i), `{"DataSet": {"Arn": "%[1]sdataset/d%[2]d", "DataSetId": "d%[2]d", "ImportMode": "SPICE", "LogicalTableMap": {%[3]s}}}`, prefix, i, strings.Join(tables, ", "))
		}
		a, err := account.Read(fstest.MapFS(f), nil)
		require.NoError(t, err)
		found := check.Account(a, nil)
		for _, one := range found {
			require.Equal(t, "RA051", one.ID)
		}
		require.NotEmpty(t, found)
		return testing.AllocsPerRun(1, func() { check.Account(a, nil) })
	}
	few, many := work(4), work(8)
	require.Less(t, many, 10*few, "allocations of 8 data sets, and of 4")
}

func TestMostPerID(t *testing.T) {
	f := clean(60, 10)
	row("gone1,Region 1,\ngone2,Region 1,\ngone3,Region 1,")(t, f)
	a, err := account.Read(fstest.MapFS(f), nil)
	require.NoError(t, err)
	found := check.Account(a, &check.Options{MaxPerID: 2})
	require.Len(t, found, 2)
	require.Equal(t, 28, found[1].More, "three groups in each of ten data sets")
}

// TestZero holds that an account that is not there has no finding.
func TestZero(t *testing.T) {
	require.Empty(t, check.Account(nil, nil))
	require.Empty(t, check.Account(new(account.Account), nil))
}

func ExampleAccount() {
	f := clean(20, 1)
	f.write("account-settings.json", `{"AccountSettings": {"PublicSharingEnabled": true}}`)
	a, err := account.Read(fstest.MapFS(f), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range check.Account(a, nil) {
		fmt.Println(finding)
	}
	// Output:
	// account-settings.json:1:21: warning RA007: dashboards can be shared with everybody on the internet (turn off public sharing unless a dashboard needs it)
}
