package quicksight_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestHealth: the routes for those who watch the service need no signature and
// say nothing about the account.
func TestHealth(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, "")
	ask := func(method, path string) (int, string) {
		w := httptest.NewRecorder()
		s.Service.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code, w.Body.String()
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		status, body := ask("GET", path)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "ok\n", body)
		status, _ = ask("POST", path)
		require.Equal(t, http.StatusMethodNotAllowed, status)
	}
	status, body := ask("GET", "/invitation")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "no passwords")
	status, _ = ask("GET", "/healthz/more")
	require.Equal(t, http.StatusForbidden, status, "any other path wants a signature")
	require.NoError(t, s.Service.Ready(t.Context()))

	opened, err := quicksight.Open(t.Context(), t.TempDir(), &quicksight.Options{Account: s.Account, Region: s.Region, Unauthenticated: true})
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	require.Error(t, opened.Ready(t.Context()))
	require.Error(t, new(quicksight.Service).Ready(t.Context()))
	w := httptest.NewRecorder()
	opened.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
}
