package otel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/rowsight/rowsight/adapters/otel"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/observe"
	"github.com/rowsight/rowsight/tagrules"
)

// Without providers, traces and metrics go to the global ones of OpenTelemetry.
func ExampleNew() {
	observer, err := otel.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = spice.Options{Observer: observer}
	fmt.Println(otel.Scope)
	// Output: github.com/rowsight/rowsight/adapters/otel
}

func TestZero(t *testing.T) {
	var none *otel.Observer
	for _, o := range []*otel.Observer{none, {}} {
		ctx, end := o.Start(t.Context(), observe.Operation{Kind: observe.Read})
		require.Equal(t, t.Context(), ctx)
		end(observe.Ended(errors.New("x"), ""))
	}
}

// A collector is the receiver of the OpenTelemetry Collector, in this process.
type collector struct {
	traces  consumertest.TracesSink
	metrics consumertest.MetricsSink
	address string
}

func startCollector(t *testing.T) *collector {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &collector{address: listener.Addr().String()}
	require.NoError(t, listener.Close())
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	conf := confmap.NewFromStringMap(map[string]any{"protocols": map[string]any{"grpc": map[string]any{"endpoint": c.address}}})
	require.NoError(t, conf.Unmarshal(config))
	settings := receivertest.NewNopSettings(factory.Type())
	traces, err := factory.CreateTraces(t.Context(), settings, config, &c.traces)
	require.NoError(t, err)
	metrics, err := factory.CreateMetrics(t.Context(), settings, config, &c.metrics)
	require.NoError(t, err)
	for _, r := range []component.Component{traces, metrics} {
		require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
		t.Cleanup(func() { require.NoError(t, r.Shutdown(context.Background())) })
	}
	return c
}

// observer returns an observer that sends to the collector. What it has sent has arrived
// when both providers are shut down.
func (c *collector) observer(t *testing.T) (*otel.Observer, *trace.TracerProvider, *metric.MeterProvider) {
	ctx := t.Context()
	toTraces, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(c.address), otlptracegrpc.WithInsecure())
	require.NoError(t, err)
	toMetrics, err := otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithEndpoint(c.address), otlpmetricgrpc.WithInsecure())
	require.NoError(t, err)
	tp := trace.NewTracerProvider(trace.WithBatcher(toTraces))
	mp := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(toMetrics, metric.WithInterval(time.Hour))))
	observer, err := otel.New(&otel.Options{TracerProvider: tp, MeterProvider: mp})
	require.NoError(t, err)
	return observer, tp, mp
}

// TestCollector: what a real store does arrives at a real collector, through the
// exporters of the SDK.
func TestCollector(t *testing.T) {
	c := startCollector(t)
	ctx := t.Context()
	observer, tp, mp := c.observer(t)

	dir := t.TempDir()
	store, err := spice.Open(dir+"/store", &spice.Options{Observer: observer, KeyCache: time.Minute})
	require.NoError(t, err)
	dataset := tenants(t, store)
	viewer := spice.Session{Anonymous: anonymous, Tags: []tagrules.Tag{{Key: "tenant", Value: "acme-secret"}}}
	root, span := tp.Tracer("test").Start(ctx, "request")
	rows := 0
	for rec, err := range dataset.Records(root, viewer) {
		require.NoError(t, err)
		rows += int(rec.NumRows())
	}
	span.End()
	require.Equal(t, 2, rows)
	_, err = dataset.Distinct(ctx, viewer, "absent")
	require.Error(t, err)
	require.NoError(t, store.Close())
	require.NoError(t, tp.Shutdown(ctx))
	require.NoError(t, mp.Shutdown(ctx))

	spans := c.spans()
	require.Len(t, spans["rowsight.refresh"], 1)
	require.Len(t, spans["rowsight.read"], 2)
	read := spans["rowsight.read"][0]
	require.Equal(t, spans["request"][0].SpanID(), read.ParentSpanID())
	require.Equal(t, map[string]any{"rowsight.operation": "ReadDataSet", "rowsight.dataset": dataset.ARN().String(), "rowsight.rows": int64(2)}, read.Attributes().AsRaw())
	require.Equal(t, ptrace.StatusCodeUnset, read.Status().Code())
	failed := spans["rowsight.read"][1]
	require.Equal(t, ptrace.StatusCodeError, failed.Status().Code())
	require.Empty(t, failed.Status().Message())
	code, _ := failed.Attributes().Get("error.type")
	require.Equal(t, "InvalidParameterValueException", code.Str())
	require.NotEmpty(t, spans["rowsight.bind"])
	require.Equal(t, read.SpanID(), spans["rowsight.bind"][0].ParentSpanID())
	require.NotEmpty(t, spans["rowsight.key_use"])

	metrics := c.points()
	require.Contains(t, metrics, "rowsight.operation.duration")
	require.Contains(t, metrics, "rowsight.operation.rows")

	// Nothing that arrived holds the tag value, which is a value of a row, too.
	traces, err := (&ptrace.JSONMarshaler{}).MarshalTraces(c.traces.AllTraces()[0])
	require.NoError(t, err)
	require.NotContains(t, string(traces), "acme-secret")
	text, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(c.metrics.AllMetrics()[0])
	require.NoError(t, err)
	require.NotContains(t, string(text), "acme-secret")
	require.Contains(t, string(text), "rowsight.cached")
}

// spans returns all spans that arrived, by name, in the order of their starts.
func (c *collector) spans() map[string][]ptrace.Span {
	spans := make(map[string][]ptrace.Span)
	for _, traces := range c.traces.AllTraces() {
		for _, resource := range traces.ResourceSpans().All() {
			for _, scope := range resource.ScopeSpans().All() {
				for _, span := range scope.Spans().All() {
					spans[span.Name()] = append(spans[span.Name()], span)
				}
			}
		}
	}
	return spans
}

// points returns the metrics that arrived, by name.
func (c *collector) points() map[string]pmetric.Metric {
	metrics := make(map[string]pmetric.Metric)
	for _, all := range c.metrics.AllMetrics() {
		for _, resource := range all.ResourceMetrics().All() {
			for _, scope := range resource.ScopeMetrics().All() {
				for _, m := range scope.Metrics().All() {
					metrics[m.Name()] = m
				}
			}
		}
	}
	return metrics
}

// TestDashboard: the Grafana dashboard asks only for metrics and attributes that
// the observer writes.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../../docs/grafana.json")
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &dashboard))
	known := []string{"rowsight_operation_duration_seconds_count", "rowsight_operation_duration_seconds_bucket", "rowsight_operation_rows_total",
		"rowsight_kind", "rowsight_cached", "rowsight_dataset"}
	words := regexp.MustCompile(`rowsight_[a-z_]+`)
	kinds := regexp.MustCompile(`rowsight_kind=~?"([a-z_|]+)"`)
	var written []string
	for k := observe.Read; k <= observe.Call; k++ {
		written = append(written, strings.ReplaceAll(k.String(), " ", "_"))
	}
	seen := 0
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			for _, word := range words.FindAllString(target.Expr, -1) {
				require.Contains(t, known, word, panel.Title)
				seen++
			}
			for _, m := range kinds.FindAllStringSubmatch(target.Expr, -1) {
				require.Subset(t, written, strings.Split(m[1], "|"), panel.Title)
			}
		}
	}
	require.Greater(t, seen, 20)
}
