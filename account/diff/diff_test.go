package diff_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/account/diff"
)

const prefix = "arn:aws:quicksight:us-east-1:111122223333:"

// demo is an account in which the group sales sees EMEA and US through a
// dashboard, and bo owns the data set.
func demo() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"account.json":              `{"AwsAccountId": "111122223333", "Region": "us-east-1", "Lists": ["data-sets", "dashboards", "analyses", "folders", "users/default", "groups/default"]}`,
		"users/default/al.json":     `{"User": {"Arn": "` + prefix + `user/default/al", "UserName": "al", "Role": "READER"}}`,
		"users/default/bo.json":     `{"User": {"Arn": "` + prefix + `user/default/bo", "UserName": "bo", "Role": "AUTHOR"}}`,
		"groups/default/sales.json": `{"Group": {"Arn": "` + prefix + `group/default/sales", "GroupName": "sales"}, "GroupMemberList": [{"MemberName": "al"}]}`,
		"data-sets/rules.json":      `{"DataSet": {"Arn": "` + prefix + `dataset/rules", "DataSetId": "rules"}, "Permissions": []}`,
		"data-sets/rules.rules.csv": "GroupName,Region\nsales,\"EMEA,US\"\n",
		"data-sets/orders.json": `{"DataSet": {"Arn": "` + prefix + `dataset/orders", "DataSetId": "orders",
  "RowLevelPermissionDataSet": {"Arn": "` + prefix + `dataset/rules", "PermissionPolicy": "GRANT_ACCESS", "Status": "ENABLED"},
  "ColumnLevelPermissionRules": [{"Principals": ["` + prefix + `user/default/bo"], "ColumnNames": ["Margin"]}]},
  "Permissions": [{"Principal": "` + prefix + `user/default/bo", "Actions": ["quicksight:PassDataSet", "quicksight:UpdateDataSet"]}]}`,
		"dashboards/board.json": `{"Dashboard": {"Arn": "` + prefix + `dashboard/board", "DashboardId": "board", "Version": {"DataSetArns": ["` + prefix + `dataset/orders"]}},
  "Permissions": [{"Principal": "` + prefix + `group/default/sales", "Actions": ["quicksight:QueryDashboard"]}]}`,
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func read(t *testing.T, files fstest.MapFS) *account.Account {
	t.Helper()
	a, err := account.Read(files, nil)
	require.NoError(t, err)
	return a
}

func swap(file, old, new string) func(*testing.T, fstest.MapFS) {
	return func(t *testing.T, f fstest.MapFS) {
		require.Contains(t, string(f[file].Data), old)
		f[file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(f[file].Data), old, new))}
	}
}

