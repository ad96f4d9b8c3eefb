package embed

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// TestZero: whatever was not made by its constructor opens nothing (S1).
func TestZero(t *testing.T) {
	ctx := t.Context()
	for _, s := range []*Server{nil, {}} {
		_, err := s.GenerateEmbedUrlForAnonymousUser(ctx, trusted(t), aRequest())
		require.ErrorIs(t, err, ErrSite)
		_, err = s.GenerateEmbedUrlForRegisteredUser(ctx, trusted(t), registeredRequest())
		require.ErrorIs(t, err, ErrSite)
		_, err = s.GenerateEmbedUrlForRegisteredUserWithIdentity(ctx, trusted(t), registeredRequest())
		require.ErrorIs(t, err, ErrSite)
		_, session, err := s.Redeem(ctx, "", "x")
		require.ErrorIs(t, err, ErrSite)
		require.Nil(t, session)
		_, err = s.Session(ctx, "", "x")
		require.ErrorIs(t, err, ErrSite)
		require.ErrorIs(t, s.Revoke(ctx, Caller{}, arnOf("anonymousUser/default/x")), ErrSite)
		called := false
		next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true })
		for _, h := range []http.Handler{s.Require(next), s.Page(next), s.RedeemHandler(), s.GenerateHandler(nil)} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?code=x", nil))
			require.GreaterOrEqual(t, w.Code, 400)
		}
		require.False(t, called)
	}

	_, err := New(Site{}, nil)
	for _, field := range []string{"Region", "Account", "URL", "Data", "Resources", "Keys"} {
		require.ErrorContains(t, err, field+":", "every problem is reported")
	}

	for _, s := range []*Session{nil, {}, FromContext(ctx)} {
		d, err := s.Open(ctx, arnOf("dataset/s1"))
		require.ErrorIs(t, err, ErrNoCode)
		require.Nil(t, d)
		require.Error(t, s.Dashboard(ctx, "d1"))
		require.Zero(t, s.User())
		require.Zero(t, s.Expires())
		require.Zero(t, s.Namespace())
		require.Zero(t, s.Experience())
		require.Equal(t, "no session", s.String())
	}
	for _, d := range []*Dataset{nil, {}} {
		_, err := d.Schema(ctx)
		require.ErrorIs(t, err, ErrForbidden)
		_, err = d.Count(ctx)
		require.ErrorIs(t, err, ErrForbidden)
		_, err = d.Distinct(ctx, "c")
		require.ErrorIs(t, err, ErrForbidden)
		n := 0
		for rec, err := range d.Records(ctx) {
			require.Nil(t, rec)
			require.ErrorIs(t, err, ErrForbidden)
			n++
		}
		require.Equal(t, 1, n)
		w := httptest.NewRecorder()
		ServeRecords(w, httptest.NewRequest(http.MethodGet, "/", nil), d)
		require.Equal(t, http.StatusForbidden, w.Code)
		require.Zero(t, d.ARN())
	}

	for _, r := range []*Ring{nil, {}} {
		_, _, err := parseToken(strings.Repeat("A", 131), kindCode, r)
		require.ErrorIs(t, err, ErrTampered)
	}
	ok, why := Policy{}.Decide(arnOf("dashboard/d1"))
	require.False(t, ok)
	require.NotEmpty(t, why)
	for _, c := range []Codes{new(Memory), new(Files), (*Files)(nil)} {
		_, err := c.Get(ctx, strings.Repeat("0", 32))
		require.ErrorIs(t, err, ErrUnknown)
		_, err = c.Redeem(ctx, strings.Repeat("0", 32), time.Now())
		require.ErrorIs(t, err, ErrUnknown)
	}
	_, err = new(Dashboards).Datasets(ctx, arnOf("dashboard/d1"))
	require.ErrorIs(t, err, ErrNoResource)
	shared, err := new(Dashboards).Shared(ctx, arnOf("dashboard/d1"), namespace.Default)
	require.NoError(t, err)
	require.False(t, shared)
	require.ErrorIs(t, (*Request)(nil).Validate(), ErrMissing)
	_, err = unmarshal([]byte("{}"))
	require.ErrorIs(t, err, ErrTampered, "a grant of nothing")
	require.Equal(t, http.StatusServiceUnavailable, Public(http.ErrBodyNotAllowed).Status, "an error nobody thought of")
}
