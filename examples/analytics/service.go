package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/flightduck"
	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/tagrules"
)

const (
	account   = "111122223333"
	region    = "us-east-1"
	dataset   = "orders"
	dashboard = "sales"
	tenants   = "tenants" // the namespace of all sessions
	prefix    = "arn:aws:quicksight:" + region + ":" + account + ":"
)

// tagRules give a session the rows of its tenant. A session without the tag sees none.
const tagRules = `{"TagRules": [{"TagKey": "tenant", "ColumnName": "tenant", "MatchAllValue": "*"}]}`

// policy is what this program may do with the embedding server.
const policy = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "quicksight:GenerateEmbedUrlForAnonymousUser", "Resource": "*"}}`

// Options are settings of a Service.
type Options struct {
	Dir         string           // holds everything
	File        string           // the Parquet file
	AnswerCache int64            // bytes
	RowCache    int64            // bytes
	Engine      spice.Engine     // of questions
	Statements  flightsql.Engine // of Flight SQL
}

// A Service has one dataset, made of a Parquet file, and serves it to the sessions of
// many tenants.
type Service struct {
	opts     Options
	store    *spice.Store
	orders   *spice.Dataset
	sessions *embed.Server
	caller   embed.Caller
	loaded   fs.FileInfo // the file that the rows are from
}

// Open opens the service, without rows at the first start.
func Open(ctx context.Context, opts Options) (*Service, error) {
	store, err := spice.Open(filepath.Join(opts.Dir, "store"), &spice.Options{Account: account, Region: region, AnswerCache: opts.AnswerCache, RowCache: opts.RowCache, KeyCache: time.Second})
	if err != nil {
		return nil, err
	}
	s := &Service{opts: opts, store: store}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return s, nil
}

func (s *Service) open(ctx context.Context) (err error) {
	if s.orders, err = s.store.Dataset(dataset); err != nil {
		// Rows of a tenant are stored together, so that a session reads little more.
		s.orders, err = s.store.CreateDataset(ctx, spice.DatasetInput{ID: dataset, ImportMode: spice.SPICE, Cluster: []string{"tenant"}})
	}
	if err != nil {
		return err
	}
	rules, err := tagrules.Parse(strings.NewReader(tagRules), nil)
	if err != nil {
		return err
	}
	// The rules come first: at no moment is there a row without them.
	if err := s.orders.SetTagRules(ctx, rules, nil); err != nil {
		return err
	}
	boards := new(embed.Dashboards)
	if err := boards.Add(namespace.MustParseARN(prefix+"dashboard/"+dashboard), []namespace.ARN{s.orders.ARN()}, tenants); err != nil {
		return err
	}
	ring, err := embed.NewRing(embed.NewKey("1"))
	if err != nil {
		return err
	}
	s.sessions, err = embed.New(embed.Site{Region: region, Account: account, URL: "http://127.0.0.1/embed", Data: s.store, Resources: boards, Keys: ring},
		&embed.Options{Namespace: func(*http.Request) string { return tenants }})
	if err != nil {
		return err
	}
	allowed, err := embed.ParsePolicy(strings.NewReader(policy), nil)
	s.caller = embed.Caller{ARN: "arn:aws:iam::" + account + ":role/analytics", Policy: allowed}
	return err
}

// Close closes the store.
func (s *Service) Close() error { return s.store.Close() }

// Records implements [spice.Source].
func (s *Service) Records(ctx context.Context) (array.RecordReader, error) {
	return parquet.Open(s.opts.File, &parquet.Options{Context: ctx})
}

// Refresh loads the file, unless the rows are those of the file already. It reports
// whether it did. After an error, sessions keep the rows that they had.
func (s *Service) Refresh(ctx context.Context) (bool, error) {
	info, err := os.Stat(s.opts.File)
	if err != nil {
		return false, err
	}
	if old := s.loaded; old != nil && os.SameFile(old, info) && old.ModTime().Equal(info.ModTime()) && old.Size() == info.Size() {
		return false, nil
	}
	if _, err := s.orders.Refresh(ctx, s, spice.RefreshFull); err != nil {
		return false, err
	}
	s.loaded = info
	return true, nil
}

// KeepFresh refreshes once per interval until ctx ends.
func (s *Service) KeepFresh(ctx context.Context, interval time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(interval):
		}
		if _, err := s.Refresh(ctx); err != nil {
			log.Printf("refresh: %v", err)
		}
	}
}

// Token returns the bearer token of a new session of a tenant. Your application calls
// this after its own login: the tag says what the session sees.
func (s *Service) Token(ctx context.Context, tenant string) (string, error) {
	answer, err := s.sessions.GenerateEmbedUrlForAnonymousUser(ctx, s.caller, &embed.Request{
		AwsAccountId: account, Namespace: tenants, AuthorizedResourceArns: []string{prefix + "dashboard/" + dashboard},
		ExperienceConfiguration: embed.Experience{Dashboard: &embed.Dashboard{InitialDashboardId: dashboard}},
		SessionTags:             []tagrules.Tag{{Key: "tenant", Value: tenant}},
	})
	if err != nil {
		return "", err
	}
	_, code, _ := strings.Cut(answer.EmbedUrl, "?code=")
	token, _, err := s.sessions.Redeem(ctx, tenants, code)
	return token, err
}

// Handler answers POST /query with a question in JSON, and GET /rows with visible rows
// as an Arrow stream, both for the session of the bearer token.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /query", s.sessions.Require(http.HandlerFunc(s.question)))
	mux.Handle("GET /rows", s.sessions.Require(embed.Rows(s.orders.ARN())))
	return mux
}

func (s *Service) question(w http.ResponseWriter, r *http.Request) {
	orders, err := embed.FromContext(r.Context()).Open(r.Context(), s.orders.ARN())
	if err != nil {
		embed.WriteError(w, r, err)
		return
	}
	q, err := query.Parse(http.MaxBytesReader(w, r.Body, 1<<18), nil)
	if err != nil { // about the question alone, so the session may read it
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := orders.Ask(r.Context(), q, &spice.AskOptions{Engine: s.opts.Engine})
	if err != nil {
		embed.WriteError(w, r, err)
		return
	}
	defer answer.Release()
	_ = embed.ServeAnswer(w, r, answer) // the client has gone
}

// Flight returns a server of Arrow Flight SQL.
func (s *Service) Flight() (*flightsql.Server, error) {
	return flightsql.NewServer(s.store, s.opts.Statements, &flightsql.Options{Embed: s.sessions})
}

// statements returns the engine of statements of a name.
func statements(name string) (flightsql.Engine, error) {
	switch name {
	case "duckdb": // free SQL over the visible rows, which DuckDB takes into memory
		return flightduck.Engine{Options: duckdb.Options{Threads: 2}}, nil
	case "plain": // one SELECT of one dataset; rows pass through
		return flightsql.Plain{}, nil
	}
	return nil, fmt.Errorf("-statements: got %q, want duckdb or plain", name)
}

// engine returns the engine of a name.
func engine(name string) (spice.Engine, error) {
	switch name {
	case "go":
		return nil, nil // package query/eval
	case "duckdb":
		return duckdb.Engine(nil), nil
	}
	return nil, fmt.Errorf("-engine: got %q, want go or duckdb", name)
}
