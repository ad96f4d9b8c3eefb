package embed

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/tagrules"
)

// errInside is the reason of every failure behind the site: it must stay there.
var errInside = errors.New("SECRET: disk of host db7 at /srv/codes, 1234 rows hidden")

// failing fails in the parts that are named, as soon as it is switched on.
type failing struct {
	Codes
	Resources
	on    bool
	parts string
}

func (f *failing) fails(part string) bool { return f.on && strings.Contains(f.parts, part) }

func (f *failing) Get(ctx context.Context, id string) (Entry, error) {
	if f.fails("get") {
		return Entry{}, errInside
	}
	return f.Codes.Get(ctx, id)
}

func (f *failing) Put(ctx context.Context, id string, e Entry) error {
	if f.fails("put") {
		return errInside
	}
	return f.Codes.Put(ctx, id, e)
}

func (f *failing) Redeem(ctx context.Context, id string, until time.Time) (Entry, error) {
	if f.fails("redeem") {
		return Entry{}, errInside
	}
	return f.Codes.Redeem(ctx, id, until)
}

func (f *failing) Showing(ctx context.Context, dataset namespace.ARN) ([]namespace.ARN, error) {
	if f.fails("showing") {
		return nil, errInside
	}
	return f.Resources.Showing(ctx, dataset)
}

func (f *failing) Datasets(ctx context.Context, resource namespace.ARN) ([]namespace.ARN, error) {
	if f.fails("datasets") {
		return nil, errInside
	}
	return f.Resources.Datasets(ctx, resource)
}

func (f *failing) Dataset(string) (*spice.Dataset, error) { return nil, errInside }

func (f *failing) Append(context.Context, audit.Record) error {
	if f.fails("audit") {
		return errInside
	}
	return nil
}

