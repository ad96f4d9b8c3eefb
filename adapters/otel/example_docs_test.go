package otel_test

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/rowsight/rowsight/adapters/otel"
)

// The code of docs/observability.md.

// telemetry sends traces and metrics to the collector at
// OTEL_EXPORTER_OTLP_ENDPOINT, such as http://localhost:4317. Call stop before the
// program ends.
func telemetry(ctx context.Context) (observer *otel.Observer, stop func(context.Context) error, err error) {
	traces, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, nil, err
	}
	metrics, err := otlpmetricgrpc.New(ctx)
	if err != nil {
		return nil, nil, err
	}
	tp := trace.NewTracerProvider(trace.WithBatcher(traces))
	mp := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(metrics)))
	stop = func(ctx context.Context) error { return errors.Join(tp.Shutdown(ctx), mp.Shutdown(ctx)) }
	observer, err = otel.New(&otel.Options{TracerProvider: tp, MeterProvider: mp})
	return observer, stop, err
}

var _ = telemetry
