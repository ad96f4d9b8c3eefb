package accountpull_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/account"
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
