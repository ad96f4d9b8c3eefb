package quicksight_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestSessionsEnd: a session ends with its namespace, and with a reset.
func TestSessionsEnd(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *quicksighttest.Server){
		"namespace deleted": func(t *testing.T, s *quicksighttest.Server) {
			require.NoError(t, s.Do(t.Context(), "DELETE", "/namespaces/ten", nil, nil))
		},
		"namespace created again": func(t *testing.T, s *quicksighttest.Server) {
			require.NoError(t, s.Do(t.Context(), "DELETE", "/namespaces/ten", nil, nil))
			require.NoError(t, s.Do(t.Context(), "POST", "", object{"Namespace": "ten", "IdentityStore": "QUICKSIGHT"}, nil))
		},
		"reset": func(t *testing.T, s *quicksighttest.Server) {
			require.NoError(t, s.Service.Reset(t.Context()))
			require.NoError(t, s.Seed(t.Context()))
			require.NoError(t, s.Do(t.Context(), "POST", "", object{"Namespace": "ten", "IdentityStore": "QUICKSIGHT"}, nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := quicksighttest.NewServer(t)
			require.NoError(t, s.Do(t.Context(), "POST", "", object{"Namespace": "ten", "IdentityStore": "QUICKSIGHT"}, nil))
			code := func() string {
				var e struct{ EmbedUrl string }
				require.NoError(t, s.Do(t.Context(), "POST", "/embed-url/anonymous-user", object{
					"Namespace": "ten", "AuthorizedResourceArns": []string{arn("dashboard/sales")}, "SessionTags": []object{{"Key": "region", "Value": "US"}},
					"ExperienceConfiguration": object{"Dashboard": object{"InitialDashboardId": "sales"}},
				}, &e))
				_, code, _ := strings.Cut(e.EmbedUrl, "code=")
				code, _, _ = strings.Cut(code, "&")
				return code
			}
			redeem := func(code string) (token string) {
				answer, err := http.Post(s.URL+"/embed/redeem", "application/json", strings.NewReader(`{"Code":"`+code+`"}`))
				require.NoError(t, err)
				defer answer.Body.Close()
				text, err := io.ReadAll(answer.Body)
				require.NoError(t, err)
				_, token, _ = strings.Cut(string(text), `"SessionToken":"`)
				token, _, _ = strings.Cut(token, `"`)
				return token
			}
			read := func(token string) int {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/embed/rows/sales", nil)
				require.NoError(t, err)
				r.Header.Set("Authorization", "Bearer "+token)
				answer, err := http.DefaultClient.Do(r)
				require.NoError(t, err)
				answer.Body.Close()
				return answer.StatusCode
			}
			unused, token := code(), redeem(code())
			require.Equal(t, http.StatusOK, read(token))
			end(t, s)
			require.NotEqual(t, http.StatusOK, read(token))
			require.NotEqual(t, http.StatusOK, read(redeem(unused)))
		})
	}
}

// TestDotsAreNoNames: the path that is signed has no dots, so that the path that
// is served must have none.
func TestDotsAreNoNames(t *testing.T) {
	s := quicksighttest.NewServer(t)
	var last *http.Request
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = r.Clone(context.Background())
		s.Service.ServeHTTP(w, r)
	}))
	defer between.Close()
	client := &quicksighttest.Server{URL: between.URL, Account: s.Account, Region: s.Region, AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey}
	for signed, sent := range map[string]string{
		"/namespaces/default":       "/namespaces/default/users/..",
		"/namespaces/default/users": "/namespaces/default/users/.",
	} {
		require.NoError(t, client.Do(t.Context(), "GET", signed, nil, nil))
		last.URL.Path, last.URL.RawPath = "/accounts/"+s.Account+sent, ""
		last.Body = http.NoBody
		w := httptest.NewRecorder()
		s.Service.ServeHTTP(w, last)
		require.Equal(t, http.StatusNotFound, w.Code, "%s: %s", sent, w.Body)
	}
}

// TestResetIsLocal: a page that makes its name point to this machine resets
// nothing.
func TestResetIsLocal(t *testing.T) {
	s, err := quicksight.Open(t.Context(), t.TempDir(), &quicksight.Options{Account: "111122223333", Region: "us-east-1", Unauthenticated: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	for host, want := range map[string]int{"rebound.example:8080": http.StatusForbidden, "127.0.0.1:8080": http.StatusOK, "localhost": http.StatusOK} {
		r := httptest.NewRequest(http.MethodPost, "/moto-api/reset", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.ResetHandler().ServeHTTP(w, r)
		require.Equal(t, want, w.Code, host)
	}
}
