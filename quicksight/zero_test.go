package quicksight_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
)

// TestZero: the zero Service and a Service without credentials refuse every
// request.
func TestZero(t *testing.T) {
	for _, path := range []string{"/accounts/111122223333/namespaces", "/rowsight/data-sets/sales/rows?user=al", "/embed/redeem"} {
		w := httptest.NewRecorder()
		new(quicksight.Service).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		require.Equal(t, 503, w.Code, path)
		w = httptest.NewRecorder()
		(*quicksight.Service)(nil).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		require.Equal(t, 503, w.Code, path)
	}
	require.NoError(t, new(quicksight.Service).Close())

	_, err := quicksight.Open(t.Context(), t.TempDir(), nil)
	require.ErrorIs(t, err, quicksight.ErrOptions)
	service, err := quicksight.Open(t.Context(), t.TempDir(), &quicksight.Options{Account: "111122223333", Region: "us-east-1"})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	service.ServeHTTP(w, httptest.NewRequest("GET", "/accounts/111122223333/namespaces", nil))
	require.Equal(t, 403, w.Code)
	require.Contains(t, w.Header().Get("X-Amzn-Errortype"), "MissingAuthenticationToken")
	require.NoError(t, service.Close())
	w = httptest.NewRecorder()
	service.ServeHTTP(w, httptest.NewRequest("GET", "/accounts/111122223333/namespaces", nil))
	require.Equal(t, 503, w.Code, "closed")

	require.Zero(t, new(quicksight.Credentials).Len())
	require.Zero(t, (*quicksight.Credentials)(nil).Len())
}
