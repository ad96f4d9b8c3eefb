package quicksight_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
	"github.com/rowsight/rowsight/spice/observe"
)

type seenKey struct{}

// A seen observer keeps a line for each operation that ended.
type seen struct {
	mu    sync.Mutex
	lines []string
}

func (s *seen) Start(ctx context.Context, op observe.Operation) (context.Context, func(observe.Result)) {
	above, _ := ctx.Value(seenKey{}).(string)
	return context.WithValue(ctx, seenKey{}, op.Name), func(r observe.Result) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.lines = append(s.lines, strings.TrimSpace(fmt.Sprintf("%s/%s %s %d %s", above, op.Kind, op.Name, r.Status, r.Code)))
	}
}

// TestObserver: each request is an operation of its name with its status and code, and
// what the store and embedding do is below it. No value of a request is seen.
func TestObserver(t *testing.T) {
	var all seen
	dir := t.TempDir()
	service, err := quicksight.Open(t.Context(), dir, &quicksight.Options{Account: quicksighttest.Account, Region: quicksighttest.Region, Unauthenticated: true, Observer: &all})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, service.Close()) })
	const mine = "/accounts/" + quicksighttest.Account
	const user = `{"IdentityType":"QUICKSIGHT","Email":"secret@example.com","UserRole":"READER","UserName":"secret-name"}`
	for _, tt := range []struct{ reason, method, path, body, want string }{
		{"an operation", "POST", mine + "/namespaces/default/users", user, "/call RegisterUser 201"},
		{"one that is refused", "POST", mine + "/namespaces/default/users", user, "/call RegisterUser 409 ResourceExistsException"},
		{"one that is not valid", "POST", mine + "/namespaces/default/users", `{`, "/call RegisterUser 400 InvalidParameterValueException"},
		{"one of another account", "GET", "/accounts/444455556666/namespaces", "", "/call ListNamespaces 401 AccessDeniedException"},
		{"one that the service does not have", "GET", mine + "/themes", "", "/call ListThemes 501 NotImplementedException"},
		{"none of the API", "GET", "/secret-name", "", "/call  404 UnknownOperationException"},
		{"rows of a data set that is not there", "GET", "/rowsight/data-sets/x/rows?user=secret-name", "", "/call ReadDataSet 404 ResourceNotFoundException"},
		{"embedding below an operation", "POST", mine + "/embed-url/anonymous-user",
			`{"Namespace":"default","AuthorizedResourceArns":["` + arn("dashboard/x") + `"],"ExperienceConfiguration":{"Dashboard":{"InitialDashboardId":"x"}},"SessionTags":[{"Key":"k","Value":"secret-name"}]}`,
			"GenerateEmbedUrlForAnonymousUser/generate GenerateEmbedUrlForAnonymousUser 0 ResourceNotFoundException\n/call GenerateEmbedUrlForAnonymousUser 404 ResourceNotFoundException"},
	} {
		all.lines = nil
		w := httptest.NewRecorder()
		service.ServeHTTP(w, httptest.NewRequest(tt.method, "http://localhost"+tt.path, strings.NewReader(tt.body)))
		require.Equal(t, tt.want, strings.Join(all.lines, "\n"), tt.reason)
		require.NotContains(t, strings.Join(all.lines, "\n"), "secret", tt.reason)
	}
	all.lines = nil
	service.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/healthz", nil))
	require.Empty(t, all.lines, "a probe is no operation")
}
