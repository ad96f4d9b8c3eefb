package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/tagrules"
)

// ask sends a request to a handler, as a program or a browser would.
func ask(h http.Handler, method, url, body string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(b)
}

// problem returns the code of a JSON answer.
func problem(t *testing.T, res *http.Response) string {
	t.Helper()
	var p Problem
	require.NoError(t, json.NewDecoder(res.Body).Decode(&p))
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Message)
	return p.Code
}

const asJSON = "application/json"

func TestGenerateHandler(t *testing.T) {
	w := newWorld(t)
	caller := func(r *http.Request) (Caller, error) {
		if r.Header.Get("Authorization") != "secret" {
			return Caller{}, errors.New("INTERNALS of the login")
		}
		return trusted(t), nil
	}
	mux := http.NewServeMux()
	mux.Handle("/accounts/{AwsAccountId}/embed-url/anonymous-user", w.GenerateHandler(caller))
	mux.Handle("/plain", w.GenerateHandler(caller))
	const url = "/accounts/" + account + "/embed-url/anonymous-user"
	auth := []string{"Content-Type", asJSON, "Authorization", "secret"}

	for reason, at := range map[string]struct{ url, body string }{
		"as the API takes it": {url, document(map[string]string{"AwsAccountId": ""})},
		"account in both":     {url, document(nil)},
		"account in the body": {"/plain", document(nil)},
	} {
		res := ask(mux, http.MethodPost, at.url, at.body, auth...)
		require.Equal(t, 200, res.StatusCode, reason)
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		var answer map[string]any
		require.NoError(t, json.NewDecoder(res.Body).Decode(&answer))
		require.Len(t, answer, 4, "EmbedUrl, Status, RequestId, AnonymousUserArn")
		require.EqualValues(t, 200, answer["Status"])
		require.Equal(t, answer["RequestId"], res.Header.Get("X-Amzn-Requestid"))
		_, code, _ := strings.Cut(answer["EmbedUrl"].(string), "?code=")
		_, _, err := w.Redeem(t.Context(), "tenant1", code)
		require.NoError(t, err)
	}

	for _, tt := range []struct {
		reason, method, url, body string
		headers                   []string
		status                    int
		exception, want           string
	}{
		{"a GET", http.MethodGet, url, "", auth, 400, InvalidParameterValueException, "method"},
		{"a form", http.MethodPost, url, document(nil), []string{"Content-Type", "text/plain", "Authorization", "secret"}, 400, InvalidParameterValueException, "application/json"},
		{"a form of another site", http.MethodPost, url, document(nil), append(auth[:len(auth):len(auth)], "Sec-Fetch-Site", "cross-site"), 400, InvalidParameterValueException, "another site"},
		{"nobody", http.MethodPost, url, document(nil), []string{"Content-Type", asJSON}, 401, AccessDeniedException, "the caller is not known"},
		{"no JSON", http.MethodPost, url, "{", auth, 400, InvalidParameterValueException, "not JSON"},
		{"a huge body", http.MethodPost, url, strings.Repeat(" ", maxRequest+1), auth, 400, InvalidParameterValueException, "too large"},
		{"no account anywhere", http.MethodPost, "/plain", document(map[string]string{"AwsAccountId": ""}), auth, 400, InvalidParameterValueException, "AwsAccountId: field missing"},
		{"another account in the URL", http.MethodPost, strings.Replace(url, "1111", "9999", 1), document(nil), auth, 400, InvalidParameterValueException, "the URL has another one"},
		{"not there", http.MethodPost, url, document(map[string]string{"Namespace": `"tenant9"`}), auth, 404, ResourceNotFoundException, "namespace/tenant9"},
		{"every problem", http.MethodPost, url, document(map[string]string{"Namespace": `""`, "": `"SessionLifetimeInMinutes": 1`}), auth, 400, InvalidParameterValueException, "SessionLifetimeInMinutes"},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			res := ask(mux, tt.method, tt.url, tt.body, tt.headers...)
			require.Equal(t, tt.status, res.StatusCode)
			require.Equal(t, tt.exception, res.Header.Get("X-Amzn-Errortype"))
			body := text(t, res)
			require.Contains(t, body, tt.want)
			require.NotContains(t, body, "INTERNALS")
			require.NotContains(t, body, "SECRET")
		})
	}
	require.Equal(t, 401, ask(w.GenerateHandler(nil), http.MethodPost, "/", document(nil), auth...).StatusCode)

	broken := newWorld(t, func(_ *Site, o *Options) { o.Codes = brokenCodes{NewMemory()} })
	res := ask(broken.GenerateHandler(caller), http.MethodPost, "/", document(nil), auth...)
	require.Equal(t, 500, res.StatusCode)
	require.NotContains(t, text(t, res), "disk", "what went wrong inside is for the operator")
	require.Contains(t, broken.log.String(), "disk")
}

