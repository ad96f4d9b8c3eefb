package spice

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/tagrules"
)

// A Session is one viewer who asks for rows: a registered one, whom user rules
// and column rules name, or an anonymous one, whom tag rules judge by session
// tags. It is a value; a dataset that was handed one keeps nothing of it.
//
// The zero Session is nobody and sees nothing (S1), of unrestricted datasets
// too. One that is both registered and anonymous is [ErrSession].
type Session struct {
	// Principal is the registered viewer.
	Principal namespace.Principal
	// Anonymous names an anonymous session. It may be left zero if there are
	// Tags; a session without tags completes no tag rule (T3), but sees
	// datasets that have no rules at all (V1).
	Anonymous namespace.ARN
	// Tags are the session tags of an anonymous session. Their values are
	// secrets and appear in no error, log or audit record (T8).
	Tags []tagrules.Tag
	// Expires is when the session ends: it sees nothing from then on, and
	// streams that are open end with [ErrExpired]. Zero is never.
	Expires time.Time
}

// kind says which rules judge a session.
type kind uint8

const (
	nobody kind = iota
	registered
	anonymous
)

// kind returns which rules judge s.
func (s Session) kind() (kind, error) {
	someone, tagged := !s.Principal.IsZero(), !s.Anonymous.IsZero() || len(s.Tags) > 0
	switch {
	case someone && tagged:
		return nobody, fmt.Errorf("%w: it is of a registered viewer and anonymous", ErrSession)
	case !s.Anonymous.IsZero() && s.Anonymous.Kind != namespace.KindAnonymousUser:
		return nobody, fmt.Errorf("%w: the anonymous session is a %s, want an %s", ErrSession, s.Anonymous.Kind, namespace.KindAnonymousUser)
	case someone:
		return registered, nil
	case tagged:
		return anonymous, nil
	default:
		return nobody, nil
	}
}

// String returns who the viewer is, without groups and tags.
func (s Session) String() string {
	switch {
	case !s.Principal.User.IsZero():
		return s.Principal.User.String()
	case !s.Principal.IsZero():
		return "a member of " + s.Principal.Groups[0].String()
	case !s.Anonymous.IsZero():
		return s.Anonymous.String()
	case len(s.Tags) > 0:
		return "an anonymous session"
	default:
		return "nobody"
	}
}

// LogValue hides the tags.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Format hides the tags, whatever the verb.
func (s Session) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }
