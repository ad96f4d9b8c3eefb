package quicksight_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestQuestionAddress: the IP restriction holds for questions as for rows.
func TestQuestionAddress(t *testing.T) {
	s := quicksighttest.NewServer(t)
	session := openAs(t, s, "default/PowerUser", "sales")
	require.NoError(t, s.Do(t.Context(), "POST", "/ip-restriction", object{"IpRestrictionRuleMap": object{"192.0.2.0/24": "office"}, "Enabled": true}, nil))
	for _, q := range []struct{ m, p string }{{"GET", "/embed/rows/sales"}, {"POST", question}} {
		r := httptest.NewRequest(q.m, q.p, strings.NewReader(string(mustJSON(t, countByRegion))))
		r.RemoteAddr = "198.51.100.1:80"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+session.token)
		w := httptest.NewRecorder()
		s.Service.ServeHTTP(w, r)
		require.Equal(t, http.StatusForbidden, w.Code, q.p)
	}
}
