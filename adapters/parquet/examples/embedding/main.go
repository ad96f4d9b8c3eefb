// Embedding is a whole service with a dashboard for viewers who have no account:
// a dataset made from a Parquet file and refreshed every hour, tag rules, embed
// URLs, sessions that several processes can share, and rows as Arrow IPC.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/tagrules"
)

const region, account = "us-east-1", "111122223333"

var (
	sales   = namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dataset/sales")
	revenue = namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dashboard/revenue")

	// The rules of the dataset: a viewer sees the rows of its tenant.
	rules = &tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "tenant", ColumnName: "TenantID", MatchAllValue: "*"}}}
)

// A user is somebody who has logged in to your application.
type user struct {
	tenant   string // the value of the session tag: a secret (T8)
	customer string // for audit records: rowsight audit reads --label customer-1
}

// A service is the dashboard as an http.Handler, and the data behind it.
type service struct {
	http.Handler
	store   *spice.Store
	codes   *embed.Files
	dataset *spice.Dataset
	server  *embed.Server
	source  parquetFile
}

// open opens the service. secret is the same in every process and comes from a
// secret store. Data is in dir: rows in spice, the keys of the rows in spice.keys,
// which belongs on another disk or in a key service, and sessions in codes.
func open(ctx context.Context, url, dir, web string, source parquetFile, secret []byte, login func(*http.Request) user) (s *service, err error) {
	s = &service{source: source}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.store, err = spice.Open(filepath.Join(dir, "spice"), &spice.Options{Region: region, Account: account}); err != nil {
		return s, err
	}
	if s.dataset, err = s.store.Dataset("sales"); errors.Is(err, spice.ErrNoDataset) {
		s.dataset, err = s.store.CreateDataset(ctx, spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE, Cluster: []string{"TenantID"}})
	}
	if err != nil {
		return s, err
	}
	// Rules first: at no moment is there a row without them.
	if err := s.dataset.SetTagRules(ctx, rules, nil); err != nil {
		return s, err
	}
	if err := s.refresh(ctx); err != nil {
		return s, err
	}
	return s, s.routes(url, dir, web, secret, login)
}

// refresh replaces the rows. Streams that are open go on with the old ones; a
// refresh that fails leaves them.
func (s *service) refresh(ctx context.Context) error {
	_, err := s.dataset.Refresh(ctx, s.source, spice.RefreshFull)
	return err
}

// refreshHourly refreshes until ctx ends.
func (s *service) refreshHourly(ctx context.Context) {
	hour := time.NewTicker(time.Hour)
	defer hour.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hour.C:
			if err := s.refresh(ctx); err != nil {
				log.Print("the rows are those of the last refresh: ", err)
			}
		}
	}
}

// A parquetFile is the source of the rows, by its path.
type parquetFile string

// Records implements spice.Source.
func (p parquetFile) Records(context.Context) (array.RecordReader, error) {
	return parquet.Open(string(p), nil)
}

func (s *service) routes(url, dir, web string, secret []byte, login func(*http.Request) user) (err error) {
	if s.codes, err = embed.OpenFiles(filepath.Join(dir, "codes")); err != nil {
		return err
	}
	ring, err := embed.NewRing(embed.Key{ID: "2026-11", Secret: secret})
	if err != nil {
		return err
	}
	dashboards := new(embed.Dashboards)
	if err := dashboards.Add(revenue, []namespace.ARN{sales}); err != nil {
		return err
	}
	s.server, err = embed.New(embed.Site{
		Region: region, Account: account, URL: url + "/embed", Data: s.store, Resources: dashboards, Keys: ring,
	}, &embed.Options{Codes: s.codes})
	if err != nil {
		return err
	}
	policy, err := embed.ParsePolicy(strings.NewReader(`{"Statement": [{
		"Effect": "Allow", "Action": "quicksight:GenerateEmbedUrlForAnonymousUser",
		"Resource": ["arn:aws:quicksight:us-east-1:111122223333:namespace/default", "arn:aws:quicksight:us-east-1:111122223333:dashboard/revenue"]
	}]}`), nil)
	if err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /revenue", func(w http.ResponseWriter, r *http.Request) { // a page of your application
		who := login(r)
		req, err := request(who.tenant)
		if err != nil {
			embed.WriteError(w, r, err)
			return
		}
		caller := embed.Caller{ARN: "arn:aws:iam::111122223333:role/app", Policy: policy, Label: who.customer}
		res, err := s.server.GenerateEmbedUrlForAnonymousUser(r.Context(), caller, req)
		if err != nil {
			embed.WriteError(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store") // the page holds an embed URL
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<iframe title="Revenue" src="%s"></iframe>`, res.EmbedUrl)
	})
	mux.Handle("GET /embed/dashboards/revenue", s.server.Page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(web, "dashboard.html"))
	})))
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServer(http.Dir(web))))
	mux.Handle("POST /embed/session", s.server.RedeemHandler())
	mux.Handle("GET /embed/rows", s.server.Require(embed.Rows(sales)))
	s.Handler = http.MaxBytesHandler(mux, 64<<10)
	return nil
}

// request says what a user of a tenant may see.
func request(tenant string) (*embed.Request, error) {
	tags, err := rules.NewTags().One("tenant", tenant).Tags() // refuses a tenant called * (T9)
	return &embed.Request{
		AwsAccountId: account, Namespace: "default", AuthorizedResourceArns: []string{revenue.String()},
		ExperienceConfiguration: embed.Experience{Dashboard: &embed.Dashboard{InitialDashboardId: "revenue"}}, SessionTags: tags,
	}, err
}

// Close closes what is open.
func (s *service) Close() (err error) {
	if s.codes != nil {
		err = s.codes.Close()
	}
	if s.store != nil {
		err = errors.Join(err, s.store.Close())
	}
	return err
}

// httpServer has a limit for everything that a client can make long.
func httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		MaxHeaderBytes:    16 << 10,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute, // the longest that a stream of rows may take
		IdleTimeout:       2 * time.Minute,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 64},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, "127.0.0.1:8080", "data", "web", "sales.parquet"); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr, dir, web, file string) (err error) {
	secret, err := base64.StdEncoding.DecodeString(os.Getenv("EMBED_SECRET")) // 32 bytes
	if err != nil {
		return errors.New("EMBED_SECRET: want base64")
	}
	login := func(*http.Request) user { return user{"acme", "customer-1"} } // that of your application
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s, err := open(ctx, "http://"+listener.Addr().String(), dir, web, parquetFile(file), secret, login)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	go s.refreshHourly(ctx)
	server := httpServer(s)
	context.AfterFunc(ctx, func() { _ = server.Shutdown(context.WithoutCancel(ctx)) })
	fmt.Println("listening on", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
