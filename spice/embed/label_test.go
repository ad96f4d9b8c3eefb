package embed

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/tagrules"
)

// TestLabel: the label of a caller is in every record of its sessions, also of
// what is refused to them, and in nothing that a viewer gets.
func TestLabel(t *testing.T) {
	w := newWorld(t)
	caller := trusted(t)
	caller.Label = "acme-corp"
	generate := func() string {
		res, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), caller, aRequest(tagrules.Tag{Key: "tenant", Value: "SECRET"}))
		require.NoError(t, err)
		require.NotContains(t, res.EmbedUrl+res.AnonymousUserArn, caller.Label)
		_, code, _ := strings.Cut(res.EmbedUrl, "?code=")
		return code
	}
	code := generate()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"Code":"`+code+`"}`))
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.RedeemHandler().ServeHTTP(answer, r)
	require.Equal(t, http.StatusOK, answer.Code)
	require.NotContains(t, answer.Body.String(), caller.Label)
	_, _, err := w.Redeem(t.Context(), "", code)
	require.ErrorIs(t, err, ErrUsed)
	_, session, err := w.Redeem(t.Context(), "", generate())
	require.NoError(t, err)
	require.Equal(t, caller.Label, session.Label())
	viewer, err := session.viewer(t.Context())
	require.NoError(t, err)
	require.Equal(t, caller.Label, viewer.Label, "and so in the records of the store")
	_, err = session.Open(t.Context(), arnOf("dataset/s2"))
	require.ErrorIs(t, err, ErrForbidden)
	bad := aRequest()
	bad.Namespace = "nowhere"
	_, err = w.GenerateEmbedUrlForAnonymousUser(t.Context(), caller, bad)
	require.ErrorIs(t, err, ErrNoResource)
	require.NotEmpty(t, w.audit.Records())
	for _, r := range w.audit.Records() {
		if r.EventName == eventRedeem && r.ErrorCode == "used" {
			continue // what a used code stands for is not looked at
		}
		require.Equal(t, caller.Label, r.UserIdentity.Label, "%s %s", r.EventName, r.ErrorCode)
	}
}

// TestLabelRefused: a label that is none, or a tag value, makes no session and
// stands in no record, log or error.
func TestLabelRefused(t *testing.T) {
	for reason, label := range map[string]string{
		"two words": "ZEBRA two", "a tag value": "ZEBRA", "a tag value in other case": "zebra", "too long": "ZEBRA" + strings.Repeat("x", audit.MaxLabel),
	} {
		w := newWorld(t)
		caller := trusted(t)
		caller.Label = label
		res, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), caller, aRequest(tagrules.Tag{Key: "tenant", Value: "ZEBRA"}))
		require.ErrorIs(t, err, audit.ErrLabel, reason)
		require.Nil(t, res, reason)
		require.Equal(t, InternalFailureException, Code(err), "%s: no mistake of who wrote the request", reason)
		records, err2 := json.Marshal(w.audit.Records())
		require.NoError(t, err2)
		require.NotEmpty(t, w.audit.Records())
		for _, text := range []string{err.Error(), w.log.String(), string(records)} {
			require.NotContains(t, strings.ToUpper(text), "ZEBRA", reason)
		}
	}
	require.Empty(t, new(Session).Label())
	require.Empty(t, (*Session)(nil).Label())
}
