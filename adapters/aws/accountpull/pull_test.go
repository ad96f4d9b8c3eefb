package accountpull_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/adapters/aws/accountpull"
	"github.com/rowsight/rowsight/adapters/aws/internal/mototest"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(text)
		return err
	}))
	return files
}

func config(region, id, secret string) aws.Config {
	return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider(id, secret, "")}
}

// fast tries again at once.
func fast() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.Backoff = 5, retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}

// TestPullTwice: the account of our own service, twice, gives the same bytes, and
// what the service holds.
func TestPullTwice(t *testing.T) {
	server, ctx := quicksighttest.NewServer(t), t.Context()
	for i := range 230 { // several pages
		require.NoError(t, server.Do(ctx, "POST", "/namespaces/default/users", map[string]any{
			"UserName": fmt.Sprintf("role/a+b c%03d", i), "Email": "x@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT",
		}, nil))
	}
	require.NoError(t, server.Do(ctx, "POST", "/namespaces/default/groups", map[string]any{"GroupName": "Empty"}, nil))
	arn := "arn:aws:quicksight:" + server.Region + ":" + server.Account + ":"
	require.NoError(t, server.Do(ctx, "POST", "/folders/top", map[string]any{"Name": "Top", "Permissions": []map[string]any{
		{"Principal": arn + "user/default/Nobody", "Actions": []string{"quicksight:DescribeFolder"}},
	}}, nil))
	require.NoError(t, server.Do(ctx, "POST", "/folders/inner", map[string]any{"Name": "Inner", "ParentFolderArn": arn + "folder/top"}, nil))
	for _, member := range []string{"DATASET/sales", "DASHBOARD/sales"} { // of one id
		require.NoError(t, server.Do(ctx, "PUT", "/folders/inner/members/"+member, nil, nil))
	}
	cfg := config(server.Region, server.AccessKeyID, server.SecretAccessKey)
	dir := filepath.Join(t.TempDir(), "account")
	var notes []string
	progress := make(map[account.Kind]int)
	opts := &accountpull.Options{Account: server.Account, Endpoint: server.URL, Note: func(s string) { notes = append(notes, s) },
		Progress: func(kind account.Kind, done, total int) {
			progress[kind] = max(progress[kind], done)
			require.LessOrEqual(t, done, total)
		}}
	require.NoError(t, accountpull.Pull(ctx, cfg, dir, opts))
	first := filesIn(t, dir)
	require.Equal(t, 234, progress[account.Users])
	require.Empty(t, notes, "the service has every operation that a pull calls")

	a, err := account.Read(os.DirFS(dir), nil)
	require.NoError(t, err)
	require.Len(t, a.Users, 234)
	require.True(t, a.Lists(account.Users, "default"))
	sales, ok := a.DataSet("sales")
	require.True(t, ok)
	require.True(t, sales.Described)
	require.NotNil(t, sales.UserRules())
	nikhil, _ := a.User("default", "NikhilJayashankar")
	require.Equal(t, "APAC-Sales", a.GroupsOf(nikhil)[0].Name)
	require.Len(t, a.Opens(nikhil, sales), 1, "the dashboard is shared with the namespace")
	nobody, _ := a.User("default", "Nobody")
	var ways []string
	for _, w := range a.Opens(nobody, sales) {
		ways = append(ways, w.String())
	}
	require.Equal(t, []string{"dashboard sales, shared with namespace default", "folder inner, shared with user Nobody"}, ways,
		"the dashboard, itself and in the folder; a reader opens no data set through a folder")
	empty, _ := a.Group("default", "Empty")
	require.True(t, empty.MembersKnown, "a group without members is known to have none")
	for name, text := range first {
		require.NotContains(t, text, server.SecretAccessKey, name)
	}

	require.NoError(t, accountpull.Pull(ctx, cfg, dir, opts))
	require.Equal(t, first, filesIn(t, dir))
	other := filepath.Join(t.TempDir(), "other")
	require.NoError(t, accountpull.Pull(ctx, cfg, other, opts))
	require.Equal(t, first, filesIn(t, other))

	// What has gone from the account goes from the folder.
	require.NoError(t, server.Do(ctx, "DELETE", "/namespaces/default/users/Nobody", nil, nil))
	require.NoError(t, accountpull.Pull(ctx, cfg, dir, opts))
	require.NotContains(t, filesIn(t, dir), "users/default/Nobody.json")
}

// proxy passes requests on unless refuse answers them.
func proxy(t *testing.T, to string, refuse func(w http.ResponseWriter, r *http.Request) bool) string {
	target, err := url.Parse(to)
	require.NoError(t, err)
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !refuse(w, r) {
			pass.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func answer(w http.ResponseWriter, status int, code string) bool {
	w.Header().Set("X-Amzn-ErrorType", code+":http://internal.amazon.com/coral/")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"Message": "m"})
	return true
}

