package embed

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/stretchr/testify/require"
)

// TestQuestions asks as a page does. The answer is computed from visible rows alone.
func TestQuestions(t *testing.T) {
	w := newOkTank(t, 3)
	token, session := w.open(t, aRequest(user("North Hospital", "Central, East")...))
	h := w.Require(Questions(arnOf("dataset/s1")))
	ask := func(method, body string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/query", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		rw := httptest.NewRecorder()
		h.ServeHTTP(rw, r)
		return rw
	}
	const sums = `{"dimensions": [{"column": "region"}], "measures": [{"function": "sum", "of": "revenue", "as": "total"}, {"function": "count"}], "totals": true}`
	rw := ask(http.MethodPost, sums)
	require.Equal(t, http.StatusOK, rw.Code)
	require.JSONEq(t, `{"columns": [{"name": "region", "type": "text"}, {"name": "total", "type": "decimal"}, {"name": "count()", "type": "int"}],
		"rows": [["Central", "6", "3"], ["East", "6", "3"]], "totals": ["12", "6"]}`, rw.Body.String())
	require.Equal(t, "no-store", rw.Header().Get("Cache-Control"))

	rw = ask(http.MethodPost, sums, "Accept", MediaType)
	require.Equal(t, MediaType, rw.Header().Get("Content-Type"))
	r, err := ipc.NewReader(bytes.NewReader(rw.Body.Bytes()))
	require.NoError(t, err)
	defer r.Release()
	require.True(t, r.Next())
	require.Equal(t, int64(2), r.Record().NumRows())
	require.False(t, r.Next())
	require.NoError(t, r.Err())

	page := `{"columns": ["region", "revenue"], "order": [{"by": "region", "desc": true}], "limit": 4, "offset": %d}`
	for offset, want := range map[int]string{
		0: `[["East","1"],["East","2"],["East","3"],["Central","1"]]`, 4: `[["Central","2"],["Central","3"]]`, 8: `[]`,
	} {
		require.JSONEq(t, `{"columns":[{"name":"region","type":"text"},{"name":"revenue","type":"int"}],"rows":`+want+`}`, ask(http.MethodPost, fmt.Sprintf(page, offset)).Body.String())
	}

	hidden := `{"measures": [{"function": "count"}], "filters": [{"where": {"op": "in", "column": "hospital", "values": ["South Hospital"]}}]}`
	require.Contains(t, ask(http.MethodPost, hidden).Body.String(), `"rows":[["0"]]`)
	for _, tt := range []struct {
		reason, method, body string
		header               []string
		status               int
	}{
		{"a column that is not there", http.MethodPost, `{"dimensions": [{"column": "secret"}]}`, nil, http.StatusBadRequest},
		{"a page of a column that is not there", http.MethodPost, `{"columns": ["secret"], "limit": 1}`, nil, http.StatusBadRequest},
		{"rows without a limit", http.MethodPost, `{"columns": ["region"]}`, nil, http.StatusBadRequest},
		{"no question", http.MethodPost, `{"measure": []}`, nil, http.StatusBadRequest},
		{"the zero question", http.MethodPost, `{}`, nil, http.StatusBadRequest},
		{"no JSON", http.MethodPost, `secret`, nil, http.StatusBadRequest},
		{"a question that is too long", http.MethodPost, sums + strings.Repeat(" ", maxQuestion), nil, http.StatusBadRequest},
		{"another method", http.MethodGet, sums, nil, http.StatusMethodNotAllowed},
		{"another media type", http.MethodPost, sums, []string{"Content-Type", "text/plain"}, http.StatusUnsupportedMediaType},
		{"another site", http.MethodPost, sums, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"no session", http.MethodPost, sums, []string{"Authorization", ""}, http.StatusUnauthorized},
	} {
		rw := ask(tt.method, tt.body, tt.header...)
		require.Equal(t, tt.status, rw.Code, tt.reason)
		require.NotContains(t, rw.Body.String(), "secret", tt.reason)
	}
	require.NoError(t, w.Revoke(t.Context(), trusted(t), session.User()))
	require.Equal(t, http.StatusForbidden, ask(http.MethodPost, sums).Code, "a revoked session")
}
