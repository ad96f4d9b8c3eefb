package spice

import (
	"cmp"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/audit"
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
	// Label stands in audit records, so that the reads of a tenant can be found
	// by it. "" is none. See [audit.CheckLabel] for what it may hold. It must not
	// be the value of one of the Tags, in any case (T8).
	Label string
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
		return nobody, fmt.Errorf("%w: Anonymous: got the ARN of a %s, want one of an %[3]s, such as arn:aws:quicksight:us-east-1:111122223333:%[3]s/default/1; a registered viewer is a Principal",
			ErrSession, cmp.Or(string(s.Anonymous.Kind), "resource of no kind"), namespace.KindAnonymousUser)
	}
	if err := s.CheckLabel(); err != nil {
		return nobody, fmt.Errorf("%w: Label: %w", ErrSession, err)
	}
	switch {
	case someone:
		return registered, nil
	case tagged:
		return anonymous, nil
	default:
		return nobody, nil
	}
}

// CheckLabel reports why the Label is refused: it cannot be recorded, or would
// put a tag value into a record (T8). No label is nil.
func (s Session) CheckLabel() error {
	if s.Label == "" {
		return nil
	}
	for _, t := range s.Tags {
		if strings.EqualFold(t.Value, s.Label) {
			return fmt.Errorf("%w: it is the value of a session tag, which is a secret: use another name", audit.ErrLabel)
		}
	}
	return audit.CheckLabel(s.Label)
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
