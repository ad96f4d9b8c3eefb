package account

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestGaps: whoever may open a data set and is not among the openers leaves a gap.
func TestGaps(t *testing.T) {
	const whole = `{"AwsAccountId": "111122223333", "Lists": ["data-sets", "dashboards", "analyses", "folders", "users/default", "groups/default"]}`
	edit := func(file, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			text := string(f[file].Data)
			require.Contains(t, text, old)
			f[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
		}
	}
	add := func(file, text string) func(fstest.MapFS) {
		return func(f fstest.MapFS) { f[file] = &fstest.MapFile{Data: []byte(text)} }
	}
	folder := func(rest string) func(fstest.MapFS) {
		return add("folders/f.json", `{"Folder": {"Arn": "`+arnOf+`folder/f", "FolderId": "f"}`+rest+`}`)
	}
	const board = "dashboards/board.json"
	for _, tt := range []struct {
		reason string
		change func(fstest.MapFS)
		want   []string
	}{
		{"nothing lacks", func(fstest.MapFS) {}, nil},
		{"no list of dashboards", edit("account.json", `"dashboards", `, ""), []string{"the list of dashboards is incomplete"}},
		{"no list of folders", edit("account.json", `"folders", `, ""), []string{"the list of folders is incomplete"}},
		{"no permissions", edit(board, `"Permissions"`, `"Other"`), []string{`the permissions of dashboard "board" are unknown`}},
		{"no permissions of the data set", edit("data-sets/orders.json", `, "Permissions": []`, ""), []string{`the permissions of data set "orders" are unknown`}},
		{"a dashboard that is only listed", add("dashboards/x.json", `{"Dashboard": {"Arn": "`+arnOf+`dashboard/x", "DashboardId": "x"}, "Permissions": []}`), []string{`the data sets of dashboard "x" are unknown`}},
		{"a dashboard without data sets", add("dashboards/x.json", `{"Dashboard": {"Arn": "`+arnOf+`dashboard/x", "DashboardId": "x", "Version": {"DataSetArns": []}}, "Permissions": []}`), nil},
		{"no members of a group", edit("groups/default/sales.json", `"GroupMemberList"`, `"Other"`), []string{`the members of group "sales" of namespace default are unknown`}},
		{"a member who is no user of the folder", func(f fstest.MapFS) {
			delete(f, "users/default/al.json")
			edit("account.json", `, "users/default"`, "")(f)
		}, []string{"the list of users of namespace default is incomplete"}},
		{"a member who is gone", func(f fstest.MapFS) { delete(f, "users/default/al.json") }, nil},
		{"a group that is in no list", func(f fstest.MapFS) {
			edit("account.json", `, "groups/default"`, "")(f)
			edit(board, "group/default/sales", "group/default/new")(f)
		}, []string{"the list of groups of namespace default is incomplete"}},
		{"everybody on the internet", edit(board, arnOf+"group/default/sales", "arn:aws:quicksight:::publicAnonymousUser/*"), []string{`"arn:aws:quicksight:::publicAnonymousUser/*" may stand for users who are not in the folder`}},
		{"a user of another account", edit(board, arnOf+"group/default/sales", "arn:aws:quicksight:us-east-1:999999999999:user/default/al"), []string{`"arn:aws:quicksight:us-east-1:999999999999:user/default/al" may stand for users who are not in the folder`}},
		{"no members of a folder", folder(`, "Permissions": []`), []string{`the members of folder "f" are unknown`}},
		{"no permissions of a folder", folder(`, "FolderMemberList": [{"MemberId": "board", "MemberType": "DASHBOARD"}]`), []string{`the permissions of folder "f" are unknown`}},
		{"a member of a folder by its ARN", folder(`, "Permissions": [], "FolderMemberList": [{"MemberId": "board", "MemberArn": "` + arnOf + `dashboard/board"}]`), nil},
		{"a member of a folder without its kind", folder(`, "Permissions": [], "FolderMemberList": [{"MemberId": "board"}]`), []string{`the members of folder "f" are unknown`}},
		{"a member of a folder with the ARN of another", folder(`, "Permissions": [], "FolderMemberList": [{"MemberId": "board", "MemberArn": "` + arnOf + `dashboard/other"}]`), []string{`the members of folder "f" are unknown`}},
	} {
		files := demo()
		files["account.json"] = &fstest.MapFile{Data: []byte(whole)}
		tt.change(files)
		a, err := Read(files, nil)
		require.NoError(t, err, tt.reason)
		orders, _ := a.DataSet("orders")
		require.Equal(t, tt.want, a.GapsOf(orders), tt.reason)
		require.Equal(t, tt.want, a.Gaps(), tt.reason)
	}
	a, err := Read(demo(), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"the list of folders is incomplete"}, a.DashboardGaps(a.Dashboards[0]))
	require.Equal(t, []string{"the list of groups of namespace default is incomplete", "the list of namespaces is incomplete"}, a.RosterGaps())
	for _, none := range []*Account{nil, {}} {
		require.Empty(t, none.GapsOf(nil))
	}
	require.Empty(t, (*Account)(nil).Gaps())
	require.Empty(t, (*Account)(nil).RosterGaps())
	require.Empty(t, (*Account)(nil).DashboardGaps(Dashboard{}))
}

// Actions of permissions have wildcards.
func TestWildcards(t *testing.T) {
	for _, tt := range []struct {
		action string
		want   bool
	}{
		{"quicksight:QueryDashboard", true}, {"quicksight:*", true}, {"*", true}, {"quicksight:Query*", true}, {"quicksight:query?ashboard", true},
		{"quicksight:Tag*", false}, {"quicksight:ListDashboards", false}, {"", false},
	} {
		require.Equal(t, tt.want, allows(Permission{Actions: []string{tt.action}}, seeing), tt.action)
	}
}
