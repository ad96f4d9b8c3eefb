package accountpull_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/account/check"
	"github.com/rowsight/rowsight/adapters/aws/accountpull"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestPullFolders: folders are read with what is in them, with the permissions
// that they inherit, and page by page.
func TestPullFolders(t *testing.T) {
	server := quicksighttest.NewServer(t)
	arn := "arn:aws:quicksight:" + server.Region + ":" + server.Account + ":"
	answers := map[string]string{
		"/folders":                            `{"FolderSummaryList": [{"Arn": "` + arn + `folder/top", "FolderId": "top", "Name": "Top", "FolderType": "SHARED"}], "NextToken": "2"}`,
		"/folders?2":                          `{"FolderSummaryList": [{"Arn": "` + arn + `folder/inner", "FolderId": "inner", "Name": "Inner", "FolderType": "SHARED"}]}`,
		"/folders/top":                        `{"Folder": {"Arn": "` + arn + `folder/top", "FolderId": "top", "FolderType": "SHARED", "FolderPath": []}}`,
		"/folders/inner":                      `{"Folder": {"Arn": "` + arn + `folder/inner", "FolderId": "inner", "FolderType": "SHARED", "FolderPath": ["` + arn + `folder/top"]}}`,
		"/folders/top/members":                `{"FolderMemberList": []}`,
		"/folders/inner/members":              `{"FolderMemberList": [{"MemberId": "sales-rules", "MemberArn": "` + arn + `dataset/sales-rules"}], "NextToken": "2"}`,
		"/folders/inner/members?2":            `{"FolderMemberList": [{"MemberId": "sales", "MemberArn": "` + arn + `dashboard/sales"}]}`,
		"/folders/top/resolved-permissions":   `{"Permissions": [{"Principal": "` + arn + `user/default/MarthaRivera", "Actions": ["quicksight:DescribeFolder"]}]}`,
		"/folders/inner/resolved-permissions": `{"Permissions": [{"Principal": "` + arn + `user/default/MarthaRivera", "Actions": ["quicksight:DescribeFolder"]}]}`,
	}
	endpoint := proxy(t, server.URL, func(w http.ResponseWriter, r *http.Request) bool {
		path := strings.TrimPrefix(r.URL.Path, "/accounts/"+server.Account)
		if token := r.URL.Query().Get("next-token"); token != "" {
			path += "?" + token
		}
		if answers[path] != "" {
			_, _ = w.Write([]byte(answers[path]))
		}
		return answers[path] != ""
	})
	dir := filepath.Join(t.TempDir(), "account")
	cfg := config(server.Region, server.AccessKeyID, server.SecretAccessKey)
	require.NoError(t, accountpull.Pull(t.Context(), cfg, dir, &accountpull.Options{Account: server.Account, Endpoint: endpoint, Retryer: fast()}))
	a, err := account.Read(os.DirFS(dir), nil)
	require.NoError(t, err)
	require.True(t, a.Lists(account.Folders, ""))
	require.Len(t, a.Folders, 2)
	sales, _ := a.DataSet("sales")
	martha, _ := a.User("default", "MarthaRivera")
	var ways []string
	for _, w := range a.Opens(martha, sales) {
		if w.Through == account.Folders {
			ways = append(ways, w.String())
		}
	}
	require.Equal(t, []string{"folder inner, shared with user MarthaRivera"}, ways)
	for _, gap := range a.GapsOf(sales) {
		require.NotContains(t, gap, "folder")
	}
}

// TestPullLink: who may open a dashboard by its link is the same in the pulled account
// as in the service, and a finding.
func TestPullLink(t *testing.T) {
	server, ctx := quicksighttest.NewServer(t), t.Context()
	arn := "arn:aws:quicksight:" + server.Region + ":" + server.Account + ":"
	everybody := []map[string]any{{"Principal": arn + "namespace/default", "Actions": []string{"quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"}}}
	pull := func() (*account.Account, int) {
		dir := filepath.Join(t.TempDir(), "account")
		cfg := config(server.Region, server.AccessKeyID, server.SecretAccessKey)
		require.NoError(t, accountpull.Pull(ctx, cfg, dir, &accountpull.Options{Account: server.Account, Endpoint: server.URL, Retryer: fast()}))
		a, err := account.Read(os.DirFS(dir), nil)
		require.NoError(t, err)
		sales, _ := a.DataSet("sales")
		openers := 0
		for _, u := range a.Users {
			_, err := server.Rows(ctx, "sales", u.Namespace, u.Name)
			require.Equal(t, err == nil, len(a.Opens(u, sales)) > 0, "%s: %v", u.Name, err)
			require.Equal(t, err == nil, len(a.OpensDashboard(u, a.Dashboards[0])) > 0, u.Name)
			if err == nil {
				openers++
			}
		}
		return a, openers
	}
	require.NoError(t, server.Do(ctx, "PUT", "/dashboards/sales/permissions", map[string]any{"RevokePermissions": everybody}, nil))
	a, openers := pull()
	require.Zero(t, openers)
	require.Empty(t, a.Dashboards[0].Link.List)
	require.NoError(t, server.Do(ctx, "PUT", "/dashboards/sales/permissions", map[string]any{"GrantLinkPermissions": everybody}, nil))
	a, openers = pull()
	require.Equal(t, len(a.Users), openers)
	require.NotZero(t, openers)
	var found []string
	for _, f := range check.Account(a, nil) {
		if f.ID == "RA005" || f.ID == "RA006" {
			found = append(found, f.ID)
		}
	}
	require.Equal(t, []string{"RA006"}, found)
}
