package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// write writes a Parquet file of rows of tenants.
func write(t *testing.T, path string, tenants ...string) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "TenantID", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues(tenants, nil)
	rec := b.NewRecord()
	defer rec.Release()
	var buf bytes.Buffer
	w, err := parquet.NewWriter(&buf, schema, nil)
	require.NoError(t, err)
	require.NoError(t, errors.Join(w.Write(rec), w.Close()))
	require.NoError(t, os.WriteFile(path, buf.Bytes(), 0o600))
}

// TestService walks the way of a viewer through the service, before and after a
// refresh, and again after a restart.
func TestService(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "sales.parquet")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dashboard.html"), []byte("<!DOCTYPE html><title>Revenue</title>"), 0o600))
	write(t, file, "acme", "globex", "acme")
	var handler http.Handler
	httpd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	defer httpd.Close()
	tenant := "acme"
	start := func() *service {
		s, err := open(t.Context(), httpd.URL, filepath.Join(dir, "data"), dir, parquetFile(file), make([]byte, 32), func(*http.Request) user { return user{tenant, "customer-1"} })
		require.NoError(t, err)
		handler = s
		return s
	}
	do := func(method, url, body string, headers ...string) (int, []byte) {
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		require.NoError(t, err)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, err := httpd.Client().Do(r)
		require.NoError(t, err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, b
	}
	login := func() string {
		_, outer := do("GET", httpd.URL+"/revenue", "")
		src := regexp.MustCompile(`src="([^"]*)"`).FindSubmatch(outer)
		require.NotNil(t, src, string(outer))
		status, page := do("GET", string(src[1]), "")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, string(page), "Revenue")
		u, err := url.Parse(string(src[1]))
		require.NoError(t, err)
		_, answer := do("POST", httpd.URL+"/embed/session", `{"Code":"`+u.Query().Get("code")+`"}`, "Content-Type", "application/json")
		var session struct{ SessionToken string }
		require.NoError(t, json.Unmarshal(answer, &session))
		return session.SessionToken
	}
	rows := func(token string) (got []string) {
		status, b := do("GET", httpd.URL+"/embed/rows", "", "Authorization", "Bearer "+token)
		require.Equal(t, http.StatusOK, status)
		r, err := ipc.NewReader(bytes.NewReader(b))
		require.NoError(t, err)
		defer r.Release()
		for r.Next() {
			for i := range int(r.Record().NumRows()) {
				got = append(got, r.Record().Column(0).(*array.String).Value(i))
			}
		}
		require.NoError(t, r.Err())
		return got
	}

	s := start()
	token := login()
	require.Equal(t, []string{"acme", "acme"}, rows(token))
	write(t, file, "acme", "globex")
	require.NoError(t, s.refresh(t.Context()))
	require.Equal(t, []string{"acme"}, rows(token))
	require.NoError(t, s.Close())

	s = start()
	defer func() { require.NoError(t, s.Close()) }()
	require.Equal(t, []string{"acme"}, rows(token), "a session outlives the process")
	tenant = "*"
	status, _ := do("GET", httpd.URL+"/revenue", "")
	require.Equal(t, http.StatusServiceUnavailable, status, "a tenant called * is not all tenants")
	log, err := os.ReadFile(filepath.Join(dir, "data", "spice", "audit.jsonl"))
	require.NoError(t, err)
	require.Contains(t, string(log), `"label":"customer-1"`)
	require.NotContains(t, string(log), "acme")
}

// TestRun: the program serves until it is told to stop.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "sales.parquet")
	write(t, file, "acme")
	t.Setenv("EMBED_SECRET", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx, "127.0.0.1:0", filepath.Join(dir, "data"), dir, file) }()
	stop()
	if err := <-done; err != nil { // told so before it was ready
		require.ErrorIs(t, err, context.Canceled)
	}
	t.Setenv("EMBED_SECRET", "not base64")
	require.ErrorContains(t, run(t.Context(), "127.0.0.1:0", dir, dir, file), "EMBED_SECRET")
}