// TestPullContinues: a pull that is throttled, loses its service and lacks an
// action goes on where it ended, and is refused by Read until then.
func TestPullContinues(t *testing.T) {
	server, ctx := quicksighttest.NewServer(t), t.Context()
	cfg := config(server.Region, server.AccessKeyID, server.SecretAccessKey)
	whole := filepath.Join(t.TempDir(), "whole")
	require.NoError(t, accountpull.Pull(ctx, cfg, whole, &accountpull.Options{Account: server.Account, Endpoint: server.URL}))

	var calls, users atomic.Int64
	var mode atomic.Value
	mode.Store("throttle")
	endpoint := proxy(t, server.URL, func(w http.ResponseWriter, r *http.Request) bool {
		n := calls.Add(1)
		if strings.Contains(r.URL.Path, "/data-sets/") && strings.HasSuffix(r.URL.Path, "sales") {
			users.Add(1)
		}
		switch {
		case mode.Load() == "throttle" && n%3 == 0:
			return answer(w, 429, "ThrottlingException")
		case mode.Load() == "throttle" && n%7 == 0:
			return answer(w, 503, "InternalFailureException")
		case mode.Load() == "deny" && strings.HasSuffix(r.URL.Path, "/permissions"):
			return answer(w, 403, "AccessDeniedException")
		case mode.Load() == "deny" && strings.HasSuffix(r.URL.Path, "/groups"):
			return answer(w, 403, "AccessDeniedException")
		case mode.Load() == "broken" && strings.HasSuffix(r.URL.Path, "/dashboards"):
			return answer(w, 400, "InvalidParameterValueException")
		}
		return false
	})
	opts := &accountpull.Options{Account: server.Account, Endpoint: endpoint, Retryer: fast()}
	dir := filepath.Join(t.TempDir(), "account")
	require.NoError(t, accountpull.Pull(ctx, cfg, dir, opts), "throttled calls are tried again")
	require.Equal(t, filesIn(t, whole), filesIn(t, dir))

	dir = filepath.Join(t.TempDir(), "account")
	mode.Store("deny")
	err := accountpull.Pull(ctx, cfg, dir, opts)
	require.ErrorIs(t, err, accountpull.ErrDenied)
	require.ErrorContains(t, err, "quicksight:DescribeDashboardPermissions, quicksight:DescribeDataSetPermissions, quicksight:DescribeDataSourcePermissions, quicksight:ListGroups")
	_, err = account.Read(os.DirFS(dir), nil)
	require.ErrorIs(t, err, account.ErrUnfinished)

	mode.Store("broken")
	users.Store(0)
	err = accountpull.Pull(ctx, cfg, dir, opts)
	require.ErrorContains(t, err, "ListDashboards: InvalidParameterValueException: m")
	require.Equal(t, int64(1), users.Load(), "what was denied is read now")
	mode.Store("")
	users.Store(0)
	require.NoError(t, accountpull.Pull(ctx, cfg, dir, opts))
	require.Zero(t, users.Load(), "what was read is not read again")
	require.Equal(t, filesIn(t, whole), filesIn(t, dir))

	ended, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, accountpull.Pull(ended, cfg, dir, opts), context.Canceled)
	_, err = account.Read(os.DirFS(dir), nil)
	require.ErrorIs(t, err, account.ErrUnfinished)
}

// TestPullUploads: a data set that the API lists and does not describe is kept as
// it is listed.
func TestPullUploads(t *testing.T) {
	server, ctx := quicksighttest.NewServer(t), t.Context()
	endpoint := proxy(t, server.URL, func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/data-sets/sales-rules") && answer(w, 400, "InvalidParameterValueException")
	})
	dir := filepath.Join(t.TempDir(), "account")
	cfg := config(server.Region, server.AccessKeyID, server.SecretAccessKey)
	require.NoError(t, accountpull.Pull(ctx, cfg, dir, &accountpull.Options{Account: server.Account, Endpoint: endpoint, Retryer: fast()}))
	a, err := account.Read(os.DirFS(dir), nil)
	require.NoError(t, err)
	rules, ok := a.DataSet("sales-rules")
	require.True(t, ok)
	require.False(t, rules.Described)
}

