package embed

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

// TestRowsOptions asks for parts of the rows as a page does.
func TestRowsOptions(t *testing.T) {
	w := newOkTank(t, 3)
	token, _ := w.open(t, aRequest(user("North Hospital", "Central, East")...))
	h := w.Require(Rows(arnOf("dataset/s1")))
	get := func(query string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/rows?"+query, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		rw := httptest.NewRecorder()
		h.ServeHTTP(rw, r)
		return rw
	}
	for _, tt := range []struct {
		reason, query string
		columns       []string
		rows          int
	}{
		{"everything", "", []string{"region", "hospital", "patient", "revenue"}, 6},
		{"columns in an order", "column=revenue&column=region", []string{"revenue", "region"}, 6},
		{"a filter of the viewer", "where=" + url.QueryEscape(`region in ("East")`), []string{"region", "hospital", "patient", "revenue"}, 3},
		{"a filter on rows that are hidden", "where=" + url.QueryEscape(`region in ("West", "South") or hospital in ("South Hospital")`) + "&column=patient", []string{"patient"}, 0},
		{"everything, explicitly", "where=all", []string{"region", "hospital", "patient", "revenue"}, 6},
		{"a limit", "limit=2&column=patient", []string{"patient"}, 2},
	} {
		rw := get(tt.query)
		require.Equal(t, http.StatusOK, rw.Code, tt.reason)
		r, err := ipc.NewReader(bytes.NewReader(rw.Body.Bytes()))
		require.NoError(t, err, tt.reason)
		var names []string
		for _, f := range r.Schema().Fields() {
			names = append(names, f.Name)
		}
		rows := 0
		for r.Next() {
			rows += int(r.Record().NumRows())
		}
		require.NoError(t, r.Err(), tt.reason)
		r.Release()
		require.Equal(t, tt.columns, names, tt.reason)
		require.Equal(t, tt.rows, rows, tt.reason)
		require.NotContains(t, rw.Body.String(), "South Hospital", tt.reason)
	}
	for reason, query := range map[string]string{
		"a column that is not there": "column=price", "a filter on one": "where=" + url.QueryEscape(`price in ("secret")`),
		"a filter on a number": "where=" + url.QueryEscape(`revenue in ("secret")`), "no predicate": "where=" + url.QueryEscape(`region = "secret"`),
		"another parameter": "colum=region", "two limits": "limit=1&limit=2", "a limit of 0": "limit=0", "no number": "limit=secret",
		"a broken escape": "where=%zz", "an endless filter": "where=" + strings.Repeat("x", maxWhere+1),
	} {
		rw := get(query)
		require.Equal(t, http.StatusBadRequest, rw.Code, reason)
		require.NotContains(t, rw.Body.String(), "secret", reason)
		require.NotContains(t, w.log.String(), "secret", reason)
		require.Contains(t, rw.Body.String(), "bad-request", reason)
	}
	records := w.reads.Records()
	filtered := slices.IndexFunc(records, func(r audit.Record) bool {
		d := r.ServiceEventDetails
		return d != nil && d.EventRequestDetails != nil && slices.Equal(d.EventRequestDetails.FilterColumns, []string{"region"})
	})
	require.GreaterOrEqual(t, filtered, 0, "the record names the column of the filter")
}
