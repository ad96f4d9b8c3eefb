package embed

import (
	"context"
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/observe"
)

// GenerateEmbedUrlForRegisteredUser returns a URL that opens one session for a
// registered user, once, within [CodeLifetime]. The session opens only the
// dashboard of the request, and sees the rows that the user rules of its
// datasets admit for the user.
//
// The caller must be allowed [ActionRegistered] on the user, the user must be in
// [Site.Users], and must have a permission on the dashboard ([ViewAction]), also
// through a group or the namespace. The session ends when the user is deleted,
// even if a user of the same name is registered again, and when the permission
// is revoked.
func (s *Server) GenerateEmbedUrlForRegisteredUser(ctx context.Context, caller Caller, req *RegisteredRequest) (*RegisteredResponse, error) {
	return s.registeredURL(ctx, caller, req, eventRegistered, ActionRegistered)
}

// GenerateEmbedUrlForRegisteredUserWithIdentity is
// [Server.GenerateEmbedUrlForRegisteredUser] for the user of the caller's
// credentials, [Caller.User]. The request names no user. The caller must be
// allowed [ActionWithIdentity] on the user.
func (s *Server) GenerateEmbedUrlForRegisteredUserWithIdentity(ctx context.Context, caller Caller, req *RegisteredRequest) (*RegisteredResponse, error) {
	return s.registeredURL(ctx, caller, req, eventIdentity, ActionWithIdentity)
}

func (s *Server) registeredURL(ctx context.Context, caller Caller, req *RegisteredRequest, name, action string) (*RegisteredResponse, error) {
	if err := s.ready(); err != nil {
		return nil, err
	}
	ctx, ended := s.observed(ctx, observe.Generate, name)
	what := event{name: name, caller: caller.ARN, label: recordable(caller.Label, nil), id: arn.NewUUID()}
	address, err := s.registeredGrant(ctx, caller, req, action, &what)
	ended(err)
	if err != nil {
		s.refused(ctx, what, err, Code(err))
		return nil, err
	}
	return &RegisteredResponse{Status: 200, RequestId: what.id, EmbedUrl: address}, nil
}

func (s *Server) registeredGrant(ctx context.Context, caller Caller, req *RegisteredRequest, action string, what *event) (string, error) {
	withIdentity := action == ActionWithIdentity
	if err := req.validate(withIdentity); err != nil {
		return "", err
	}
	if err := (spice.Session{Label: caller.Label}).CheckLabel(); err != nil {
		return "", err
	}
	who := caller.User
	if !withIdentity {
		var err error
		if who, err = namespace.ParseARN(req.UserArn); err != nil {
			return "", err // validate would have said so
		}
	}
	deny := func(field string, reason error, why string) error {
		return &Error{Field: field, Err: fmt.Errorf("%w: %s", reason, why)}
	}
	switch {
	case who.IsZero():
		return "", deny("", ErrDenied, "the credentials of the caller are not for a registered user")
	case who.Kind != namespace.KindUser || who.Account != s.site.Account || who.Partition != s.site.Partition || req.AwsAccountId != s.site.Account:
		return "", deny("UserArn", ErrDenied, "the user is not of this site")
	}
	who.Region = s.site.Region // a user is the same in every Region (N1), and policies name one
	if ok, why := caller.Policy.decide(action, who, req.AllowedDomains); !ok {
		return "", deny("UserArn", ErrDenied, why)
	}
	what.user = who
	if s.site.Users == nil {
		return "", deny("UserArn", ErrNoUser, "the site has no registered users")
	}
	user, err := s.site.Users.Administrator().DescribeUser(ctx, who.Namespace, who.Name)
	switch {
	case errors.Is(err, namespace.ErrNotFound):
		return "", deny("UserArn", ErrNoUser, who.String())
	case err != nil:
		return "", err
	}
	board := s.arn(namespace.KindDashboard, req.dashboard())
	may, err := s.site.Users.Allows(ctx, user.Arn, ViewAction, board)
	if err != nil {
		return "", err
	}
	if _, err = s.site.Resources.Datasets(ctx, board); err != nil && !errors.Is(err, ErrNoResource) {
		return "", err
	}
	if err != nil || !may { // the same words for both (S7)
		return "", deny("ExperienceConfiguration", ErrNoResource, "no dashboard of this id that the user may query")
	}
	what.board = board
	address, _, err := s.issue(ctx, grant{
		Namespace: who.Namespace, User: user.UserName, PrincipalID: user.PrincipalId, Resources: []namespace.ARN{board}, Experience: req.ExperienceConfiguration,
		Minutes: req.SessionLifetimeInMinutes, Domains: req.AllowedDomains, Label: caller.Label,
	}, *what)
	return address, err
}

// viewer returns the ARN of the viewer of a grant.
func (s *Server) viewer(g grant, h handle) namespace.ARN {
	if g.registered() {
		return s.site.Users.ARN(namespace.KindUser, g.Namespace, g.User)
	}
	return s.user(g.Namespace, h)
}

// identity names the registered user of a session.
func (s *Session) identity() namespace.Identity {
	return namespace.Identity{Namespace: s.grant.Namespace, Name: s.grant.User}
}

// registered reports whether the user of the session is still the one that it
// was made for: [ErrRevoked] if not.
func (s *Session) registered(ctx context.Context) error {
	if s.server.site.Users == nil {
		return ErrRevoked
	}
	user, err := s.server.site.Users.Administrator().DescribeUser(ctx, s.grant.Namespace, s.grant.User)
	switch {
	case errors.Is(err, namespace.ErrNotFound):
		return ErrRevoked
	case err != nil:
		return err
	case user.PrincipalId != s.grant.PrincipalID:
		return ErrRevoked
	}
	return nil
}

// permitted reports whether the user of the session may query a dashboard of the
// request.
func (s *Session) permitted(ctx context.Context, resource namespace.ARN) error {
	if !s.grant.names(resource) {
		return fmt.Errorf("%w: %s is not the dashboard of the session", ErrForbidden, resource)
	}
	may, err := s.server.site.Users.Allows(ctx, s.User(), ViewAction, resource)
	if err == nil && !may {
		err = fmt.Errorf("%w: the user has no permission on %s", ErrForbidden, resource)
	}
	return err
}
