package quicksight_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// usersEnv is how many users the tests below list and register. Without it they are
// short: ROWSIGHT_USERS=1000000 go test ./quicksight -run TestManyUsers -v -timeout 30m
const usersEnv = "ROWSIGHT_USERS"

func manyUsers(t *testing.T, short int) (n int, long bool) {
	t.Helper()
	text := os.Getenv(usersEnv)
	if text == "" {
		return short, false
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, usersEnv)
	return n, true
}

func openMany(t *testing.T) *quicksight.Service {
	t.Helper()
	service, err := quicksight.Open(t.Context(), t.TempDir(), &quicksight.Options{Account: quicksighttest.Account, Region: quicksighttest.Region, Unauthenticated: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, service.Close()) })
	return service
}

// fill registers users in the directory, without the API.
func fill(t *testing.T, service *quicksight.Service, from, to int) {
	t.Helper()
	for ; from < to; from += 10_000 {
		var batch []namespace.RegisterUserInput
		for i := from; i < min(from+10_000, to); i++ {
			batch = append(batch, namespace.RegisterUserInput{UserName: fmt.Sprintf("user-%07d", i), Email: "a@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityQuickSight})
		}
		require.NoError(t, service.Directory().Administrator().RegisterUsers(t.Context(), batch))
	}
}

// listUsers reads all users in pages of 100, as listPages does.
func listUsers(t *testing.T, service *quicksight.Service) (users int, most, mean uint64) {
	t.Helper()
	return listPages(t, service, "/namespaces/default/users", func(text []byte) (names []string, token string) {
		var out struct {
			UserList  []struct{ UserName string }
			NextToken string
		}
		require.NoError(t, json.Unmarshal(text, &out))
		for _, u := range out.UserList {
			names = append(names, u.UserName)
		}
		return names, out.NextToken
	})
}

// listPages reads a list in pages of 100, and returns how many items there are, and how
// many bytes were allocated for a page at most, and on average.
func listPages(t *testing.T, service *quicksight.Service, path string, read func(text []byte) (names []string, token string)) (items int, most, mean uint64) {
	t.Helper()
	path = "http://localhost/accounts/" + quicksighttest.Account + path + "?max-results=100"
	var before, after runtime.MemStats
	var total uint64
	token, last, pages := "", "", uint64(0)
	for {
		r := httptest.NewRequest("GET", path+"&next-token="+url.QueryEscape(token), nil)
		if token == "" {
			r = httptest.NewRequest("GET", path, nil)
		}
		w := httptest.NewRecorder()
		w.Body = bytes.NewBuffer(make([]byte, 0, 64<<10))
		runtime.ReadMemStats(&before)
		service.ServeHTTP(w, r)
		runtime.ReadMemStats(&after)
		most, total, pages = max(most, after.TotalAlloc-before.TotalAlloc), total+after.TotalAlloc-before.TotalAlloc, pages+1
		var names []string
		names, token = read(w.Body.Bytes())
		for _, name := range names {
			require.Greater(t, name, last, "each once, in order")
			last = name
		}
		items += len(names)
		if token == "" {
			return items, most, total / pages
		}
	}
}

// TestManyUsers: a page costs the same memory among 1,000 users and among many, so that
// listing neither copies nor sorts the others.
func TestManyUsers(t *testing.T) {
	n, _ := manyUsers(t, 20_000)
	service := openMany(t)
	fill(t, service, 0, 1000)
	users, _, few := listUsers(t, service)
	require.Equal(t, 1000, users)
	began := time.Now()
	fill(t, service, 1000, n)
	filled := time.Since(began)
	runtime.GC()
	var held runtime.MemStats
	runtime.ReadMemStats(&held)
	began = time.Now()
	users, most, mean := listUsers(t, service)
	t.Logf("%d users in the directory in %v, %d MB of heap; listed in pages of 100 in %v; %d bytes allocated for a page on average, %d at most; %d among 1,000 users",
		n, filled.Round(time.Millisecond), held.HeapAlloc>>20, time.Since(began).Round(time.Millisecond), mean, most, few)
	require.Equal(t, n, users)
	require.Less(t, mean, few+few/5, "a page among many users costs more than among few")
	require.Less(t, most, uint64(1<<20))
	require.Less(t, most, uint64(n)*16+256<<10, "as if names of all users were copied")
}

// TestManyAssets: a page of dashboards, analyses, data sets or folders costs the same
// memory among 1,000 and among many, and a list in pages reads each id once.
func TestManyAssets(t *testing.T) {
	const few, many = 1000, 10_000
	for path, names := range map[string][2]string{
		"/dashboards": {"DashboardSummaryList", "DashboardId"}, "/analyses": {"AnalysisSummaryList", "AnalysisId"},
		"/data-sets": {"DataSetSummaries", "DataSetId"}, "/folders": {"FolderSummaryList", "FolderId"},
	} {
		t.Run(path[1:], func(t *testing.T) {
			service := openMany(t)
			list := func() (int, uint64) {
				items, _, mean := listPages(t, service, path, func(text []byte) (ids []string, token string) {
					var out map[string]json.RawMessage
					require.NoError(t, json.Unmarshal(text, &out))
					var all []map[string]any
					require.NoError(t, json.Unmarshal(out[names[0]], &all), "%s", text)
					for _, one := range all {
						ids = append(ids, one[names[1]].(string))
					}
					if out["NextToken"] != nil {
						require.NoError(t, json.Unmarshal(out["NextToken"], &token))
					}
					return ids, token
				})
				return items, mean
			}
			require.NoError(t, service.FillRecords(t.Context(), path[1:], 0, few))
			items, before := list()
			require.Equal(t, few, items)
			require.NoError(t, service.FillRecords(t.Context(), path[1:], few, many))
			items, after := list()
			require.Equal(t, many, items)
			require.Less(t, after, before+before/5, "a page among many costs more than among few")
			read, pages, err := service.PageWork(path[1:])
			require.NoError(t, err)
			require.Equal(t, many/100, pages)
			require.LessOrEqual(t, read, many+pages, "ids that are read: each page looks at one more")
		})
	}
}

// TestRegisterRate: RegisterUser over HTTP by eight clients; each user is on the disk
// before the answer. The long form wants 10,000 in a minute.
func TestRegisterRate(t *testing.T) {
	n, long := 400, false
	if _, long = manyUsers(t, 0); long {
		n = 10_000
	}
	service := openMany(t)
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	const clients = 8
	began := time.Now()
	var all sync.WaitGroup
	failures := make(chan string, n)
	for c := range clients {
		all.Go(func() {
			for i := c; i < n; i += clients {
				body := bytes.NewReader([]byte(fmt.Sprintf(`{"IdentityType":"QUICKSIGHT","Email":"a@example.com","UserRole":"READER","UserName":"user-%d"}`, i)))
				res, err := server.Client().Post(server.URL+"/accounts/"+quicksighttest.Account+"/namespaces/default/users", "application/json", body)
				if err != nil || res.StatusCode != 201 {
					failures <- fmt.Sprint(err, res)
					return
				}
				_ = res.Body.Close()
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	require.Empty(t, failures)
	users, _, _ := listUsers(t, service)
	require.Equal(t, n, users)
	t.Logf("%d users registered in %v: %.0f a minute", n, took.Round(time.Millisecond), float64(n)/took.Minutes())
	if long {
		require.Less(t, took, time.Minute)
	}
}
