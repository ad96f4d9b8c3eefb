// Analytics is a service that answers questions of the sessions of 1,000 tenants about
// one table of orders, which it reads from a Parquet file once a minute.
//
//	GOWORK=off go run -tags duckdb_arrow . -rows 1000000
//
// Questions come in over HTTP, as JSON. Free SQL comes in over Arrow Flight SQL and runs
// in DuckDB. Each session sees the rows of its tenant. client.py is a second client, in
// Python.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// settings are the flags.
type settings struct {
	dir, http, flight, engine string
	statements, token         string
	rows, tenants, columns    int
	cache, rowCache           int64
	refresh                   time.Duration
	bench                     string
	rounds, sessions          int
	length                    time.Duration
}

func main() {
	log.SetFlags(0)
	var c settings
	flag.StringVar(&c.dir, "dir", "", "folder for the data; empty is a new one that is removed at the end")
	flag.StringVar(&c.http, "http", "127.0.0.1:8080", "address for questions")
	flag.StringVar(&c.flight, "flight", "127.0.0.1:32010", "address for Arrow Flight SQL")
	flag.StringVar(&c.engine, "engine", "go", "engine of questions: go or duckdb")
	flag.StringVar(&c.statements, "statements", "duckdb", "engine of Flight SQL: duckdb or plain")
	flag.StringVar(&c.token, "token", tenant(0), "tenant whose token is printed; * is all tenants")
	flag.IntVar(&c.rows, "rows", 1_000_000, "rows to generate, unless the folder has a file")
	flag.IntVar(&c.tenants, "tenants", 1000, "tenants to generate")
	flag.IntVar(&c.columns, "columns", meant, "columns to generate, at least 20")
	flag.Int64Var(&c.cache, "cache", 64<<20, "bytes of answers to keep; 0 keeps none")
	flag.Int64Var(&c.rowCache, "row-cache", 256<<20, "bytes of visible rows to keep for questions; 0 keeps none")
	flag.DurationVar(&c.refresh, "refresh", time.Minute, "how often to look for a new file; 0 serves the rows that the folder has")
	flag.StringVar(&c.bench, "bench", "", "measure in place of serving: load, kpi, sessions or stream")
	flag.IntVar(&c.rounds, "rounds", 20, "tenants that -bench kpi asks for")
	flag.IntVar(&c.sessions, "sessions", 200, "sessions of -bench sessions, all at once")
	flag.DurationVar(&c.length, "length", 20*time.Second, "how long -bench sessions asks")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, c, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, c settings, w io.Writer) (err error) {
	if c.dir == "" {
		if c.dir, err = os.MkdirTemp("", "analytics-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(c.dir)) }()
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	compute, err := engine(c.engine)
	if err != nil {
		return err
	}
	sql, err := statements(c.statements)
	if err != nil {
		return err
	}
	file := filepath.Join(c.dir, "orders.parquet")
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if err := (Orders{Rows: c.rows, Tenants: c.tenants, Columns: c.columns, Seed: 1}).WriteParquet(file); err != nil {
			return err
		}
	}
	s, err := Open(ctx, Options{Dir: c.dir, File: file, AnswerCache: c.cache, RowCache: c.rowCache, Engine: compute, Statements: sql})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if c.bench != "" {
		return bench(ctx, s, c, w)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if c.refresh > 0 {
		if _, err := s.Refresh(ctx); err != nil {
			return err
		}
		go s.KeepFresh(ctx, c.refresh)
	}
	return serve(ctx, s, c, w)
}

// serve answers on both addresses until ctx ends.
func serve(ctx context.Context, s *Service, c settings, w io.Writer) error {
	flightServer, err := s.Flight()
	if err != nil {
		return err
	}
	questions, err := net.Listen("tcp", c.http)
	if err != nil {
		return err
	}
	sql, err := net.Listen("tcp", c.flight)
	if err != nil {
		return errors.Join(err, questions.Close())
	}
	// A real application gives a token to a user who has logged in. This one prints one.
	token, err := s.Token(ctx, c.token)
	if err != nil {
		return errors.Join(err, questions.Close(), sql.Close())
	}
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 2)
	go func() { ended <- server.Serve(questions) }()
	go func() { ended <- flightServer.Serve(ctx, sql) }()
	fmt.Fprintf(w, "questions: http://%s/query\nflight:    grpc://%s\ntoken of %s: %s\n", questions.Addr(), sql.Addr(), c.token, token)
	<-ctx.Done()
	err = errors.Join(server.Close(), <-ended, <-ended)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}
