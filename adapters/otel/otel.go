// Package otel writes OpenTelemetry traces and metrics of the operations of a
// store, of embedding and of the API of QuickSight.
//
//	observer, err := otel.New(&otel.Options{TracerProvider: tp, MeterProvider: mp})
//	store, err := spice.Open(dir, &spice.Options{Observer: observer, …})
//	server, err := embed.New(site, &embed.Options{Observer: observer, …})
//	service, err := quicksight.Open(ctx, dir, &quicksight.Options{Observer: observer, …})
//
// # Spans
//
// A span is named after its operation, such as "rowsight.read". Spans of steps,
// such as the use of a key, are its children. Attributes are rowsight.operation
// (the name of the audit event or API operation), rowsight.dataset and
// rowsight.key (ARNs), rowsight.rows, and error.type if the operation failed.
// Cache hits create no span.
//
// A request to the API of QuickSight is a span of a server with the names of the
// semantic conventions for RPC: it is called "QuickSight/RegisterUser" and has
// rpc.system.name (aws-api), rpc.method, http.response.status_code and error.type.
//
// # Metrics
//
//	rowsight.operation.duration  histogram, s      by kind, operation, cached and error.type
//	rowsight.operation.rows      counter, {row}    by kind, operation and dataset
//	rpc.server.call.duration     histogram, s      by rpc.system.name, rpc.method, http.response.status_code and error.type
//
// # What is never in them
//
// Values of rows, tag values, keys, codes, and texts of errors: error.type is a
// code of the QuickSight API or of this module, such as AccessDeniedException.
package otel

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/rowsight/rowsight/spice/observe"
)

// Scope is the name of the instrumentation scope.
const Scope = "github.com/rowsight/rowsight/adapters/otel"

// Options configure [New]. A nil *Options and a nil provider mean the global
// provider.
type Options struct {
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
}

// An Observer is an [observe.Observer]. It is safe for concurrent use. The zero
// Observer does nothing.
type Observer struct {
	tracer   trace.Tracer
	duration metric.Float64Histogram
	rows     metric.Int64Counter
	calls    metric.Float64Histogram
}

var _ observe.Observer = (*Observer)(nil)

// New returns an Observer. The error is an error of the meter provider.
func New(opts *Options) (*Observer, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
	if o.MeterProvider == nil {
		o.MeterProvider = otel.GetMeterProvider()
	}
	meter := o.MeterProvider.Meter(Scope)
	duration, err := meter.Float64Histogram("rowsight.operation.duration", metric.WithUnit("s"),
		metric.WithDescription("Time of an operation: a read, a refresh, a filter, a use of a key, an embed URL, a session."),
		buckets())
	if err != nil {
		return nil, fmt.Errorf("rowsight.operation.duration: %w", err)
	}
	rows, err := meter.Int64Counter("rowsight.operation.rows", metric.WithUnit("{row}"),
		metric.WithDescription("Rows that reads yielded and refreshes took in."))
	if err != nil {
		return nil, fmt.Errorf("rowsight.operation.rows: %w", err)
	}
	calls, err := meter.Float64Histogram("rpc.server.call.duration", metric.WithUnit("s"),
		metric.WithDescription("Time of a request to the API of QuickSight."), buckets())
	if err != nil {
		return nil, fmt.Errorf("rpc.server.call.duration: %w", err)
	}
	return &Observer{tracer: o.TracerProvider.Tracer(Scope), duration: duration, rows: rows, calls: calls}, nil
}

func buckets() metric.HistogramOption {
	return metric.WithExplicitBucketBoundaries(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60)
}

// name returns the name of a kind in attributes and spans: "key use" is key_use.
func name(k observe.Kind) string { return strings.ReplaceAll(k.String(), " ", "_") }

// Start implements [observe.Observer].
func (o *Observer) Start(ctx context.Context, op observe.Operation) (context.Context, func(observe.Result)) {
	if o == nil || o.tracer == nil {
		return ctx, func(observe.Result) {}
	}
	if op.Kind == observe.Call {
		return o.call(ctx, op)
	}
	kind := attribute.String("rowsight.kind", name(op.Kind))
	operation := attribute.String("rowsight.operation", op.Name)
	// Whether a filter or key is cached is known at the end, and a span cannot be
	// taken back. What happens below these is none of a cache's.
	late := op.Kind == observe.Bind || op.Kind == observe.KeyUse
	var span trace.Span
	began := time.Now()
	begin := func() {
		ctx, span = o.tracer.Start(ctx, "rowsight."+name(op.Kind), trace.WithTimestamp(began), trace.WithAttributes(operation))
	}
	if !late {
		begin()
	}
	return ctx, func(r observe.Result) {
		if late && !r.Cached {
			begin()
		}
		attributes := []attribute.KeyValue{kind, operation}
		if late {
			attributes = append(attributes, attribute.Bool("rowsight.cached", r.Cached))
		}
		if r.Failed {
			attributes = append(attributes, attribute.String("error.type", errorType(r)))
		}
		o.duration.Record(ctx, r.Time.Seconds(), metric.WithAttributes(attributes...))
		if r.Rows > 0 {
			o.rows.Add(ctx, r.Rows, metric.WithAttributes(kind, operation, attribute.String("rowsight.dataset", op.Dataset)))
		}
		if span == nil {
			return
		}
		if op.Dataset != "" {
			span.SetAttributes(attribute.String("rowsight.dataset", op.Dataset))
		}
		if op.Key != "" {
			span.SetAttributes(attribute.String("rowsight.key", op.Key))
		}
		if op.Kind == observe.Read || op.Kind == observe.Refresh {
			span.SetAttributes(attribute.Int64("rowsight.rows", r.Rows))
		}
		if r.Failed {
			span.SetAttributes(attribute.String("error.type", errorType(r)))
			span.SetStatus(codes.Error, "") // no text: an error names datasets, columns and more
		}
		span.End(trace.WithTimestamp(began.Add(r.Time)))
	}
}

// call follows a request to the API of QuickSight.
func (o *Observer) call(ctx context.Context, op observe.Operation) (context.Context, func(observe.Result)) {
	method := "_OTHER" // the word of the semantic conventions for a method that is not known
	if op.Name != "" {
		method = "QuickSight/" + op.Name
	}
	attributes := []attribute.KeyValue{attribute.String("rpc.system.name", "aws-api"), attribute.String("rpc.method", method)}
	began := time.Now()
	ctx, span := o.tracer.Start(ctx, method, trace.WithTimestamp(began), trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attributes...))
	return ctx, func(r observe.Result) {
		end := []attribute.KeyValue{attribute.Int("http.response.status_code", r.Status)}
		if r.Failed {
			end = append(end, attribute.String("error.type", errorType(r)))
		}
		if r.Failed && r.Status >= 500 { // other errors are the caller's
			span.SetStatus(codes.Error, "")
		}
		o.calls.Record(ctx, r.Time.Seconds(), metric.WithAttributes(append(attributes, end...)...))
		span.SetAttributes(end...)
		span.End(trace.WithTimestamp(began.Add(r.Time)))
	}
}

// errorType returns the code of a failure.
func errorType(r observe.Result) string {
	switch {
	case r.Canceled:
		return "canceled"
	case r.Code != "":
		return r.Code
	default:
		return "_OTHER" // the word of the semantic conventions
	}
}