// TestPullHostile: an answer that lacks what it must have is an error, and never
// taken for an account that has nothing.
func TestPullHostile(t *testing.T) {
	server := quicksighttest.NewServer(t)
	cfg := config(server.Region, server.AccessKeyID, server.SecretAccessKey)
	for _, tt := range []struct{ path, answer, want string }{
		{"/namespaces/default/users", `{}`, "ListUsers: the answer has no list UserList"},
		{"/namespaces/default/users", `{"UserList": {}}`, "ListUsers: the answer has no list UserList"},
		{"/namespaces/default/users", `null`, "ListUsers: the answer has no list UserList"},
		{"/namespaces/default/users", `[]`, "ListUsers: the answer is not a JSON object"},
		{"/namespaces/default/users", `{"UserList": [], "NextToken": 7}`, "ListUsers: NextToken is not text"},
		{"/namespaces/default/users", `{"UserList": [], "NextToken": "again"}`, "ListUsers: the service repeats a page"},
		{"/namespaces/default/users", `{"UserList": [{"UserName": null}]}`, "ListUsers: an item without UserName"},
		{"/namespaces/default/groups/APAC-Sales/members", `{}`, "ListGroupMemberships: the answer has no list GroupMemberList"},
		{"/data-sets/sales", `{"DataSet": null}`, "DescribeDataSet: the answer has no DataSet"},
		{"/dashboards/sales", `{}`, "DescribeDashboard: the answer has no Dashboard"},
	} {
		endpoint := proxy(t, server.URL, func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, tt.path) {
				return false
			}
			_, _ = w.Write([]byte(tt.answer))
			return true
		})
		dir := filepath.Join(t.TempDir(), "account")
		err := accountpull.Pull(t.Context(), cfg, dir, &accountpull.Options{Account: server.Account, Endpoint: endpoint, Retryer: fast()})
		require.ErrorContains(t, err, tt.want, tt.answer)
		_, err = account.Read(os.DirFS(dir), nil)
		require.ErrorIs(t, err, account.ErrUnfinished)
	}
	endpoint := proxy(t, server.URL, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/data-sets/sales/permissions") {
			return false
		}
		_, _ = w.Write([]byte(`{}`))
		return true
	})
	dir := filepath.Join(t.TempDir(), "account")
	require.NoError(t, accountpull.Pull(t.Context(), cfg, dir, &accountpull.Options{Account: server.Account, Endpoint: endpoint, Retryer: fast()}))
	a, err := account.Read(os.DirFS(dir), nil)
	require.NoError(t, err)
	sales, _ := a.DataSet("sales")
	require.False(t, sales.Permissions.Known, "permissions that are in no answer are unknown")
}

// TestPullEndless: a list whose tokens never repeat and never end is an error, and
// so is one that names a resource twice with different content.
func TestPullEndless(t *testing.T) {
	server := quicksighttest.NewServer(t)
	cfg := config(server.Region, server.AccessKeyID, server.SecretAccessKey)
	for _, tt := range []struct{ reason, page, want string }{
		{"empty pages", "", "ListUsers: the list does not end"},
		{"the same page with another token", `{"UserName": "al", "Arn": "arn:aws:quicksight:us-east-1:111122223333:user/default/al"}`, "ListUsers: the list does not end"},
		{"another user of one name", `{"UserName": "al", "Role": "N"}`, `ListUsers: UserName "al" is listed twice with different content`},
	} {
		var calls atomic.Int64
		endpoint := proxy(t, server.URL, func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/namespaces/default/users") {
				return false
			}
			n := fmt.Sprint(calls.Add(1))
			_, _ = fmt.Fprintf(w, `{"UserList": [%s], "NextToken": "t%s"}`, strings.Replace(tt.page, `"N"`, `"`+n+`"`, 1), n)
			return true
		})
		dir := filepath.Join(t.TempDir(), "account")
		err := accountpull.Pull(t.Context(), cfg, dir, &accountpull.Options{Account: server.Account, Endpoint: endpoint, Retryer: fast()})
		require.ErrorContains(t, err, tt.want, tt.reason)
		require.LessOrEqual(t, calls.Load(), int64(102), tt.reason)
		_, err = account.Read(os.DirFS(dir), nil)
		require.ErrorIs(t, err, account.ErrUnfinished)
	}
}

