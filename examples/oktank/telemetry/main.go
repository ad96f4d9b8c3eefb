// Telemetry is the OkTank example with traces and metrics by OpenTelemetry.
//
//	GOWORK=off go run .
//
// It prints them, or sends them to the collector at OTEL_EXPORTER_OTLP_ENDPOINT, such
// as http://localhost:4317. Open the address that it prints and log in.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/rowsight/rowsight/adapters/otel"
	"github.com/rowsight/rowsight/examples/oktank/internal/portal"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on; port 0 takes a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *addr); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr string) (err error) {
	traces, metrics, err := exporters(ctx)
	if err != nil {
		return err
	}
	tp := trace.NewTracerProvider(trace.WithBatcher(traces))
	mp := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(metrics)))
	defer func() { // sends what is left
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err = errors.Join(err, tp.Shutdown(ctx), mp.Shutdown(ctx))
	}()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	site, err := observed(ctx, url, tp, mp)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, site.Close()) }()
	server := &http.Server{Handler: site, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	fmt.Printf("listening on %s\n", url)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// observed is the example, whose store and embedding report to an observer.
func observed(ctx context.Context, url string, tp *trace.TracerProvider, mp *metric.MeterProvider) (*portal.Portal, error) {
	observer, err := otel.New(&otel.Options{TracerProvider: tp, MeterProvider: mp})
	if err != nil {
		return nil, err
	}
	return portal.New(ctx, url, &portal.Options{Log: os.Stderr, Observer: observer})
}

// exporters send to a collector, if the environment names one, and print otherwise.
func exporters(ctx context.Context) (trace.SpanExporter, metric.Exporter, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
		traces, err := stdouttrace.New()
		if err != nil {
			return nil, nil, err
		}
		metrics, err := stdoutmetric.New()
		return traces, metrics, err
	}
	traces, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, nil, err
	}
	metrics, err := otlpmetricgrpc.New(ctx)
	return traces, metrics, err
}
