package embed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/observe"
)

// CodeLifetime is how long the code of an embed URL is valid (E2).
const CodeLifetime = 5 * time.Minute

// A Site says where a Server works, and over what. Every field but Partition and
// Users is required.
type Site struct {
	Partition string // "" is aws
	Region    string // us-east-1
	Account   string // 12 digits
	URL       string // of the page that shows dashboards: https://bi.example.com/embed
	Data      Data   // a *spice.Store
	Resources Resources
	Keys      *Ring

	// Users, if set, has the registered users, for
	// [Server.GenerateEmbedUrlForRegisteredUser]. Without it there is none.
	Users *namespace.Directory
}

// Data is where datasets are: a *spice.Store.
type Data interface {
	Dataset(id string) (*spice.Dataset, error)
}

// Options change how a Server works. Nil and the zero Options are the defaults.
type Options struct {
	// Codes keep codes and sessions. Nil is NewMemory: they end with the
	// process, and other processes do not know them.
	Codes Codes

	// Domains may frame a dashboard when a request names none, written as
	// AllowedDomains are. None is the site itself alone.
	Domains []string

	// Namespace says whose address a request came to, such as that of
	// tenant1.example.com. A code or session of another namespace is refused
	// there. Nil, and "", accept all.
	Namespace func(r *http.Request) string

	// Policy is the Content-Security-Policy of the page, without
	// frame-ancestors. "" is DefaultPolicy.
	Policy string

	// ErrorPage writes the body of an answer to a browser that shows a page
	// about a problem. Status and headers are written already. Nil is a plain
	// page.
	ErrorPage func(w http.ResponseWriter, r *http.Request, p Problem)

	// Audit gets a record of every URL, redemption, refusal, opened dataset and
	// revocation. What cannot be recorded does not happen. Nil keeps no such
	// records; the store records reads in any case.
	Audit audit.Sink

	// Observer follows URLs, redemptions, checks of sessions and revocations; see
	// package observe. The Observer of the store follows reads. Nil observes
	// nothing.
	Observer observe.Observer

	// Logger gets the full reasons of refusals, for the operator. They hold no
	// tag value. Nil is slog.Default.
	Logger *slog.Logger

	// Now is the clock. Nil is time.Now.
	Now func() time.Time
}

// DefaultPolicy lets the page use what comes from its own site.
const DefaultPolicy = "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'"

// A Server makes embed URLs, redeems them, and holds the sessions they open
// (E1–E4). Servers in several processes are one site if they have the same keys
// and [Codes]. It is safe for concurrent use. The zero Server refuses
// everything.
type Server struct {
	site    Site
	opts    Options
	domains []domain
	swept   atomic.Int64 // when Codes were last swept, in seconds
}

var region = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// New returns a Server. Every problem of site and opts is reported.
func New(site Site, opts *Options) (*Server, error) {
	s := &Server{site: site}
	if opts != nil {
		s.opts = *opts
	}
	var errs []error
	bad := func(ok bool, field, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%w: %s: want %s", ErrSite, field, want))
		}
	}
	if site.Partition == "" {
		s.site.Partition = "aws"
	}
	bad(region.MatchString(s.site.Partition), "Partition", "aws, aws-cn, aws-us-gov")
	bad(region.MatchString(site.Region), "Region", "the name of a Region")
	bad(arn.IsAccount(site.Account), "Account", "12 digits")
	u, err := url.Parse(site.URL)
	bad(err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "",
		"URL", "https://host/path")
	bad(site.Data != nil, "Data", "a store")
	bad(site.Resources != nil, "Resources", "dashboards")
	if _, err := site.Keys.newest(); err != nil {
		errs = append(errs, fmt.Errorf("%w: Keys: %w", ErrSite, err))
	}
	if s.domains, err = parseDomains(s.opts.Domains); err != nil {
		errs = append(errs, fmt.Errorf("%w: Domains: %w", ErrSite, err))
	}
	bad(!strings.Contains(s.opts.Policy, "frame-ancestors"), "Policy", "no frame-ancestors, which each session has of its own")
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	s.site.URL = strings.TrimSuffix(site.URL, "/")
	if s.opts.Codes == nil {
		s.opts.Codes = NewMemory()
	}
	if s.opts.Policy == "" {
		s.opts.Policy = DefaultPolicy
	}
	if s.opts.Logger == nil {
		s.opts.Logger = slog.Default()
	}
	if s.opts.Now == nil {
		s.opts.Now = time.Now
	}
	return s, nil
}

// ready reports whether s came from New.
func (s *Server) ready() error {
	if s == nil || s.opts.Codes == nil || s.opts.Now == nil {
		return ErrSite
	}
	return nil
}

// arn returns the ARN of a resource of the site.
func (s *Server) arn(kind namespace.Kind, name string) namespace.ARN {
	return namespace.ARN{Partition: s.site.Partition, Region: s.site.Region, Account: s.site.Account, Kind: kind, Name: name}
}

// user returns the ARN of the anonymous user of a code and its session.
func (s *Server) user(ns string, h handle) namespace.ARN {
	return s.arn(namespace.KindAnonymousUser, ns+"/"+h.String())
}

// sweep forgets what has ended, once a minute, so that memory does not grow
// with the sessions that were.
func (s *Server) sweep(ctx context.Context, now time.Time) {
	last := s.swept.Load()
	if now.Unix()-last < 60 || !s.swept.CompareAndSwap(last, now.Unix()) {
		return
	}
	if _, err := s.opts.Codes.Sweep(ctx, now); err != nil {
		s.opts.Logger.WarnContext(ctx, "embed: codes were not swept", "error", err)
	}
}
