package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
)

func TestService(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}, {Name: "sales", Type: arrow.PrimitiveTypes.Int64}}, nil)
	rows, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"region": "US", "sales": 1}, {"region": "secret", "sales": 2}, {"sales": 3}]`))
	require.NoError(t, err)
	defer rows.Release()
	rules, err := rls.ReadCSV(strings.NewReader("UserName,region\nanna,US\n"), nil)
	require.NoError(t, err)
	s := &service{rules, rows, func(r *http.Request) string { name, _, _ := r.BasicAuth(); return name }}
	for user, want := range map[string]string{"anna": "[1]", "eve": "[]", "": "[]"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.SetBasicAuth(user, "")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.NotContains(t, w.Body.String(), "secret")
		in, err := ipc.NewReader(w.Body)
		require.NoError(t, err)
		defer in.Release()
		require.True(t, in.Next())
		require.Equal(t, want, fmt.Sprint(in.RecordBatch().Column(1)), user)
	}
}