// TestPullKeeps: a list that the service does not answer removes nothing from the
// folder of an earlier pull.
func TestPullKeeps(t *testing.T) {
	server, ctx := quicksighttest.NewServer(t), t.Context()
	var refuse atomic.Value
	refuse.Store("")
	endpoint := proxy(t, server.URL, func(w http.ResponseWriter, r *http.Request) bool {
		path, _ := refuse.Load().(string)
		switch {
		case path == "" || !strings.HasSuffix(r.URL.Path, path):
			return false
		case strings.Contains(path, "groups"):
			return answer(w, 404, "ResourceNotFoundException")
		}
		return answer(w, 501, "NotImplementedException")
	})
	dir := filepath.Join(t.TempDir(), "account")
	cfg := config(server.Region, server.AccessKeyID, server.SecretAccessKey)
	opts := &accountpull.Options{Account: server.Account, Endpoint: endpoint, Retryer: fast()}
	require.NoError(t, accountpull.Pull(ctx, cfg, dir, opts))
	first := filesIn(t, dir)
	for _, path := range []string{"/data-sets", "/namespaces/default/groups", "/dashboards", "/namespaces"} {
		refuse.Store(path)
		require.NoError(t, accountpull.Pull(ctx, cfg, dir, opts), path)
		again := filesIn(t, dir)
		for name := range first {
			require.Contains(t, again, name, path)
		}
		a, err := account.Read(os.DirFS(dir), nil)
		require.NoError(t, err)
		require.NotEmpty(t, append(a.Gaps(), a.RosterGaps()...), "%s: and the folder says that its list is not complete", path)
	}
	refuse.Store("")
	require.NoError(t, accountpull.Pull(ctx, cfg, dir, opts))
	require.Equal(t, first, filesIn(t, dir))
}

func TestPullRefuses(t *testing.T) {
	server := quicksighttest.NewServer(t)
	for _, tt := range []struct {
		reason string
		cfg    aws.Config
		opts   accountpull.Options
		want   string
	}{
		{"another key", config(server.Region, "AKIDNOBODY", "x"), accountpull.Options{Account: server.Account, Endpoint: server.URL}, ""},
		{"no Region", config("", "a", "b"), accountpull.Options{Account: server.Account}, "Region"},
		{"no credentials", aws.Config{Region: "us-east-1"}, accountpull.Options{Account: server.Account}, "credentials"},
		{"no account", config("us-east-1", "a", "b"), accountpull.Options{Account: "x"}, "12 digits"},
	} {
		dir := filepath.Join(t.TempDir(), "account")
		tt.opts.Retryer = fast()
		err := accountpull.Pull(t.Context(), tt.cfg, dir, &tt.opts)
		require.ErrorContains(t, err, tt.want, tt.reason)
		_, err = account.Read(os.DirFS(dir), nil)
		require.Error(t, err, tt.reason)
	}
}

// TestPullMoto: moto's imitation of the service gives the same bytes twice.
func TestPullMoto(t *testing.T) {
	endpoint := mototest.Start(t)
	cfg := config("us-east-1", "AKIDEXAMPLE", "secret")
	call := func(method, path, body string) error {
		req, err := http.NewRequest(method, endpoint+"/accounts/123456789012"+path, strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/quicksight/aws4_request, SignedHeaders=host, Signature=0")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode/100 != 2 {
			return fmt.Errorf("HTTP %d", resp.StatusCode)
		}
		return nil
	}
	require.NoError(t, call("POST", "/namespaces/default/groups", `{"GroupName": "sales"}`))
	require.NoError(t, call("POST", "/namespaces/default/users", `{"UserName": "al", "Email": "al@example.com", "IdentityType": "QUICKSIGHT", "UserRole": "READER"}`))
	require.NoError(t, call("PUT", "/namespaces/default/groups/sales/members/al", ""))
	opts := &accountpull.Options{Account: "123456789012", Endpoint: endpoint, Retryer: fast()}
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	require.NoError(t, accountpull.Pull(t.Context(), cfg, first, opts))
	require.NoError(t, accountpull.Pull(t.Context(), cfg, second, opts))
	require.Equal(t, filesIn(t, first), filesIn(t, second))
	a, err := account.Read(os.DirFS(first), nil)
	require.NoError(t, err)
	al, ok := a.User("default", "al")
	require.True(t, ok)
	require.Len(t, a.GroupsOf(al), 1)
}

func TestPolicy(t *testing.T) {
	var policy struct {
		Statement []struct {
			Action   []string
			Resource string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(accountpull.Policy("111122223333", "us-gov-west-1")), &policy))
	require.Equal(t, accountpull.Actions(), policy.Statement[0].Action)
	require.Equal(t, "arn:aws-us-gov:quicksight:*:111122223333:*", policy.Statement[0].Resource)
	for _, action := range accountpull.Actions() {
		require.Regexp(t, "^quicksight:(List|Describe)", action, "only reads")
	}
}

// TestZero holds that nothing is read without credentials.
func TestZero(t *testing.T) {
	require.Error(t, accountpull.Pull(t.Context(), aws.Config{}, t.TempDir(), &accountpull.Options{Account: "111122223333"}))
}

func ExamplePolicy() {
	fmt.Print(strings.Split(accountpull.Policy("111122223333", "us-east-1"), "\n")[1])
	// Output:   "Statement": [
}
