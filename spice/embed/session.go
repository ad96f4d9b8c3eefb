package embed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
)

// A Session is one viewer, anonymous or registered, until the end of the
// session. Handlers read filtered data through it. It gives no access to the
// dataset itself or to the tags. It is safe for concurrent use. The zero Session,
// and a nil one, opens nothing.
type Session struct {
	server *Server
	token  token
	grant  grant
}

func (s *Server) session(t token, g grant) *Session { return &Session{s, t, g} }

// User returns the ARN of the viewer, which audit records contain: the
// registered user, or the anonymous user that [Server.Revoke] takes. It is not
// secret.
func (s *Session) User() namespace.ARN {
	if s == nil || s.server == nil {
		return namespace.ARN{}
	}
	return s.server.viewer(s.grant, s.token.handle)
}

// Namespace returns the namespace of the viewer.
func (s *Session) Namespace() string {
	if s == nil {
		return ""
	}
	return s.grant.Namespace
}

// Label returns the label of the [Caller] of the session, for operators.
func (s *Session) Label() string {
	if s == nil {
		return ""
	}
	return s.grant.Label
}

// Expires returns the end of the session.
func (s *Session) Expires() time.Time {
	if s == nil {
		return time.Time{}
	}
	return s.token.ends
}

// Experience returns the first view of the session.
func (s *Session) Experience() Experience {
	if s == nil {
		return Experience{}
	}
	return s.grant.Experience
}

// String returns the ARN of the viewer.
func (s *Session) String() string {
	if user := s.User(); !user.IsZero() {
		return user.String()
	}
	return "no session"
}

// Format hides the tags for every verb.
func (s Session) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue hides the tags.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Check returns nil if the session is valid, or [ErrExpired], [ErrRevoked],
// [ErrUnknown], or an error for the operator.
func (s *Session) Check(ctx context.Context) error {
	if s == nil || s.server == nil {
		return ErrNoCode
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !s.server.opts.Now().Before(s.token.ends) {
		return ErrExpired
	}
	e, err := s.server.opts.Codes.Get(ctx, s.token.handle.String())
	switch {
	case err != nil:
		return err
	case e.State == Revoked:
		return ErrRevoked
	case e.State != Open:
		return ErrUnknown
	}
	err = s.server.inNamespace(ctx, s.grant)
	if err == nil && s.grant.registered() {
		err = s.registered(ctx)
	}
	return err
}

// inNamespace returns [ErrRevoked] if the namespace of a grant was deleted, even
// if one of the same name exists now.
func (s *Server) inNamespace(ctx context.Context, g grant) error {
	id, there, err := namespaceID(ctx, s.site.Resources, g.Namespace)
	if err == nil && (!there || id != g.NamespaceID) {
		return ErrRevoked
	}
	return err
}

// Dashboard returns nil if the session may open a dashboard of the site: the
// request authorized it, or it is shared with the namespace (E3). A registered
// user needs both: the request must name the dashboard, and the user needs a
// permission. Otherwise the error wraps [ErrForbidden], whether or not the
// dashboard exists.
func (s *Session) Dashboard(ctx context.Context, id string) error {
	if err := s.Check(ctx); err != nil {
		return err
	}
	return s.may(ctx, s.server.arn(namespace.KindDashboard, id))
}

func (s *Session) may(ctx context.Context, resource namespace.ARN) error {
	_, err := s.server.site.Resources.Datasets(ctx, resource)
	switch {
	case errors.Is(err, ErrNoResource):
		return fmt.Errorf("%w: %s: %w", ErrForbidden, resource, err)
	case err != nil:
		return err
	case s.grant.registered():
		return s.permitted(ctx, resource)
	case s.grant.names(resource):
		return nil
	}
	shared, err := s.server.site.Resources.Shared(ctx, resource, s.grant.Namespace)
	if err == nil && !shared {
		err = fmt.Errorf("%w: %s is neither authorized nor shared with %q", ErrForbidden, resource, s.grant.Namespace)
	}
	return err
}

// Dataset reports whether the session may open a dataset, without opening it: nil if
// a dashboard or topic that it may open shows the dataset (E3). Otherwise the error
// wraps [ErrForbidden], whether or not the dataset exists.
func (s *Session) Dataset(ctx context.Context, dataset namespace.ARN) error {
	if err := s.Check(ctx); err != nil {
		return err
	}
	return s.reach(ctx, dataset)
}

// Open opens a dataset of a dashboard or topic that the session may open (E3).
// Otherwise the error wraps [ErrForbidden], whether or not the dataset exists.
func (s *Session) Open(ctx context.Context, dataset namespace.ARN) (*Dataset, error) {
	if err := s.Check(ctx); err != nil {
		return nil, err
	}
	who := event{name: eventOpen, user: s.User(), label: s.grant.Label, dataset: dataset}
	d, err := s.open(ctx, dataset)
	if err == nil {
		err = s.server.happened(ctx, who)
	}
	if err != nil {
		s.server.refused(ctx, who, err, Public(err).Code)
		return nil, err
	}
	return d, nil
}

func (s *Session) open(ctx context.Context, dataset namespace.ARN) (*Dataset, error) {
	if err := s.reach(ctx, dataset); err != nil {
		return nil, err
	}
	d, err := s.server.site.Data.Dataset(dataset.Name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	if d.ARN() != dataset {
		return nil, fmt.Errorf("%w: the dataset with this id is %s, want %s", ErrForbidden, d.ARN(), dataset)
	}
	return &Dataset{s, d}, nil
}

// reach reports whether a dashboard or topic that the session may open shows a
// dataset.
func (s *Session) reach(ctx context.Context, dataset namespace.ARN) error {
	showing, err := s.server.site.Resources.Showing(ctx, dataset)
	if err != nil {
		return err
	}
	err = fmt.Errorf("%w: no dashboard shows %s", ErrForbidden, dataset)
	// Those of the request first: sharing may need a look into a directory.
	slices.SortStableFunc(showing, func(a, b namespace.ARN) int { return order(s.grant.names(b)) - order(s.grant.names(a)) })
	for _, resource := range showing {
		if err = s.may(ctx, resource); err == nil || !errors.Is(err, ErrForbidden) {
			break
		}
	}
	return err
}

func order(b bool) int {
	if b {
		return 1
	}
	return 0
}

// viewer is the session as the store knows viewers.
func (s *Session) viewer(ctx context.Context) (spice.Session, error) {
	if s.grant.registered() {
		who, err := s.server.site.Users.Principal(ctx, s.identity())
		return spice.Session{Principal: who, Label: s.grant.Label, Expires: s.token.ends}, err
	}
	return spice.Session{Anonymous: s.User(), Tags: s.grant.Tags, Label: s.grant.Label, Expires: s.token.ends}, nil
}
