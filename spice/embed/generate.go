package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/observe"
)

// A Caller is the program that requests an embed URL. The zero Caller has no
// permissions.
type Caller struct {
	ARN    string // of the IAM user or role; for the audit record
	Policy Policy // its permissions (E4)

	// Label names the customer of the session, such as a tenant. It is written
	// to the audit records of the session and of its reads, so that a search
	// finds them. "" is no label. See [audit.CheckLabel]; it must not be a tag
	// value (T8).
	Label string

	// User is the registered user that the credentials of the caller are for, as
	// those of an identity-enhanced role session are. Only
	// [Server.GenerateEmbedUrlForRegisteredUserWithIdentity] takes it. Zero is
	// nobody.
	User namespace.ARN
}

// GenerateEmbedUrlForAnonymousUser returns a URL that opens one session for one
// viewer, once, within [CodeLifetime] (E2).
//
// The request must be valid (E1), the caller must be allowed to embed every
// resource that it names in its namespace (E4), and the resources must exist.
// Every problem is reported as an [*Error]; [Code] has the name of the
// exception. Only callers that may embed a resource learn whether it exists.
//
// Call it only on the server side: whoever chooses the request chooses the
// tags.
func (s *Server) GenerateEmbedUrlForAnonymousUser(ctx context.Context, caller Caller, req *Request) (*Response, error) {
	if err := s.ready(); err != nil {
		return nil, err
	}
	ctx, ended := s.observed(ctx, observe.Generate, eventGenerate)
	res, err := s.generate(ctx, caller, req)
	ended(err)
	if err != nil {
		s.refused(ctx, event{name: eventGenerate, caller: caller.ARN, label: recordable(caller.Label, req), request: req}, err, Code(err))
		return nil, err
	}
	return res, nil
}

func (s *Server) generate(ctx context.Context, caller Caller, req *Request) (*Response, error) {
	if err := req.Validate(); err != nil {
		return nil, err
	}
	if err := (spice.Session{Label: caller.Label, Tags: req.SessionTags}).CheckLabel(); err != nil {
		return nil, err // a mistake of the program, and not of who wrote the request
	}
	resources, err := s.authorize(ctx, caller, req)
	if err != nil {
		return nil, err
	}
	g := grant{
		Namespace: req.Namespace, Resources: resources, Experience: req.ExperienceConfiguration,
		Minutes: req.SessionLifetimeInMinutes, Tags: req.SessionTags, Domains: req.AllowedDomains, Label: caller.Label,
	}
	what := event{name: eventGenerate, caller: caller.ARN, label: g.Label, request: req, id: arn.NewUUID()}
	address, user, err := s.issue(ctx, g, what)
	if err != nil {
		return nil, err
	}
	return &Response{Status: 200, RequestId: what.id, AnonymousUserArn: user.String(), EmbedUrl: address}, nil
}

// issue makes the URL of a grant, and records what happens.
func (s *Server) issue(ctx context.Context, g grant, what event) (address string, user namespace.ARN, err error) {
	key, err := s.site.Keys.newest()
	if err != nil {
		return "", user, err
	}
	id, there, err := namespaceID(ctx, s.site.Resources, g.Namespace)
	if err != nil {
		return "", user, err
	}
	if !there { // deleted since it was authorized
		return "", user, &Error{Field: "Namespace", Err: fmt.Errorf("%w: %s", ErrNoResource, s.arn(namespace.KindNamespace, g.Namespace))}
	}
	g.NamespaceID = id
	now := s.opts.Now()
	s.sweep(ctx, now)
	g.Minutes = cmp.Or(g.Minutes, DefaultLifetime)
	t := newToken(kindCode, key, now.Add(CodeLifetime))
	plain, err := g.marshal()
	if err != nil {
		return "", user, err
	}
	sealed, err := t.sealed(key, plain)
	if err != nil {
		return "", user, err
	}
	if err := s.opts.Codes.Put(ctx, t.handle.String(), Entry{Issued, t.ends, sealed}); err != nil {
		return "", user, err
	}
	what.user = s.viewer(g, t.handle)
	if err := s.happened(ctx, what); err != nil {
		return "", user, errors.Join(err, s.opts.Codes.Revoke(context.WithoutCancel(ctx), t.handle.String()))
	}
	return s.site.URL + g.Experience.path() + "?code=" + url.QueryEscape(t.text(key)), what.user, nil
}

// authorize checks what a valid request names against the site and the policy
// of the caller, and returns its resources.
func (s *Server) authorize(ctx context.Context, caller Caller, req *Request) ([]namespace.ARN, error) {
	var denied, missing []error
	ask := func(field string, arn namespace.ARN, there func() (bool, error)) error {
		if arn.Account != s.site.Account || arn.Partition != s.site.Partition {
			denied = append(denied, &Error{Field: field, Err: fmt.Errorf("%w: %s is not of this site", ErrDenied, arn)})
			return nil
		}
		if ok, why := caller.Policy.Decide(arn, req.AllowedDomains...); !ok {
			denied = append(denied, &Error{Field: field, Err: fmt.Errorf("%w: %s", ErrDenied, why)})
			return nil
		}
		ok, err := there()
		if !ok && err == nil {
			missing = append(missing, &Error{Field: field, Err: fmt.Errorf("%w: %s", ErrNoResource, arn)})
		}
		return err
	}
	ns := s.arn(namespace.KindNamespace, req.Namespace)
	ns.Account = req.AwsAccountId
	if err := ask("Namespace", ns, func() (bool, error) { return s.site.Resources.HasNamespace(ctx, req.Namespace) }); err != nil {
		return nil, err
	}
	var resources []namespace.ARN
	for i, text := range req.AuthorizedResourceArns {
		arn, err := namespace.ParseARN(text)
		if err != nil {
			return nil, err // Validate would have said so
		}
		err = ask(fmt.Sprintf("AuthorizedResourceArns[%d]", i), arn, func() (bool, error) {
			_, err := s.site.Resources.Datasets(ctx, arn)
			if errors.Is(err, ErrNoResource) {
				return false, nil
			}
			return err == nil, err
		})
		if err != nil {
			return nil, err
		}
		resources = append(resources, arn)
	}
	return resources, errors.Join(append(denied, missing...)...)
}

// path is where the page of an experience is. What it holds is checked to need
// no escaping.
func (e Experience) path() string {
	switch {
	case e.Dashboard != nil:
		return "/dashboards/" + e.Dashboard.InitialDashboardId
	case e.DashboardVisual != nil:
		id := e.DashboardVisual.InitialDashboardVisualId
		return "/dashboards/" + id.DashboardId + "/sheets/" + id.SheetId + "/visuals/" + id.VisualId
	case e.QSearchBar != nil:
		return "/q/search/" + e.QSearchBar.InitialTopicId
	case e.GenerativeQnA != nil:
		return "/q/" + e.GenerativeQnA.InitialTopicId
	default:
		return ""
	}
}