// brokenCodes cannot keep anything.
type brokenCodes struct{ *Memory }

func (brokenCodes) Put(ctx context.Context, id string, e Entry) error { return errDisk }

// TestPage: the page of a good code has the right headers and does not use it
// up; others are told why.
func TestPage(t *testing.T) {
	w := newWorld(t)
	page := w.Page(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(rw, "THE PAGE") }))
	code := w.code(t, aRequest())
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		res := ask(page, method, "/embed/dashboards/d1?code="+code, "", "Accept", "text/html")
		require.Equal(t, 200, res.StatusCode, "not used up")
		require.Contains(t, text(t, res), "THE PAGE")
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		require.Equal(t, "no-referrer", res.Header.Get("Referrer-Policy"))
		require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
		require.Equal(t, DefaultPolicy+"; frame-ancestors 'self'", res.Header.Get("Content-Security-Policy"))
	}
	_, session, err := w.Redeem(t.Context(), "", code)
	require.NoError(t, err)

	expired := w.code(t, aRequest())
	revoked, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), trusted(t), aRequest())
	require.NoError(t, err)
	require.NoError(t, w.Revoke(t.Context(), trusted(t), arnOf(strings.SplitN(revoked.AnonymousUserArn, account+":", 2)[1])))
	w.clock.Pass(CodeLifetime)
	for _, tt := range []struct {
		reason, url string
		status      int
		code, want  string
	}{
		{"used", "/?code=" + code, 410, "used", "already used"},
		{"expired", "/?code=" + expired, 401, "expired", "expired"},
		{"revoked", "/?" + strings.SplitN(revoked.EmbedUrl, "?", 2)[1], 403, "revoked", "was ended"},
		{"tampered", "/?code=" + code[1:], 401, "tampered", "not valid"},
		{"no code", "/", 401, "missing", "No session"},
		{"an attack on the page", "/?code=%3Cscript%3Ealert(1)%3C/script%3E", 401, "tampered", "not valid"},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			res := ask(page, http.MethodGet, tt.url, "", "Accept", "text/html,*/*")
			require.Equal(t, tt.status, res.StatusCode)
			require.Equal(t, "text/html; charset=utf-8", res.Header.Get("Content-Type"))
			require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
			body := text(t, res)
			require.Contains(t, body, tt.want)
			require.Contains(t, body, `data-code="`+tt.code+`"`)
			require.NotContains(t, body, "THE PAGE")
			require.NotContains(t, body, "alert(1)")
			require.NotContains(t, body, session.User().Name)
			require.Equal(t, tt.code, problem(t, ask(page, http.MethodGet, tt.url, "")), "the same for scripts")
		})
	}
	require.Equal(t, "method", problem(t, ask(page, http.MethodPost, "/?code="+code, "")))

	own := newWorld(t, func(_ *Site, o *Options) {
		o.ErrorPage = func(rw http.ResponseWriter, r *http.Request, p Problem) { fmt.Fprintf(rw, "OWN %s", p.Code) }
		o.Policy = "default-src 'none'"
	})
	res := ask(own.Page(page), http.MethodGet, "/", "", "Accept", "text/html")
	require.Equal(t, 401, res.StatusCode)
	require.Equal(t, "OWN missing", text(t, res))
	res = ask(own.Page(http.NotFoundHandler()), http.MethodGet, "/?code="+own.code(t, aRequest()), "")
	require.Equal(t, "default-src 'none'; frame-ancestors 'self'", res.Header.Get("Content-Security-Policy"))
}

