package embed

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/observe"
)

// Redeem exchanges the code of an embed URL for a session, once (E2). ns is the
// expected namespace; "" accepts all. token is the bearer token of the session;
// see [Server.RedeemHandler]. Errors are [ErrNoCode], [ErrTampered],
// [ErrExpired], [ErrUsed], [ErrRevoked], [ErrForeign], or an error for the
// operator.
//
// Refusing a code of another namespace does not use it up.
func (s *Server) Redeem(ctx context.Context, ns, code string) (token string, session *Session, err error) {
	if err := s.ready(); err != nil {
		return "", nil, err
	}
	ctx, ended := s.observed(ctx, observe.Redeem, eventRedeem)
	defer func() { ended(err) }()
	t, key, g, err := s.peek(ctx, ns, code)
	who := event{name: eventRedeem, user: s.known(t, g), label: g.Label}
	if err == nil {
		token, session, err = s.redeem(ctx, who, t, key, g)
	}
	if err != nil {
		s.refused(ctx, who, err, Public(err).Code)
		return "", nil, err
	}
	return token, session, nil
}

func (s *Server) redeem(ctx context.Context, who event, t token, key ringKey, g grant) (string, *Session, error) {
	until := s.opts.Now().Add(time.Duration(g.Minutes) * time.Minute).Truncate(time.Second).UTC()
	e, err := s.opts.Codes.Redeem(ctx, t.handle.String(), until)
	switch {
	case err != nil:
		return "", nil, err
	case e.State != Open || !e.Until.Equal(until):
		return "", nil, fmt.Errorf("%w: the code is %s", ErrUsed, e.State)
	}
	if err := s.happened(ctx, who); err != nil { // a session that nobody knows of must not be
		return "", nil, errors.Join(err, s.opts.Codes.Revoke(context.WithoutCancel(ctx), t.handle.String()))
	}
	t.kind, t.ends = kindSession, until
	return t.text(key), s.session(t, g), nil
}

// peek checks a code without redeeming it.
func (s *Server) peek(ctx context.Context, ns, code string) (token, ringKey, grant, error) {
	t, key, e, g, err := s.look(ctx, ns, code, kindCode)
	switch {
	case err != nil:
	case e.State == Open:
		err = ErrUsed
	case !s.opts.Now().Before(t.ends):
		err = ErrExpired
	case e.State != Issued:
		err = ErrUnknown
	default:
		err = s.inNamespace(ctx, g)
	}
	return t, key, g, err
}

// Session returns the session of a bearer token. ns is the expected namespace;
// "" accepts all. Errors are those of [Server.Redeem].
func (s *Server) Session(ctx context.Context, ns, token string) (*Session, error) {
	if err := s.ready(); err != nil {
		return nil, err
	}
	ctx, ended := s.observed(ctx, observe.Session, eventSession)
	t, _, e, g, err := s.look(ctx, ns, token, kindSession)
	switch {
	case err != nil:
	case !s.opts.Now().Before(t.ends):
		err = ErrExpired
	case e.State != Open || !e.Until.Equal(t.ends):
		err = ErrUnknown
	}
	ended(err)
	if err != nil {
		s.refused(ctx, event{name: eventSession, user: s.known(t, g), label: g.Label}, err, Public(err).Code)
		return nil, err
	}
	return s.session(t, g), nil
}

// look returns what a token stands for. After ErrTampered nothing of it is to
// be believed; after others t is what it says it is.
func (s *Server) look(ctx context.Context, ns, text string, k kind) (token, ringKey, Entry, grant, error) {
	fail := func(t token, err error) (token, ringKey, Entry, grant, error) {
		return t, ringKey{}, Entry{}, grant{}, err
	}
	if text == "" {
		return fail(token{}, ErrNoCode)
	}
	t, key, err := parseToken(text, k, s.site.Keys)
	if err != nil {
		return fail(t, err)
	}
	e, err := s.opts.Codes.Get(ctx, t.handle.String())
	switch {
	case err != nil && !s.opts.Now().Before(t.ends):
		return fail(t, ErrExpired) // and swept
	case err != nil:
		return fail(t, err)
	case e.State == Revoked:
		return fail(t, ErrRevoked)
	}
	plain, err := t.open(key, e.Sealed)
	if err != nil {
		return fail(t, err)
	}
	g, err := unmarshal(plain)
	switch {
	case err != nil:
		return fail(t, err)
	case ns != "" && ns != g.Namespace:
		return t, key, e, g, ErrForeign
	}
	return t, key, e, g, nil
}

// Revoke ends the session of an anonymous user in all processes at once, or
// invalidates its code. Open streams end with [ErrRevoked] before their next
// record. Sessions of a registered user end when the user is deleted or loses the
// permission on the dashboard. If the audit record cannot be written, Revoke returns an error, but
// the session has ended.
func (s *Server) Revoke(ctx context.Context, caller Caller, user namespace.ARN) error {
	if err := s.ready(); err != nil {
		return err
	}
	who := event{name: eventRevoke, caller: caller.ARN, user: user}
	ctx, ended := s.observed(ctx, observe.Revoke, eventRevoke)
	err := s.revoke(ctx, user)
	ended(err)
	if err != nil {
		s.refused(ctx, who, err, Public(err).Code)
		return err
	}
	return s.happened(ctx, who)
}

func (s *Server) revoke(ctx context.Context, user namespace.ARN) error {
	ns, id, _ := strings.Cut(user.Name, "/")
	if b, err := hex.DecodeString(id); err != nil || len(b) != len(handle{}) || user != s.arn(namespace.KindAnonymousUser, ns+"/"+id) {
		why := ""
		if user.Kind == namespace.KindUser {
			why = ": delete the registered user, or revoke its permission on the dashboard"
		}
		return fmt.Errorf("%w: %q is not an anonymous user of this site%s", ErrValue, plain.Abridge(user.String(), maxShown), why)
	}
	return s.opts.Codes.Revoke(ctx, id)
}

// known returns the viewer of a token as far as it is known.
func (s *Server) known(t token, g grant) namespace.ARN {
	if t.kind == 0 || g.Namespace == "" {
		return namespace.ARN{}
	}
	return s.viewer(g, t.handle)
}
