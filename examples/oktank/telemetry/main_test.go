package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/rowsight/rowsight/examples/oktank/internal/portal"
)

var frame = regexp.MustCompile(`<iframe[^>]* src="([^"]+)"`)

// TestObserved: somebody logs in, opens the dashboard and asks a question. Each step
// is a span, and no span and no metric has a tag value, a code or a token.
func TestObserved(t *testing.T) {
	spans, reader := tracetest.NewInMemoryExporter(), metric.NewManualReader()
	tp, mp := trace.NewTracerProvider(trace.WithSyncer(spans)), metric.NewMeterProvider(metric.WithReader(reader))
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	site, err := observed(t.Context(), server.URL, tp, mp)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, site.Close()) })
	handler = site
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar}
	answer := func(res *http.Response, err error) string {
		require.NoError(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, res.StatusCode, string(text))
		return string(text)
	}

	viewer := portal.People()[0]
	address := frame.FindStringSubmatch(answer(client.PostForm(server.URL+"/login", url.Values{"user": {viewer.Name}})))
	require.NotNil(t, address)
	link, err := url.Parse(address[1])
	require.NoError(t, err)
	code := link.Query().Get("code")
	var session struct{ SessionToken string }
	require.NoError(t, json.Unmarshal([]byte(answer(client.Post(server.URL+"/embed/oktank/redeem", "application/json", strings.NewReader(`{"Code": "`+code+`"}`)))), &session))
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/embed/oktank/ask", strings.NewReader(`{"measures": [{"function": "count"}]}`))
	require.NoError(t, err)
	ask.Header.Set("Content-Type", "application/json")
	ask.Header.Set("Authorization", "Bearer "+session.SessionToken)
	answer(client.Do(ask))

	seen := map[string]bool{}
	for _, span := range spans.GetSpans() {
		seen[span.Name] = true
	}
	for _, name := range []string{"rowsight.refresh", "rowsight.generate", "rowsight.redeem", "rowsight.session", "rowsight.read", "rowsight.bind", "rowsight.key_use"} {
		require.True(t, seen[name], "%s: got %v", name, seen)
	}
	var metrics metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &metrics))
	text, err := json.Marshal([]any{spans.GetSpans().Snapshots(), metrics})
	require.NoError(t, err)
	all := string(text)
	for _, s := range spans.GetSpans() {
		for _, a := range s.Attributes {
			all += a.Value.String() + "\n"
		}
	}
	require.Contains(t, all, "rowsight.operation.duration")
	secrets := []string{code, session.SessionToken}
	for _, tag := range viewer.Tags {
		if len(tag.Value) >= 8 { // shorter ones may stand in an id by chance
			secrets = append(secrets, tag.Value)
		}
	}
	require.Greater(t, len(secrets), 2)
	for _, secret := range secrets {
		require.NotContains(t, all, secret)
	}
}

// TestExporters: with an address they send to it, and without one they print.
func TestExporters(t *testing.T) {
	for _, endpoint := range []string{"", "http://127.0.0.1:1"} {
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
		traces, metrics, err := exporters(t.Context())
		require.NoError(t, err)
		require.NoError(t, traces.Shutdown(t.Context()))
		require.NoError(t, metrics.Shutdown(t.Context()))
	}
}
