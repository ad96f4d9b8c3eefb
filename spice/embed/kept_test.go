package embed

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
)

// TestKeptTexts keeps every text that one session reads, by [Dataset.Records] and
// from the bytes that [Rows] writes, while the other sessions read: none turns
// into that of another patient. The memory is that of the default.
func TestKeptTexts(t *testing.T) {
	now, reads := newClock(), new(audit.Memory)
	store := newStore(t, nil, now, reads, map[string]spice.Source{"s1": revenue{memory.DefaultAllocator, 12}})
	setRules(t, store, "s1", okTankRules)
	w := newWorld(t, func(s *Site, o *Options) { s.Data, o.Now = store, now.Now })
	type kept struct{ held, was string }
	keep := func(list []kept, rec arrow.Record) []kept {
		text := rec.Column(rec.Schema().FieldIndices("patient")[0]).(*array.String)
		for i := range text.Len() {
			list = append(list, kept{text.Value(i), strings.Clone(text.Value(i))})
		}
		return list
	}
	read := func(hospital, region string, each func(arrow.Record)) {
		token, session := w.open(t, aRequest(user(hospital, region)...))
		d, err := session.Open(t.Context(), arnOf("dataset/s1"))
		require.NoError(t, err)
		for rec, err := range d.Records(t.Context()) {
			require.NoError(t, err)
			each(rec)
		}
		request := httptest.NewRequest(http.MethodGet, "/rows", nil)
		request.Header.Set("Authorization", "Bearer "+token)
		answer := httptest.NewRecorder()
		w.Require(Rows(arnOf("dataset/s1"))).ServeHTTP(answer, request)
		require.Equal(t, http.StatusOK, answer.Code)
		r, err := ipc.NewReader(answer.Body)
		require.NoError(t, err)
		defer r.Release()
		for r.Next() {
			each(r.Record())
		}
		require.NoError(t, r.Err())
	}
	for _, first := range []string{"North Hospital", "*"} { // some rows, and the path for all of them
		var list []kept
		read(first, "*", func(rec arrow.Record) { list = keep(list, rec) })
		require.GreaterOrEqual(t, len(list), 2*12*len(regions))
		for range 3 {
			for _, h := range hospitals {
				for _, region := range regions {
					read(h, region, func(rec arrow.Record) { _ = keep(nil, rec) })
				}
			}
		}
		for _, k := range list {
			require.Equal(t, k.was, k.held)
		}
	}
}
