package otel_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/rowsight/rowsight/quicksight"
)

// TestService: requests to the API of QuickSight arrive at a real collector with the
// names of the semantic conventions, and without their values.
func TestService(t *testing.T) {
	c := startCollector(t)
	ctx := t.Context()
	observer, tp, mp := c.observer(t)

	service, err := quicksight.Open(ctx, t.TempDir(), &quicksight.Options{Account: "111122223333", Region: "us-east-1", Unauthenticated: true, Observer: observer})
	require.NoError(t, err)
	const users = "/accounts/111122223333/namespaces/default/users"
	const user = `{"IdentityType":"QUICKSIGHT","Email":"a@example.com","UserRole":"READER","UserName":"acme-secret"}`
	for _, request := range [][3]string{{"POST", users, user}, {"POST", users, user}, {"GET", "/acme-secret", ""}} {
		service.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(request[0], "http://localhost"+request[1], strings.NewReader(request[2])))
	}
	require.NoError(t, service.Close())
	require.NoError(t, tp.Shutdown(ctx))
	require.NoError(t, mp.Shutdown(ctx))

	spans := c.spans()
	require.Len(t, spans["QuickSight/RegisterUser"], 2)
	for i, want := range []map[string]any{
		{"rpc.system.name": "aws-api", "rpc.method": "QuickSight/RegisterUser", "http.response.status_code": int64(http.StatusCreated)},
		{"rpc.system.name": "aws-api", "rpc.method": "QuickSight/RegisterUser", "http.response.status_code": int64(http.StatusConflict), "error.type": "ResourceExistsException"},
	} {
		span := spans["QuickSight/RegisterUser"][i]
		require.Equal(t, want, span.Attributes().AsRaw())
		require.Equal(t, ptrace.SpanKindServer, span.Kind())
		require.Equal(t, ptrace.StatusCodeUnset, span.Status().Code(), "the caller made the mistake")
	}
	require.Len(t, spans["_OTHER"], 1)

	points := c.points()["rpc.server.call.duration"].Histogram().DataPoints()
	require.Equal(t, 3, points.Len())
	methods := map[string]int{}
	for _, p := range points.All() {
		method, _ := p.Attributes().Get("rpc.method")
		methods[method.Str()] += int(p.Count())
	}
	require.Equal(t, map[string]int{"QuickSight/RegisterUser": 2, "_OTHER": 1}, methods)

	for _, traces := range c.traces.AllTraces() {
		text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
		require.NoError(t, err)
		require.NotContains(t, string(text), "acme-secret")
	}
	text, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(c.metrics.AllMetrics()[0])
	require.NoError(t, err)
	require.NotContains(t, string(text), "acme-secret")
}