// TestEveryAnswer asks every handler in every way that fails, and in those that
// do not. Whatever the reason, an answer holds a constant text, no secret, and
// the headers that every other answer has; and to browsers and scripts it says the
// same.
func TestEveryAnswer(t *testing.T) {
	body := func(code string) string { return `{"Code":"` + code + `"}` }
	type request struct {
		method, media, body, origin, site string
	}
	good := map[string]request{
		"page":     {method: "GET"},
		"redeem":   {method: "POST", media: "application/json"},
		"rows":     {method: "GET"},
		"generate": {method: "POST", media: "application/json"},
	}
	failures := map[string]func(w *world, f *failing, r *request, code, token *string){
		"nothing":           func(*world, *failing, *request, *string, *string) {},
		"no code":           func(_ *world, _ *failing, _ *request, code, token *string) { *code, *token = "", "" },
		"not a code":        func(_ *world, _ *failing, _ *request, code, token *string) { *code, *token = "SECRET", "SECRET" },
		"changed":           func(_ *world, _ *failing, _ *request, code, token *string) { *code, *token = *code+"A", *token+"A" },
		"one for the other": func(_ *world, _ *failing, _ *request, code, token *string) { *code, *token = *token, *code },
		"expired":           func(w *world, _ *failing, _ *request, _, _ *string) { w.clock.Pass(11 * time.Hour) },
		"swept": func(w *world, f *failing, _ *request, _, _ *string) {
			_, err := f.Codes.Sweep(context.Background(), w.clock.Now().Add(20*time.Hour))
			require.NoError(t, err)
		},
		"used": func(w *world, _ *failing, _ *request, code, _ *string) {
			_, _, err := w.Redeem(context.Background(), "", *code)
			require.NoError(t, err)
		},
		"another key": func(w *world, _ *failing, _ *request, _, _ *string) {
			require.NoError(t, w.ring.Rotate(NewKey("k2")))
			require.NoError(t, w.ring.Retire("k1"))
		},
		"no codes":       func(_ *world, f *failing, _ *request, _, _ *string) { f.parts = "get put" },
		"no redemption":  func(_ *world, f *failing, _ *request, _, _ *string) { f.parts = "redeem" },
		"no audit":       func(_ *world, f *failing, _ *request, _, _ *string) { f.parts = "audit" },
		"no dashboards":  func(_ *world, f *failing, _ *request, _, _ *string) { f.parts = "showing datasets" },
		"another method": func(_ *world, _ *failing, r *request, _, _ *string) { r.method = "PUT" },
		"a preflight": func(_ *world, _ *failing, r *request, _, _ *string) {
			r.method, r.origin = "OPTIONS", "https://evil.example"
		},
		"another media":  func(_ *world, _ *failing, r *request, _, _ *string) { r.media = "text/plain" },
		"another origin": func(_ *world, _ *failing, r *request, _, _ *string) { r.origin = "https://evil.example" },
		"another site":   func(_ *world, _ *failing, r *request, _, _ *string) { r.site = "cross-site" },
		"no JSON":        func(_ *world, _ *failing, r *request, _, _ *string) { r.body = "{SECRET" },
		"another object": func(_ *world, _ *failing, r *request, _, _ *string) { r.body = `{"Other":"SECRET"}` },
		"a long body":    func(_ *world, _ *failing, r *request, _, _ *string) { r.body = strings.Repeat(" SECRET", 1<<17) },
	}
	texts := make(map[string]bool) // what a viewer was told
	for reason, fail := range failures {
		for _, name := range []string{"page", "redeem", "rows", "generate"} {
			want := ""
			for _, accept := range []string{"", "application/json", "text/html"} {
				f := &failing{Codes: NewMemory()}
				w := newWorld(t, func(s *Site, o *Options) {
					f.Resources = s.Resources
					s.Resources, s.Data, o.Codes, o.Audit = f, f, f, f
				})
				req := aRequest(tagrules.Tag{Key: "tenant", Value: "TAGVALUE-SECRET"})
				token, _ := w.open(t, req)
				code := w.code(t, req)
				ask := good[name]
				fail(w, f, &ask, &code, &token)
				f.on = true
				path := "/"
				switch {
				case ask.body != "":
				case name == "redeem":
					ask.body = body(code)
				case name == "generate":
					b, err := json.Marshal(req)
					require.NoError(t, err)
					ask.body = string(b)
				}
				if name == "page" {
					path = "/?code=" + code
				}
				r := httptest.NewRequest(ask.method, path, strings.NewReader(ask.body))
				for header, value := range map[string]string{"Accept": accept, "Content-Type": ask.media, "Origin": ask.origin, "Sec-Fetch-Site": ask.site} {
					if value != "" {
						r.Header.Set(header, value)
					}
				}
				if name == "rows" && token != "" {
					r.Header.Set("Authorization", "Bearer "+token)
				}
				answer := httptest.NewRecorder()
				map[string]http.Handler{
					"page":     w.Page(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("the page")) })),
					"redeem":   w.RedeemHandler(),
					"rows":     w.Require(Rows(arnOf("dataset/s1"))),
					"generate": w.GenerateHandler(func(*http.Request) (Caller, error) { return trusted(t), nil }),
				}[name].ServeHTTP(answer, r)
				where := reason + ", " + name + ", " + accept
				h := answer.Header()
				for header, value := range map[string]string{
					"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
				} {
					require.Equal(t, []string{value}, h.Values(header), where)
				}
				require.Len(t, h.Values("Content-Security-Policy"), 1, where)
				csp, html := h.Get("Content-Security-Policy"), strings.HasPrefix(h.Get("Content-Type"), "text/html")
				switch {
				case name == "page" && answer.Code == http.StatusOK:
					require.Equal(t, DefaultPolicy+"; frame-ancestors 'self'", csp, where)
				case html:
					require.Equal(t, errorPolicy, csp, where)
				default:
					require.Equal(t, "default-src 'none'; frame-ancestors 'none'", csp, where)
				}
				for header := range h {
					require.True(t, slices.Contains([]string{
						"Cache-Control", "Referrer-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Content-Security-Policy",
						"Content-Type", "Www-Authenticate", "X-Amzn-Errortype", "X-Amzn-Requestid",
					}, header), "%s: header %s", where, header)
				}
				text := answer.Body.String()
				for header, values := range h {
					text += header + strings.Join(values, "")
				}
				for _, secret := range []string{"SECRET", "db7 at", "hidden", "dataset/s1", "TAGVALUE"} {
					require.NotContains(t, text, secret, where)
				}
				if answer.Code == http.StatusOK || name == "generate" {
					continue
				}
				p := problemOf(answer.Body.String())
				require.NotEmpty(t, p.Title, "%s: %s", where, answer.Body)
				require.Equal(t, answer.Code, p.Status, where)
				want = cmp.Or(want, p.Code)
				require.Equal(t, want, p.Code, "%s: browsers and scripts are told the same", where)
				texts[p.Code] = true
			}
		}
	}
	require.Greater(t, len(texts), 8, "the failures are different ones")
}

// problemOf returns the problem whose words an answer has, as JSON or as a page.
func problemOf(body string) Problem {
	for _, err := range []error{
		ErrNoCode, ErrUsed, ErrExpired, ErrRevoked, ErrTampered, ErrForeign, ErrDomain, ErrForbidden, errMethod, errMedia, errCrossSite, errBody, errInside,
	} {
		p := Public(err)
		script, _ := json.Marshal(p)
		var page strings.Builder
		_ = errorPage.Execute(&page, p)
		if body == string(script)+"\n" || body == page.String() {
			return p
		}
	}
	return Problem{}
}
