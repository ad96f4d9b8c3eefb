package serve_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/memory"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/serve"
)

// site starts a server, and returns its address with and without the token, and
// a channel that gets the end.
func site(t *testing.T, opts *serve.Options) (url, base string, ended chan error) {
	t.Helper()
	host := &memory.Host{}
	e, err := studio.New(t.Context(), host, studio.Files{Rules: host.Put("rules.csv", []byte("UserName,Region\nal,US\n"))})
	require.NoError(t, err)
	s, err := serve.New(e, opts)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	ended = make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	base, _, _ = strings.Cut(s.URL(), "?")
	return s.URL(), base, ended
}

// request sends a request and returns the status and the text of the answer.
func request(t *testing.T, c *http.Client, method, url string, change func(*http.Request)) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
	require.NoError(t, err)
	if change != nil {
		change(r)
	}
	answer, err := c.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text), answer.Header
}

func client(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar}
}

// enter opens the address with the token and returns the key of the page.
func enter(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	status, text, _ := request(t, c, http.MethodGet, url, nil)
	require.Equal(t, http.StatusOK, status)
	found := regexp.MustCompile(`<meta name="studio-key" content="([A-Z0-9]+)">`).FindStringSubmatch(text)
	require.NotNil(t, found)
	return found[1]
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// TestZero: without a token nobody gets anything.
func TestZero(t *testing.T) {
	_, base, _ := site(t, nil)
	for _, path := range []string{"", "app.js", "?token=", "?token=wrong", "api/state", "api/drop"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, text, _ := request(t, http.DefaultClient, method, base+path, header(serve.Header, "1"))
			require.Equal(t, http.StatusForbidden, status, "%s %s", method, path)
			require.NotContains(t, text, "UserName")
		}
	}
}

// TestToken: the address works once, and what follows needs its cookie.
func TestToken(t *testing.T) {
	url, base, _ := site(t, nil)
	mine := client(t)
	status, text, headers := request(t, mine, http.MethodGet, url, nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "rowsight studio")
	cookie := headers.Get("Set-Cookie")
	require.Contains(t, cookie, "HttpOnly")
	require.Contains(t, cookie, "SameSite=Strict")
	require.NotContains(t, cookie, strings.SplitN(url, "token=", 2)[1], "the cookie is another secret")
	policy := headers.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")
	require.NotContains(t, policy, "http")

	status, _, _ = request(t, client(t), http.MethodGet, url, nil)
	require.Equal(t, http.StatusForbidden, status, "a second browser")
	key := regexp.MustCompile(`studio-key" content="([A-Z0-9]+)"`).FindStringSubmatch(text)[1]
	require.NotContains(t, cookie, key, "the key is a third secret")
	status, text, _ = request(t, mine, http.MethodGet, url, nil)
	require.Equal(t, http.StatusOK, status, "the same browser loads the page again")
	require.NotContains(t, text, key, "the key is given once")
	for _, wrong := range []string{"", "1", key[1:], strings.ToLower(key)} {
		status, _, _ = request(t, mine, http.MethodPost, base+"api/state", header(serve.Header, wrong))
		require.Equal(t, http.StatusForbidden, status, "a cookie that another port of the machine was sent")
	}
	status, _, _ = request(t, client(t), http.MethodPost, base+"api/state", header(serve.Header, key))
	require.Equal(t, http.StatusForbidden, status, "the key alone")
	status, text, _ = request(t, mine, http.MethodPost, base+"api/state", header(serve.Header, key))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "UserName")
}

// TestOtherSites: with the cookie of the page, other origins, other host names and
// questions without the header are refused.
func TestOtherSites(t *testing.T) {
	url, base, _ := site(t, nil)
	c := client(t)
	key := enter(t, c, url)
	for _, bad := range []struct {
		reason, method string
		change         func(*http.Request)
	}{
		{"no header", http.MethodPost, nil},
		{"a link", http.MethodGet, header(serve.Header, key)},
		{"another origin", http.MethodPost, func(r *http.Request) {
			r.Header.Set(serve.Header, key)
			r.Header.Set("Origin", "https://evil.example")
		}},
		{"no origin to speak of", http.MethodPost, func(r *http.Request) { r.Header.Set(serve.Header, key); r.Header.Set("Origin", "null") }},
		{"another port", http.MethodPost, func(r *http.Request) {
			r.Header.Set(serve.Header, key)
			r.Header.Set("Origin", "http://127.0.0.1:1")
		}},
		{"another site, by the word of the browser", http.MethodPost, func(r *http.Request) {
			r.Header.Set(serve.Header, key)
			r.Header.Set("Sec-Fetch-Site", "same-site")
		}},
		{"a host name that points here", http.MethodPost, func(r *http.Request) { r.Header.Set(serve.Header, key); r.Host = "evil.example" }},
		{"localhost", http.MethodPost, func(r *http.Request) {
			r.Header.Set(serve.Header, key)
			r.Host = strings.Replace(r.Host, "127.0.0.1", "localhost", 1)
		}},
		{"asking whether it may", http.MethodOptions, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }},
	} {
		status, text, headers := request(t, c, bad.method, base+"api/state", bad.change)
		require.Equal(t, http.StatusForbidden, status, bad.reason)
		require.NotContains(t, text, "UserName", bad.reason)
		require.Empty(t, headers.Get("Access-Control-Allow-Origin"), bad.reason)
	}
	status, _, _ := request(t, c, http.MethodPost, base+"api/state", func(r *http.Request) {
		r.Header.Set(serve.Header, key)
		r.Header.Set("Origin", strings.TrimSuffix(base, "/"))
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	})
	require.Equal(t, http.StatusOK, status, "the page itself")
}

// TestProblem: an error is JSON with a code, and no such page is no page.
func TestProblem(t *testing.T) {
	url, base, _ := site(t, nil)
	c := client(t)
	key := enter(t, c, url)
	status, text, _ := request(t, c, http.MethodPost, base+"api/exposure", header(serve.Header, key))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, text, `"code":"no-data"`)
	for _, path := range []string{"nothing", "../serve.go", "web.go", "api/nothing"} {
		status, _, _ = request(t, c, http.MethodGet, base+path, header(serve.Header, key))
		require.GreaterOrEqual(t, status, 400, path)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"api/drop?name=sales.csv", bytes.NewReader([]byte("Order,Region\n1,US\n")))
	require.NoError(t, err)
	r.Header.Set(serve.Header, key)
	answer, err := c.Do(r)
	require.NoError(t, err)
	answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

// TestEnd: the server ends some time after the last page is closed, and not while
// one is open.
func TestEnd(t *testing.T) {
	url, base, ended := site(t, &serve.Options{EndWithPage: true, Grace: 50 * time.Millisecond})
	c := client(t)
	key := enter(t, c, url)
	page := func() context.CancelFunc {
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"api/alive", nil)
		require.NoError(t, err)
		r.Header.Set(serve.Header, key)
		answer, err := c.Do(r)
		require.NoError(t, err)
		_, err = answer.Body.Read(make([]byte, 1))
		require.NoError(t, err)
		return leave
	}
	first := page()
	second := page()
	first()
	status, _, _ := request(t, c, http.MethodPost, base+"api/state", header(serve.Header, key))
	require.Equal(t, http.StatusOK, status)
	second()
	require.NoError(t, <-ended)
}
