package portal_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/examples/oktank/internal/portal"
	"github.com/rowsight/rowsight/examples/oktank/internal/revenue"
)

// site starts the example and returns its address and a browser without a
// screen.
func site(t *testing.T) (string, *http.Client) {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	p, err := portal.New(t.Context(), server.URL, &portal.Options{Log: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	handler = p
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return server.URL, &http.Client{Jar: jar}
}

func body(t *testing.T, answer *http.Response, err error) string {
	t.Helper()
	require.NoError(t, err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(data)
}

var frame = regexp.MustCompile(`<iframe[^>]* src="([^"]+)"`)

// open logs in as a user and redeems the URL of the frame, as the script of the
// page does.
func open(t *testing.T, client *http.Client, site, user string) (token string) {
	t.Helper()
	page, err := client.PostForm(site+"/login", url.Values{"user": {user}})
	found := frame.FindStringSubmatch(body(t, page, err))
	require.NotNil(t, found)
	address, err := url.Parse(found[1])
	require.NoError(t, err)
	code, err := json.Marshal(map[string]string{"Code": address.Query().Get("code")})
	require.NoError(t, err)
	answer, err := client.Post(site+"/embed/oktank/redeem", "application/json", strings.NewReader(string(code)))
	var redeemed struct{ SessionToken string }
	require.NoError(t, json.Unmarshal([]byte(body(t, answer, err)), &redeemed))
	return redeemed.SessionToken
}

// sum asks for the sum of the visible revenue with a token.
func sum(t *testing.T, client *http.Client, site, token string) (*http.Response, error) {
	t.Helper()
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/embed/oktank/ask",
		strings.NewReader(`{"measures": [{"function": "sum", "of": "revenue"}, {"function": "count"}]}`))
	require.NoError(t, err)
	ask.Header.Set("Content-Type", "application/json")
	if token != "" {
		ask.Header.Set("Authorization", "Bearer "+token)
	}
	return client.Do(ask)
}

// TestZero: who is not logged in, or has no session, gets no row.
func TestZero(t *testing.T) {
	site, client := site(t)
	page, err := client.Get(site)
	text := body(t, page, err)
	require.Contains(t, text, "Log in")
	require.NotContains(t, text, "iframe")

	answer, err := sum(t, client, site, "")
	require.NotContains(t, body(t, answer, err), "rows")
	require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
}

// TestRows: each user of the story gets the rows of the story.
func TestRows(t *testing.T) {
	site, client := site(t)
	tests := []struct {
		user, hospital string
		regions        []string // nil is all, and rows without one
	}{
		{"NorthUser", "North Hospital", []string{"Central", "East"}},
		{"NorthAdmin", "North Hospital", nil},
		{"SouthUser", "South Hospital", []string{"South"}},
		{"SouthAdmin", "South Hospital", nil},
		{"PowerUser", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.user, func(t *testing.T) {
			want, rows := 0.0, 0
			for _, row := range revenue.Rows() {
				if (tt.hospital == "" || row.Hospital == tt.hospital) && (tt.regions == nil || slices.Contains(tt.regions, row.Region)) {
					want += row.Revenue
					rows++
				}
			}
			require.NotZero(t, rows)
			answer, err := sum(t, client, site, open(t, client, site, tt.user))
			var got struct{ Rows [][]any }
			require.NoError(t, json.Unmarshal([]byte(body(t, answer, err)), &got))
			require.Equal(t, http.StatusOK, answer.StatusCode)
			require.Equal(t, [][]any{{want, strconv.Itoa(rows)}}, got.Rows)
		})
	}
}

// TestSecrets: neither page nor address holds a tag value, except in the
// operator view.
func TestSecrets(t *testing.T) {
	site, client := site(t)
	page, err := client.PostForm(site+"/login", url.Values{"user": {"NorthUser"}})
	require.NotContains(t, body(t, page, err), "Central, East")
	page, err = client.PostForm(site+"/operator", nil)
	text := body(t, page, err)
	require.Contains(t, text, "Central, East")
	require.Contains(t, text, `region in (&#34;Central&#34;, &#34;East&#34;)`)
	page, err = client.PostForm(site+"/logout", nil)
	require.NotContains(t, body(t, page, err), "Central, East")
}

// TestCrossSite: another site cannot change who is logged in.
func TestCrossSite(t *testing.T) {
	site, client := site(t)
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/login?user=PowerUser", nil)
	require.NoError(t, err)
	ask.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := client.Do(ask)
	body(t, answer, err)
	require.Equal(t, http.StatusForbidden, answer.StatusCode)
}
