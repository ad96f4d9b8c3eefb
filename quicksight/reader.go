package quicksight

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/embed"
)

// ErrLogin says that a name or a password is wrong, or that the access key may not read
// as the user.
var ErrLogin = errors.New("wrong user or password")

// A Reader is a registered user on whose behalf an access key reads rows over another
// protocol than HTTP, such as Arrow Flight SQL. It is safe for concurrent use. The zero
// Reader reads nothing.
type Reader struct {
	s      *Service
	who    *caller
	user   namespace.Identity
	id     string // of the user then: one of the same name that is registered later is another
	secure bool
}

// Reader logs a registered user in. name is NAMESPACE/USER@ACCESSKEY and secret the
// secret access key: the policy of the key must allow rowsight:ReadRows on the user, and
// on each data set that is read. A key with a session token is refused, because it
// cannot be checked. A service without signatures takes NAMESPACE/USER and any secret.
// secure says that the secret came over TLS, for conditions of policies.
func (s *Service) Reader(ctx context.Context, name, secret string, secure bool) (*Reader, error) {
	if s == nil || s.ctx == nil || s.ctx.Err() != nil {
		return nil, ErrLogin
	}
	at := strings.LastIndexByte(name, '@') // a user's name may be an email address
	r := &Reader{s: s, who: s.root, secure: secure}
	full := name
	if !s.opts.Unauthenticated {
		if at < 0 {
			return nil, ErrLogin
		}
		full = name[:at]
		key, ok := s.opts.Credentials.lookup(name[at+1:])
		if same := subtle.ConstantTimeCompare([]byte(key.Secret), []byte(secret)); !ok || same != 1 || key.Secret == "" || key.Token != "" {
			return nil, ErrLogin
		}
		if r.who = s.opts.Credentials.keys[key.ID]; r.who.account() != s.opts.Account {
			return nil, ErrLogin
		}
	}
	ns, user, ok := strings.Cut(full, "/")
	if !ok || ns == "" || user == "" {
		return nil, ErrLogin
	}
	r.user = namespace.Identity{Namespace: ns, Name: user}
	known, err := s.admin.DescribeUser(ctx, ns, user)
	if err == nil {
		r.id = known.PrincipalId
		_, err = r.Session(ctx)
	}
	if err != nil {
		return nil, errors.Join(ErrLogin, err)
	}
	return r, nil
}

// Session returns the user with the groups of now. It is an error if the user is gone,
// also if a user of the same name was registered again.
func (r *Reader) Session(ctx context.Context) (spice.Session, error) {
	if r == nil || r.s == nil {
		return spice.Session{}, ErrLogin
	}
	if err := r.s.authorize(r.who, readRows, r.s.arnIn(namespace.KindUser, r.user.Namespace, r.user.Name), r.secure); err != nil {
		return spice.Session{}, err
	}
	viewer, err := r.s.directory.Principal(ctx, r.user)
	if err != nil {
		return spice.Session{}, err
	}
	// The id comes last: groups of another user than this one are not returned.
	known, err := r.s.admin.DescribeUser(ctx, r.user.Namespace, r.user.Name)
	if err == nil && known.PrincipalId != r.id {
		err = ErrLogin
	}
	if err != nil {
		return spice.Session{}, err
	}
	return spice.Session{Principal: viewer}, nil
}

// May reports whether the access key may read a data set. The permissions of the user
// on the data set, and its rules, come after that, when it is read.
func (r *Reader) May(_ context.Context, dataset namespace.ARN) error {
	if r == nil || r.s == nil {
		return ErrLogin
	}
	return r.s.authorize(r.who, readRows, r.s.arn(namespace.KindDataset, dataset.Name), r.secure)
}

// Store returns the data sets, for servers of other protocols in this process. Its
// methods ask the rules of each, and the permissions on it.
func (s *Service) Store() *spice.Store { return s.store }

// Embedding returns the sessions of embed URLs, for the same servers.
func (s *Service) Embedding() *embed.Server { return s.embed }

// Audit returns the audit log of the folder.
func (s *Service) Audit() audit.Sink { return s.audit }
