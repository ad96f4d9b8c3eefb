package quicksight_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestDomains: the domains of the account may frame a dashboard, unless the request names
// others.
func TestDomains(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.NoError(t, s.Service.Close())
	open := func(domains ...string) (*quicksight.Service, error) {
		return quicksight.Open(t.Context(), s.Dir, &quicksight.Options{
			Account: quicksighttest.Account, Region: quicksighttest.Region, Unauthenticated: true, Domains: domains,
		})
	}
	_, err := open("not a domain")
	require.ErrorIs(t, err, quicksight.ErrOptions)
	for _, tt := range []struct {
		reason          string
		account, asked  []string
		wanted, wantNot string
	}{
		{"none: the service itself only", nil, nil, "frame-ancestors 'self'", "https:"},
		{"those of the account", []string{"https://portal.example.com", "https://*.example.org"}, nil, "frame-ancestors https://portal.example.com https://*.example.org", "'self'; frame"},
		{"those of the request take their place", []string{"https://portal.example.com"}, []string{"https://app.example.com"}, "frame-ancestors https://app.example.com", "portal"},
	} {
		service, err := open(tt.account...)
		require.NoError(t, err)
		ask := func(method, path string, body any) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			service.ServeHTTP(w, httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(string(mustJSON(t, body)))))
			return w
		}
		request := object{
			"Namespace": "default", "AuthorizedResourceArns": []string{arn("dashboard/sales")}, "SessionTags": []object{{"Key": "region", "Value": "US"}},
			"ExperienceConfiguration": object{"Dashboard": object{"InitialDashboardId": "sales"}},
		}
		if tt.asked != nil {
			request["AllowedDomains"] = tt.asked
		}
		var out struct{ EmbedUrl string }
		w := ask("POST", "/accounts/"+quicksighttest.Account+"/embed-url/anonymous-user", request)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &out), w.Body.String())
		_, path, ok := strings.Cut(out.EmbedUrl, ":8080")
		require.True(t, ok, out.EmbedUrl)
		policy := ask("GET", path, nil).Header().Get("Content-Security-Policy")
		require.Contains(t, policy, tt.wanted, tt.reason)
		require.NotContains(t, policy, tt.wantNot, tt.reason)
		require.NoError(t, service.Close())
	}
}
