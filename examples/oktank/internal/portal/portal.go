// Package portal is the OkTank example as an http.Handler: the application of
// an independent software vendor, and in a frame of its page the dashboard of a
// service that knows none of the application's users.
//
// Both sides run in one process. What crosses between them is what crosses in
// production: a request for an embed URL with the viewer's session tags, made
// on the server side, and the URL, which the browser redeems once.
package portal

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/rowsight/rowsight/examples/oktank/internal/revenue"
	"github.com/rowsight/rowsight/examples/oktank/internal/web"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/observe"
	"github.com/rowsight/rowsight/tagrules"
)

// Options change how a Portal works; nil is the default.
type Options struct {
	Now      func() time.Time // nil is time.Now
	Log      io.Writer        // reasons for the operator; nil is none
	Observer observe.Observer // of the store and the service; nil is none
}

// A Portal serves the example. It is safe for concurrent use; Close it.
type Portal struct {
	handler http.Handler
	store   *spice.Store
	folder  string

	service  *embed.Server
	caller   embed.Caller
	rules    *tagrules.Config
	logins   logins
	pages    *template.Template
	log      *slog.Logger
	resource string // ARN of the dashboard
}

// New makes the data, stores it encrypted in a new folder, and returns the
// example for the site at url, such as http://127.0.0.1:8080.
func New(ctx context.Context, url string, opts *Options) (*Portal, error) {
	if opts == nil {
		opts = &Options{}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = io.Discard
	}
	folder, err := os.MkdirTemp("", "oktank-")
	if err != nil {
		return nil, err
	}
	p := &Portal{folder: folder, log: slog.New(slog.NewTextHandler(opts.Log, nil))}
	if err := p.open(ctx, url, opts); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Portal) open(ctx context.Context, url string, opts *Options) error {
	var err error
	if p.pages, err = template.ParseFS(web.Files, "portal.html", "refused.html"); err != nil {
		return err
	}
	if p.rules, err = tagrules.Parse(strings.NewReader(tagConfiguration), nil); err != nil {
		return err
	}
	data, err := p.load(ctx, opts)
	if err != nil {
		return fmt.Errorf("the dataset: %w", err)
	}
	if err := p.serve(url, data, opts); err != nil {
		return fmt.Errorf("the service: %w", err)
	}
	p.handler = p.routes(data.ARN())
	return nil
}

// load fills the store: the dashboard's data, and who may see which rows of it.
func (p *Portal) load(ctx context.Context, opts *Options) (*spice.Dataset, error) {
	var err error
	p.store, err = spice.Open(p.folder+"/spice", &spice.Options{Region: region, Account: account, Now: opts.Now, Observer: opts.Observer})
	if err != nil {
		return nil, err
	}
	data, err := p.store.CreateDataset(ctx, spice.DatasetInput{ID: "hospital-revenue", ImportMode: spice.SPICE, Cluster: []string{"hospital", "region"}})
	if err != nil {
		return nil, err
	}
	// The rules come first: at no moment is there a row without them.
	if err := data.SetTagRules(ctx, p.rules, nil); err != nil {
		return nil, err
	}
	_, err = data.Refresh(ctx, revenue.Source{}, spice.RefreshFull)
	return data, err
}

// serve starts the service that embeds the dashboard.
func (p *Portal) serve(url string, data *spice.Dataset, opts *Options) error {
	arn := data.ARN()
	arn.Kind, arn.Name = namespace.KindDashboard, Dashboard
	p.resource = arn.String()
	var dashboards embed.Dashboards
	if err := dashboards.Add(arn, []namespace.ARN{data.ARN()}, Namespace); err != nil {
		return err
	}
	ring, err := embed.NewRing(embed.NewKey("1"))
	if err != nil {
		return err
	}
	p.service, err = embed.New(embed.Site{
		Region: region, Account: account, URL: url + "/embed/" + Namespace,
		Resources: &dashboards, Data: p.store, Keys: ring,
	}, &embed.Options{
		Now:      opts.Now,
		Logger:   p.log,
		Observer: opts.Observer,
		// Each tenant has an address of its own; a code of one is refused at
		// that of another.
		Namespace: func(r *http.Request) string { return r.PathValue("namespace") },
		ErrorPage: func(w http.ResponseWriter, _ *http.Request, why embed.Problem) {
			_ = p.pages.ExecuteTemplate(w, "refused.html", why) // the browser has gone
		},
	})
	if err != nil {
		return err
	}
	allowed, err := embed.ParsePolicy(strings.NewReader(policy), &embed.PolicyOptions{
		File: "policy.json", Placeholders: map[string]string{"tenant-id": Namespace, "dashboard-id": Dashboard},
	})
	if err != nil {
		return err
	}
	p.caller = embed.Caller{ARN: "arn:aws:iam::" + account + ":role/oktank-server", Policy: allowed}
	return nil
}

// Close removes the data.
func (p *Portal) Close() error {
	var err error
	if p.store != nil {
		err = p.store.Close()
	}
	return errors.Join(err, os.RemoveAll(p.folder))
}

// ServeHTTP implements http.Handler.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }
