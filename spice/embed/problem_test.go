package embed

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWriteErrorLogs: the operator reads in the log what the viewer is not told, and
// no code, token or tag value (T8).
func TestWriteErrorLogs(t *testing.T) {
	var logged, others bytes.Buffer
	text := func(to *bytes.Buffer) *slog.Logger {
		return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	before := slog.Default()
	slog.SetDefault(text(&others))
	t.Cleanup(func() { slog.SetDefault(before) })
	w := newWorld(t, func(_ *Site, opts *Options) {
		opts.Logger = text(&logged)
		opts.ErrorPage = func(w http.ResponseWriter, _ *http.Request, p Problem) { _, _ = io.WriteString(w, "own "+p.Code) }
	})
	token, session, err := w.Redeem(t.Context(), "", w.code(t, aRequest()))
	require.NoError(t, err)
	var failure error
	mux := http.NewServeMux()
	mux.Handle("/in/{id}", w.Require(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { WriteError(rw, r, failure) })))
	mux.HandleFunc("/out/{id}", func(rw http.ResponseWriter, r *http.Request) { WriteError(rw, r, failure) })
	mux.HandleFunc("/own/{id}", func(rw http.ResponseWriter, r *http.Request) { w.WriteError(rw, r, failure) })
	for _, tt := range []struct {
		reason, path string
		err          error
		to, other    *bytes.Buffer
		want         []string
	}{
		{"a fault of the service", "/in/", errDisk, &logged, &others, []string{"level=WARN", "code=unavailable", errDisk.Error(), "user=" + session.User().String(), "route=/in/{id}", "method=GET"}},
		{"a refusal by the handler", "/in/", fmt.Errorf("%w: plan 7 has no exports", ErrForbidden), &logged, &others, []string{"level=INFO", "code=forbidden", "plan 7 has no exports"}},
		{"no session", "/out/", errDisk, &others, &logged, []string{"level=WARN", "code=unavailable", errDisk.Error(), "route=/out/{id}", "user=\"\""}},
		{"no session, and the method of the server", "/own/", errDisk, &logged, &others, []string{"level=WARN", "route=/own/{id}"}},
		{"a viewer who went away", "/in/", fmt.Errorf("read: %w", context.Canceled), nil, nil, nil},
	} {
		failure = tt.err
		logged.Reset()
		others.Reset()
		res := ask(mux, http.MethodGet, "http://any.example"+tt.path+"SECRETPATH?code=SECRETCODE", "", "Authorization", "Bearer "+token, "Accept", "text/html")
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, tt.path != "/out/", string(body) == "own "+Public(tt.err).Code, "%s: %s", tt.reason, body)
		if tt.to == nil {
			require.Empty(t, logged.String()+others.String(), tt.reason)
			continue
		}
		require.Empty(t, tt.other.String(), tt.reason)
		for _, want := range tt.want {
			require.Contains(t, tt.to.String(), want, tt.reason)
		}
		for _, secret := range []string{"SECRETPATH", "SECRETCODE", token} {
			require.NotContains(t, tt.to.String(), secret, tt.reason)
		}
	}
	require.NotPanics(t, func() {
		(*Server)(nil).WriteError(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), errDisk)
	})
}
