// Package embed shows datasets to viewers who have no account.
package embed

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
)

// A Site says where and over what a Server works. Every field is required,
// except Partition.
//
// TODO: plus Data: where datasets are opened, once package spice is there.
type Site struct {
	Partition string // "" is aws
	Region    string // us-east-1
	Account   string // 12 digits
	URL       string // of the page that shows dashboards: https://bi.example.com/embed
	Resources Resources
	Keys      *Ring
}

// Resources knows dashboards and topics: what data they show, and to which
// namespaces they are shared (E3). Dashboards is one; one over a
// namespace.Directory will be another.
type Resources interface {
	// Datasets returns the datasets behind a dashboard or topic, and
	// ErrNoResource if there is none of that ARN.
	Datasets(ctx context.Context, resource namespace.ARN) ([]namespace.ARN, error)
	// Shared reports whether the resource is shared with the namespace.
	Shared(ctx context.Context, resource namespace.ARN, ns string) (bool, error)
}

// Options change how a Server works; nil and the zero value are the defaults.
type Options struct {
	Codes     Codes                      // nil is NewMemory(): for one process
	Domains   []string                   // that may frame the page when a request names none; none is the site itself
	Namespace func(*http.Request) string // whose address this is; nil and "" accept any
	Clock     func() time.Time           // nil is time.Now
	Logger    *slog.Logger               // full reasons for the operator; nil is slog.Default()
}

// A Server makes embed URLs, redeems them and holds the sessions they open. It
// is safe for concurrent use. The zero Server refuses everything.
type Server struct{}

// New returns a Server.
func New(site Site, opts *Options) (*Server, error) { return nil, ErrTampered }

// A Caller is the program that asks for an embed URL, and what its IAM policy
// allows (E4). The zero Caller may nothing.
type Caller struct {
	ARN    string
	Policy *Policy
}

// A Policy is an IAM identity policy (E4). The zero Policy allows nothing.
type Policy struct{}

// GenerateEmbedUrlForAnonymousUser returns a URL that opens one session for one
// viewer.
func (s *Server) GenerateEmbedUrlForAnonymousUser(ctx context.Context, caller Caller, req *Request) (*Response, error) {
	return nil, ErrTampered
}

// Redeem exchanges the code of an embed URL for a session, once (E2). token is
// the bearer token of that session.
func (s *Server) Redeem(ctx context.Context, code string) (token string, session *Session, err error) {
	return "", nil, ErrTampered
}

// Session returns the session of a bearer token.
func (s *Server) Session(ctx context.Context, token string) (*Session, error) {
	return nil, ErrTampered
}

// Revoke ends the session of an anonymous user at once, or the code that would
// open it.
func (s *Server) Revoke(ctx context.Context, user namespace.ARN) error { return ErrTampered }

// GenerateHandler answers POST with a Request as JSON body. It is for programs
// on the server side: who reaches it chooses the tags.
func (s *Server) GenerateHandler(caller func(*http.Request) (Caller, error)) http.Handler { return nil }

// Page wraps the page that an embed URL leads to (GET …?code=…). It refuses
// codes that are expired, used, tampered with or of another namespace with a
// page that says so, sets the headers, among them who may frame the page, and
// does not redeem the code: the script of the page does, with POST.
func (s *Server) Page(page http.Handler) http.Handler { return nil }

// RedeemHandler answers POST {"Code": "…"} with a Redeemed as JSON.
func (s *Server) RedeemHandler() http.Handler { return nil }

// Redeemed is what RedeemHandler answers.
type Redeemed struct {
	SessionToken     string // for Authorization: Bearer …; keep it in memory
	ExpiresAt        time.Time
	AnonymousUserArn string
	Namespace        string
	Experience       Experience
}

// Require lets requests pass that carry a live session (Authorization: Bearer
// …) and puts it into their context; others get 401 or 403 and a constant text.
func (s *Server) Require(next http.Handler) http.Handler { return nil }

// FromContext returns the session of a request that passed Server.Require, and
// one that may open nothing otherwise, never nil.
func FromContext(ctx context.Context) *Session { return nil }

// A Session is one viewer for some time. From it alone a dataset can be opened.
// The zero Session may open nothing.
type Session struct{}

// User returns the ARN of the anonymous user, which audit records name.
func (s *Session) User() namespace.ARN { return namespace.ARN{} }

// Namespace returns the namespace of the session.
func (s *Session) Namespace() string { return "" }

// Expires returns when the session ends.
func (s *Session) Expires() time.Time { return time.Time{} }

// Experience returns what the viewer sees first.
func (s *Session) Experience() Experience { return Experience{} }

// Dashboard reports whether the session may open a dashboard: nil, or
// ErrForbidden.
func (s *Session) Dashboard(ctx context.Context, id string) error { return ErrForbidden }

// Open opens a dataset behind a dashboard that the session may open (E3).
func (s *Session) Open(ctx context.Context, dataset namespace.ARN) (*Dataset, error) {
	return nil, ErrForbidden
}

// A Dataset is what one session sees of a dataset. The zero Dataset has no row.
type Dataset struct{}

// ARN names the dataset.
func (d *Dataset) ARN() namespace.ARN { return namespace.ARN{} }

// Schema returns the columns that the session may see.
func (d *Dataset) Schema(ctx context.Context) (*arrow.Schema, error) { return nil, ErrForbidden }

// Records returns the visible rows. A record is valid until the loop goes on.
func (d *Dataset) Records(ctx context.Context) iter.Seq2[arrow.Record, error] { return nil }

// Count returns the number of visible rows.
func (d *Dataset) Count(ctx context.Context) (int64, error) { return 0, ErrForbidden }

// ServeRecords answers a request with the visible rows as an Arrow IPC stream.
// A stream that breaks off cannot be taken for a whole one.
func ServeRecords(w http.ResponseWriter, r *http.Request, d *Dataset) {}

// WriteError answers a request with the constant text for err: a page for who
// accepts HTML, JSON {"Code": …, "Title": …, "Message": …} for others.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {}

// A Problem is what a viewer may know of an error.
type Problem struct {
	Status         int
	Code           string // expired, used, tampered, revoked, foreign-namespace, forbidden, unavailable
	Title, Message string
}

// Public returns the constant text for err. It is the same for what does not
// exist and what is not allowed (S7).
func Public(err error) Problem { return Problem{} }
