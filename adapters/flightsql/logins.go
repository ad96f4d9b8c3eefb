package flightsql

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// logins are the registered users who are logged in. The zero value has none.
type logins struct {
	mu  sync.Mutex
	all map[[sha256.Size]byte]*login // by the hash of the token: a look-up tells nothing of a token by its time
}

var errFull = errors.New("too many users are logged in")

// add returns the token of a new login.
func (l *logins) add(v Viewer, now func() time.Time, lifetime time.Duration) (string, error) {
	token, id := "rsf."+rand.Text()+rand.Text(), rand.Text()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = make(map[[sha256.Size]byte]*login)
	}
	if len(l.all) >= MaxLogins {
		for key, old := range l.all {
			if !now().Before(old.ends) {
				delete(l.all, key)
			}
		}
		if len(l.all) >= MaxLogins {
			return "", errFull
		}
	}
	l.all[sha256.Sum256([]byte(token))] = &login{id: "user " + id, viewer: v, ends: now().Add(lifetime), now: now}
	return token, nil
}

func (l *logins) find(token string) *login {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all[sha256.Sum256([]byte(token))]
}

func (l *logins) remove(which *login) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, old := range l.all {
		if old == which {
			delete(l.all, key)
		}
	}
}

var errNoToken = errors.New("no credentials")

// authorization returns the scheme and the credentials of a call. Two headers are
// none: two programs on the way could disagree on which one counts.
func authorization(ctx context.Context) (scheme, credentials string) {
	md, _ := metadata.FromIncomingContext(ctx)
	values := md.Get("authorization")
	if len(values) != 1 {
		return "", ""
	}
	scheme, credentials, _ = strings.Cut(strings.TrimSpace(values[0]), " ")
	return strings.ToLower(scheme), strings.TrimSpace(credentials)
}

// authenticate returns the session of a call.
func (s *Server) authenticate(ctx context.Context) (*login, error) {
	scheme, token := authorization(ctx)
	if scheme != "bearer" || token == "" {
		return nil, errNoToken
	}
	if l := s.logins.find(token); l != nil {
		return l, l.check(ctx)
	}
	if s.opts.Embed == nil {
		return nil, errNoToken
	}
	session, err := s.opts.Embed.Session(ctx, "", token)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(token)) // a registered user may have several sessions
	l := &login{id: "session " + hex.EncodeToString(hash[:]), embedded: session, ends: session.Expires(), now: s.opts.Now}
	if s.opts.Admit != nil {
		var remote net.Addr // nil if it is not known
		if p, ok := peer.FromContext(ctx); ok {
			remote = p.Addr
		}
		l.admit = func(ctx context.Context) error { return s.opts.Admit(ctx, remote) }
		if err := l.admit(ctx); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// handshake lets a user in and returns the bearer token. The token of a session that
// lives is good as it is.
func (s *Server) handshake(ctx context.Context) (string, error) {
	scheme, credentials := authorization(ctx)
	if scheme == "bearer" {
		_, err := s.authenticate(ctx)
		return credentials, err
	}
	if scheme != "basic" || s.opts.Login == nil {
		return "", errNoToken
	}
	plain, err := base64.StdEncoding.DecodeString(credentials)
	if err != nil {
		plain, err = base64.RawStdEncoding.DecodeString(credentials)
	}
	user, password, ok := strings.Cut(string(plain), ":")
	if err != nil || !ok || user == "" {
		return "", ErrLogin
	}
	v, err := s.opts.Login.Login(ctx, user, password)
	if err != nil {
		return "", err
	}
	if v == nil {
		return "", ErrLogin
	}
	return s.logins.add(v, s.opts.Now, s.opts.Limits.LoginLifetime)
}

type loginKey struct{}

// loginOf returns the session of a call that was authenticated.
func loginOf(ctx context.Context) (*login, error) {
	l, ok := ctx.Value(loginKey{}).(*login)
	if !ok || l == nil {
		return nil, errNoToken
	}
	return l, nil
}