// TestAllowedDomains: who may frame the page (E1).
func TestAllowedDomains(t *testing.T) {
	w := newWorld(t, func(_ *Site, o *Options) { o.Domains = []string{"https://portal.example.com"} })
	page := w.Page(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	get := func(code string, headers ...string) *http.Response {
		return ask(page, http.MethodGet, "https://bi.example.com/embed?code="+code, "", headers...)
	}
	code := w.code(t, aRequest())
	require.Contains(t, get(code).Header.Get("Content-Security-Policy"), "; frame-ancestors https://portal.example.com", "those of the site")
	require.Equal(t, 200, get(code, "Referer", "https://portal.example.com/x").StatusCode)
	require.Equal(t, "domain", problem(t, get(code, "Referer", "https://bi.example.com/x")), "the list is complete")

	req := aRequest()
	req.AllowedDomains = []string{"https://a.example/", "https://*.b.example:8443", "http://localhost:3000"}
	code = w.code(t, req)
	res := get(code)
	require.Equal(t, 200, res.StatusCode)
	require.Contains(t, res.Header.Get("Content-Security-Policy"), "; frame-ancestors https://a.example https://*.b.example:8443 http://localhost:3000", "those of the request replace them")
	for origin, allowed := range map[string]bool{
		"https://a.example": true, "https://x.b.example:8443/page": true, "http://localhost:3000/": true,
		"https://portal.example.com": false, "https://a.example.evil.example": false, "null": false, "http://a.example": false,
	} {
		for _, header := range []string{"Referer", "Origin"} {
			res := get(code, header, origin)
			if allowed {
				require.Equal(t, 200, res.StatusCode, origin)
			} else {
				require.Equal(t, "domain", problem(t, res), origin)
			}
		}
	}
	_, _, err := w.Redeem(t.Context(), "", code)
	require.NoError(t, err, "refusals did not use it up")

	none := newWorld(t)
	page = none.Page(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	code = none.code(t, aRequest())
	require.Equal(t, 200, get(code, "Referer", "https://bi.example.com/portal").StatusCode, "the site itself")
	require.Equal(t, "domain", problem(t, get(code, "Referer", "https://other.example.com/")))

	_, err = New(none.site, &Options{Domains: []string{"https://*"}, Policy: "frame-ancestors *"})
	require.ErrorContains(t, err, "Domains: ")
	require.ErrorContains(t, err, "Policy: ")
}

func TestRedeemHandler(t *testing.T) {
	w := newWorld(t)
	h := w.RedeemHandler()
	body := func(code string) string { return fmt.Sprintf(`{"Code": %q}`, code) }
	code := w.code(t, aRequest(tagrules.Tag{Key: "k", Value: "SECRET"}))
	for _, tt := range []struct {
		reason, method, body string
		headers              []string
		want                 string
	}{
		{"a GET", http.MethodGet, "", []string{"Content-Type", asJSON}, "method"},
		{"a form", http.MethodPost, "Code=" + code, []string{"Content-Type", "application/x-www-form-urlencoded"}, "media-type"},
		{"JSON that a form can send", http.MethodPost, body(code), []string{"Content-Type", "text/plain"}, "media-type"},
		{"from another site", http.MethodPost, body(code), []string{"Content-Type", asJSON, "Sec-Fetch-Site", "cross-site"}, "cross-site"},
		{"from another origin", http.MethodPost, body(code), []string{"Content-Type", asJSON, "Origin", "https://evil.example"}, "cross-site"},
		{"no code", http.MethodPost, `{}`, []string{"Content-Type", asJSON}, "bad-request"},
		{"an empty code", http.MethodPost, `{"Code": ""}`, []string{"Content-Type", asJSON}, "missing"},
		{"a field more", http.MethodPost, `{"Code": "x", "Tags": []}`, []string{"Content-Type", asJSON}, "bad-request"},
		{"a code twice", http.MethodPost, `{"Code": "x", "Code": "` + code + `"}`, []string{"Content-Type", asJSON}, "bad-request"},
		{"a huge body", http.MethodPost, `{"Code": "` + strings.Repeat("x", 1<<20) + `"}`, []string{"Content-Type", asJSON}, "bad-request"},
		{"tampered", http.MethodPost, body(code + "x"), []string{"Content-Type", asJSON}, "tampered"},
	} {
		require.Equal(t, tt.want, problem(t, ask(h, tt.method, "/redeem", tt.body, tt.headers...)), tt.reason)
	}

	res := ask(h, http.MethodPost, "/redeem", body(code), "Content-Type", "application/json; charset=utf-8", "Sec-Fetch-Site", "same-origin")
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	require.Empty(t, res.Cookies())
	answer := text(t, res)
	require.NotContains(t, answer, "SECRET")
	var got Redeemed
	require.NoError(t, json.Unmarshal([]byte(answer), &got))
	session, err := w.Session(t.Context(), "", got.SessionToken)
	require.NoError(t, err)
	require.Equal(t, session.Expires(), got.ExpiresAt)
	require.Equal(t, session.User().String(), got.AnonymousUserArn)
	require.Equal(t, "tenant1", got.Namespace)
	require.Equal(t, "d1", got.Experience.Dashboard.InitialDashboardId)

	res = ask(h, http.MethodPost, "/redeem", body(code), "Content-Type", asJSON)
	require.Equal(t, http.StatusGone, res.StatusCode)
	require.Equal(t, "used", problem(t, res))
}

func TestRequire(t *testing.T) {
	w := newWorld(t, func(_ *Site, o *Options) {
		o.Namespace = func(r *http.Request) string {
			ns, _, _ := strings.Cut(r.Host, ".")
			return strings.TrimPrefix(ns, "any")
		}
	})
	token, session := w.open(t, aRequest())
	var got *Session
	h := w.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = FromContext(r.Context()) }))
	for _, tt := range []struct {
		reason, url string
		headers     []string
		status      int
		want        string
	}{
		{"no header", "http://any.example/", nil, 401, "missing"},
		{"another scheme", "http://any.example/", []string{"Authorization", "Basic " + token}, 401, "missing"},
		{"no token", "http://any.example/", []string{"Authorization", "Bearer "}, 401, "missing"},
		{"two headers", "http://any.example/", []string{"Authorization", "Bearer " + token, "Authorization", "Bearer x"}, 401, "missing"},
		{"a cookie", "http://any.example/", []string{"Cookie", "Authorization=Bearer " + token}, 401, "missing"},
		{"in the URL", "http://any.example/?SessionToken=" + token, nil, 401, "missing"},
		{"tampered", "http://any.example/", []string{"Authorization", "Bearer " + token[:len(token)-4] + "AAAA"}, 401, "tampered"},
		{"at the address of another namespace", "http://tenant2.example/", []string{"Authorization", "Bearer " + token}, 403, "foreign-namespace"},
	} {
		res := ask(h, http.MethodGet, tt.url, "", tt.headers...)
		require.Equal(t, tt.status, res.StatusCode, tt.reason)
		require.Equal(t, tt.status == 401, res.Header.Get("WWW-Authenticate") == "Bearer", tt.reason)
		require.Equal(t, tt.want, problem(t, res), tt.reason)
		require.Nil(t, got, tt.reason)
	}
	for _, url := range []string{"http://any.example/", "http://tenant1.example/"} {
		got = nil
		res := ask(h, http.MethodGet, url, "", "Authorization", "bearer "+token)
		require.Equal(t, 200, res.StatusCode)
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		require.Equal(t, session.User(), got.User())
	}
	res := ask(w.Page(h), http.MethodGet, "http://tenant2.example/?code="+w.code(t, aRequest()), "", "Accept", "text/html")
	require.Equal(t, 403, res.StatusCode)
	require.Contains(t, text(t, res), "belongs to another namespace")

	require.NoError(t, w.Revoke(t.Context(), trusted(t), session.User()))
	require.Equal(t, "revoked", problem(t, ask(h, http.MethodGet, "http://any.example/", "", "Authorization", "Bearer "+token)))
}

// TestPublic: the words are constant, whatever the error holds (S7).
func TestPublic(t *testing.T) {
	seen := make(map[string]bool)
	for _, reason := range []error{ErrNoCode, ErrUsed, ErrExpired, ErrRevoked, ErrTampered, ErrForeign, ErrDomain, ErrForbidden, errMethod, errMedia, errCrossSite, errBody, errDisk} {
		p := Public(reason)
		require.GreaterOrEqual(t, p.Status, 400)
		require.False(t, seen[p.Code], p.Code)
		seen[p.Code] = true
		require.Equal(t, p, Public(fmt.Errorf("row HIDDEN: %w", reason)))
		require.Equal(t, p, Public(errors.Join(reason, errors.New("HIDDEN"))))
		for _, accept := range []string{"text/html", asJSON} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Accept", accept)
			WriteError(w, r, fmt.Errorf("row HIDDEN: %w", reason))
			require.Equal(t, p.Status, w.Code)
			require.NotContains(t, w.Body.String(), "HIDDEN")
			require.Contains(t, w.Body.String(), p.Code)
		}
	}
	require.Equal(t, "expired", Public(spice.ErrExpired).Code, "the store may notice first")
	require.Equal(t, Public(ErrTampered), Public(ErrUnknown))
}