func TestAccounts(t *testing.T) {
	const rules, orders, board, sales = "data-sets/rules.rules.csv", "data-sets/orders.json", "dashboards/board.json", "groups/default/sales.json"
	for _, tt := range []struct {
		reason     string
		change     func(*testing.T, fstest.MapFS)
		gain, loss bool
		want       string
	}{
		{"nothing", func(*testing.T, fstest.MapFS) {}, false, false, "nobody gains or loses anything\n"},
		{"the same rules in other words", swap(rules, "sales,\"EMEA,US\"", "sales,US\nsales,EMEA"), false, false, "nobody gains or loses anything\n"},
		{"a value more", swap(rules, "EMEA,US", "EMEA,US,APAC"), true, false, "al: data set orders: gains rows Region in (\"APAC\")\n"},
		{"a value less", swap(rules, "EMEA,US", "US"), false, true, "al: data set orders: loses rows Region in (\"EMEA\")\n"},
		{"another value", swap(rules, "EMEA,US", "EMEA,APAC"), true, true, "al: data set orders: gains rows Region in (\"APAC\"); loses rows Region in (\"US\")\n"},
		{"rules that are disabled", swap(orders, "ENABLED", "DISABLED"), true, false, "al, bo: data set orders: gains rows all\n"},
		{"a user in a group", swap(sales, `[{"MemberName": "al"}]`, `[{"MemberName": "al"}, {"MemberName": "bo"}]`), true, false,
			"bo: dashboard board: can open it now\nbo: data set orders: gains rows Region in (\"EMEA\", \"US\")\n"},
		{"a user out of a group", swap(sales, `[{"MemberName": "al"}]`, `[]`), false, true,
			"al: dashboard board: cannot open it any more\nal: data set orders: cannot open it any more; loses rows Region in (\"EMEA\", \"US\")\n"},
		{"a data set on a dashboard", swap(board, `"DataSetArns": [`, `"DataSetArns": ["`+prefix+`dataset/rules", `), true, false,
			"al: data set rules: can open it now; gains rows all\n"},
		{"a column", swap(orders, "user/default/bo\"], \"ColumnNames", "user/default/bo\", \""+prefix+"group/default/sales\"], \"ColumnNames"), true, false, "al: data set orders: gains columns Margin\n"},
		{"an owner", swap(orders, `"quicksight:PassDataSet", "quicksight:UpdateDataSet"`, `"quicksight:PassDataSet"`), false, true, "bo: data set orders: cannot change it any more\n"},
		{"who may share a dashboard", swap(board, `"quicksight:QueryDashboard"`, `"quicksight:QueryDashboard", "quicksight:UpdateDashboardPermissions"`), true, false, "al: dashboard board: can change it now\n"},
		{"tag rules", swap(orders, `"ColumnLevelPermissionRules"`, `"RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "t", "ColumnName": "Region"}]}, "ColumnLevelPermissionRules"`), true, true,
			"unclear: the tag rules of data set \"orders\" differ, and anonymous sessions may see other rows\n"},
		{"members that are unknown now", swap(sales, `"GroupMemberList"`, `"Other"`), true, true,
			"al: dashboard board: cannot open it any more\nal: data set orders: cannot open it any more; loses rows Region in (\"EMEA\", \"US\")\n" +
				"unclear: in the new state, the members of group \"sales\" of namespace default are unknown\n"},
		{"a dashboard for somebody who is in no list", swap(board, "group/default/sales", "user/tenant/eve"), true, true,
			"al: dashboard board: cannot open it any more\nal: data set orders: cannot open it any more; loses rows Region in (\"EMEA\", \"US\")\n" +
				"unclear: in the new state, the list of users of namespace tenant is incomplete\n"},
		{"rules that are unknown now", func(_ *testing.T, f fstest.MapFS) { delete(f, rules) }, true, true,
			"al, bo: data set orders: the rules are unknown, and what they show may have changed\n"},
		{"rules that are refused: QuickSight may take them", swap(rules, "\"EMEA,US\"", "\"EMEA\"x"), true, true,
			"al, bo: data set orders: the rules are unknown, and what they show may have changed\n"},
		{"DENY_ACCESS", swap(orders, "GRANT_ACCESS", "DENY_ACCESS"), true, true, "al, bo: data set orders: the rules are unknown, and what they show may have changed\n"},
		{"a user is deleted", func(_ *testing.T, f fstest.MapFS) { delete(f, "users/default/al.json") }, false, true,
			"al: dashboard board: cannot open it any more\nal: data set orders: cannot open it any more; loses rows Region in (\"EMEA\", \"US\")\n"},
	} {
		changed := demo()
		tt.change(t, changed)
		r, err := diff.Accounts(read(t, demo()), read(t, changed), nil)
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, r.String(), tt.reason)
		require.Equal(t, tt.gain, r.HasGain(), tt.reason)
		require.Equal(t, tt.loss, r.HasLoss(), tt.reason)
		back, err := diff.Accounts(read(t, changed), read(t, demo()), nil)
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.loss, back.HasGain(), "%s, the other way round", tt.reason)
		require.Equal(t, tt.gain, back.HasLoss(), "%s, the other way round", tt.reason)
	}
	// Levels of an author and of a reader on a folder that has the data set and the dashboard.
	folder := func(actions string) fstest.MapFS {
		f := demo()
		swap(orders, `, "quicksight:UpdateDataSet"`, "")(t, f)
		f["folders/f.json"] = &fstest.MapFile{Data: []byte(`{"Folder": {"Arn": "` + prefix + `folder/f", "FolderId": "f"}, "FolderMemberList": [{"MemberId": "orders", "MemberType": "DATASET"}, {"MemberId": "board", "MemberType": "DASHBOARD"}],
  "Permissions": [{"Principal": "` + prefix + `user/default/al", "Actions": [` + actions + `]}, {"Principal": "` + prefix + `user/default/bo", "Actions": [` + actions + `]}]}`)}
		return f
	}
	levels, err := diff.Accounts(read(t, folder(`"quicksight:DescribeFolder"`)), read(t, folder(`"quicksight:DescribeFolder", "quicksight:CreateFolderMembership"`)), nil)
	require.NoError(t, err)
	require.Equal(t, "bo: dashboard board: can change it now\nbo: data set orders: can change it now\n", levels.String(), "a contributor, and no reader")
	const tagged = `"RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "t", "ColumnName": "Region"}]}, "ColumnLevelPermissionRules"`
	before, after := demo(), demo()
	swap(orders, `"ColumnLevelPermissionRules"`, tagged)(t, before)
	swap(orders, `"ColumnLevelPermissionRules"`, strings.Replace(tagged, `"Region"}`, `"Region", "MatchAllValue": "(hidden)"}`, 1))(t, after)
	r, err := diff.Accounts(read(t, before), read(t, after), nil)
	require.NoError(t, err)
	require.True(t, r.HasGain(), "a match-all value")
	f := demo()
	swap("account.json", `, "folders"`, "")(t, f)
	r, err = diff.Accounts(read(t, f), read(t, f), nil)
	require.NoError(t, err)
	require.Equal(t, "unknown in both states: the list of folders is incomplete\n", r.String(), "and not that nobody gains anything")
	require.False(t, r.HasGain() || r.HasLoss())
	f = demo()
	delete(f, rules)
	r, err = diff.Accounts(read(t, f), read(t, f), nil)
	require.NoError(t, err)
	require.Equal(t, "unknown rules: data sets orders\n", r.String())
}

