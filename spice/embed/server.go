package embed

import (
	"cmp"
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

// A Site describes the site of a Server. Every field but Partition and Users is
// required.
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

// Data provides the datasets: a *spice.Store.
type Data interface {
	Dataset(id string) (*spice.Dataset, error)
}

// Options configure a Server. Nil and the zero Options are the defaults.
type Options struct {
	// Codes store codes and sessions. Nil is NewMemory: they are lost when the
	// process ends, and other processes do not know them.
	Codes Codes

	// Domains may frame a dashboard if a request names no domains. They have
	// the form of AllowedDomains. Without Domains, only the site itself may.
	Domains []string

	// Namespace returns the namespace of the address that a request was sent
	// to, such as tenant1.example.com. Codes and sessions of other namespaces
	// are refused there. Nil, or a result of "", accepts all.
	Namespace func(r *http.Request) string

	// Policy is the Content-Security-Policy of the page, without
	// frame-ancestors. "" is DefaultPolicy.
	Policy string

	// ErrorPage writes the body of an error page for a browser. Status and
	// headers have been written. Nil writes a plain page.
	ErrorPage func(w http.ResponseWriter, r *http.Request, p Problem)

	// Audit gets a record of every URL, redemption, refusal, opened dataset and
	// revocation. If a record cannot be written, the operation fails. Nil
	// writes no such records. The store records reads in any case.
	Audit audit.Sink

	// Observer follows URLs, redemptions, checks of sessions and revocations; see
	// package observe. The Observer of the store follows reads. Nil observes
	// nothing.
	Observer observe.Observer

	// Logger gets the full reasons of refusals. They contain no tag value. Nil
	// is slog.Default.
	Logger *slog.Logger

	// Now is the clock. Nil is time.Now.
	Now func() time.Time
}

// DefaultPolicy allows the page to load resources of its own site only.
const DefaultPolicy = "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'"

// A Server creates embed URLs, redeems them, and checks the sessions that they
// open (E1–E4). Servers in several processes form one site if they share keys
// and [Codes]. A Server is safe for concurrent use. The zero Server refuses
// everything.
type Server struct {
	site    Site
	opts    Options
	domains []domain
	swept   atomic.Int64 // when Codes were last swept, in seconds
}

var region = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// New returns a Server. It reports every problem of site and opts.
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
	s.opts.Policy = cmp.Or(s.opts.Policy, DefaultPolicy)
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