// Rules that are unknown on both sides are a change if anything about them is.
func TestUnknownOnBothSides(t *testing.T) {
	const orders, rset, sales = "data-sets/orders.json", "data-sets/rules.json", "groups/default/sales.json"
	child := func(f fstest.MapFS) {
		f["data-sets/child.json"] = &fstest.MapFile{Data: []byte(`{"DataSet": {"Arn": "` + prefix + `dataset/child", "DataSetId": "child", "LogicalTableMap": {"t": {"Source": {"DataSetArn": "` + prefix + `dataset/orders"}}}},
  "Permissions": [{"Principal": "` + prefix + `user/default/al", "Actions": ["quicksight:PassDataSet"]}]}`)}
	}
	for _, tt := range []struct {
		reason string
		change func(*testing.T, fstest.MapFS)
		want   bool
	}{
		{"nothing", func(*testing.T, fstest.MapFS) {}, false},
		{"another policy", swap(orders, "GRANT_ACCESS", "DENY_ACCESS"), true},
		{"another permission dataset", swap(orders, "dataset/rules", "dataset/rules2"), true},
		{"a group more, which rules may name", func(_ *testing.T, f fstest.MapFS) {
			f["groups/default/all.json"] = &fstest.MapFile{Data: []byte(`{"Group": {"Arn": "` + prefix + `group/default/all", "GroupName": "all"}, "GroupMemberList": [{"MemberName": "al"}]}`)}
		}, true},
		{"no group, and a permission of its own", swap(sales, `[{"MemberName": "al"}]`, `[]`), true},
	} {
		before, after := demo(), demo()
		for _, f := range []fstest.MapFS{before, after} {
			delete(f, "data-sets/rules.rules.csv")
			child(f)
		}
		tt.change(t, after)
		r, err := diff.Accounts(read(t, before), read(t, after), nil)
		require.NoError(t, err)
		var unclear []string
		for _, c := range r.Changes {
			if c.Unclear && c.User == "al" && c.ID == "child" {
				unclear = append(unclear, c.ID)
			}
		}
		require.Equal(t, tt.want, len(unclear) > 0, "%s: %v", tt.reason, r)
	}
}

// TestZero holds that nothing is gained in accounts that are not there.
func TestZero(t *testing.T) {
	for _, none := range []*account.Account{nil, {}} {
		r, err := diff.Accounts(none, none, nil)
		require.NoError(t, err)
		require.False(t, r.HasGain() || r.HasLoss())
		r, err = diff.Accounts(none, read(t, demo()), nil)
		require.NoError(t, err)
		require.True(t, r.HasGain())
		require.False(t, r.HasLoss())
	}
	require.False(t, (*diff.Result)(nil).HasGain() || (*diff.Result)(nil).HasLoss())
	require.False(t, diff.Change{}.HasGain() || diff.Change{}.HasLoss())
}

func ExampleAccounts() {
	old, err := account.Read(demo(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	files := demo()
	files["data-sets/rules.rules.csv"] = &fstest.MapFile{Data: []byte("GroupName,Region\nsales,\n")}
	changed, err := account.Read(files, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := diff.Accounts(old, changed, nil)
	fmt.Printf("%s%t %v\n", result, result.HasGain(), err)
	// Output:
	// al: data set orders: gains rows all
	// true <nil>
}
