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

// A Session is a viewer: a registered user, to whom user rules and column rules
// apply, or an anonymous viewer with session tags, to whom tag rules apply. A
// Session is a value; datasets do not keep it.
//
// The zero Session sees no row, even of unrestricted datasets (S1). A Session
// that is both registered and anonymous is [ErrSession].
type Session struct {
	// Principal is a registered viewer.
	Principal namespace.Principal
	// Anonymous names an anonymous session. It is optional if there are Tags. A
	// session without tags completes no tag rule (T3), but sees datasets
	// without rules (V1).
	Anonymous namespace.ARN
	// Tags are the session tags of an anonymous session. Their values are
	// secrets and appear in no error, log or audit record (T8).
	Tags []tagrules.Tag
	// Label is written to audit records, so that you can find the reads of a
	// tenant. "" is no label. [audit.CheckLabel] has the rules for labels. A
	// label must not be the value of one of the Tags, in whatever case (T8).
	Label string
	// Expires is the end of the session. After it, the session sees nothing,
	// and open streams end with [ErrExpired]. Zero means no end.
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
		return nobody, fmt.Errorf("%w: it has both a registered and an anonymous viewer", ErrSession)
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

// CheckLabel returns an error if the Label is invalid or contains a tag value
// (T8). An empty label is valid.
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

// String returns the viewer, without groups and tags.
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

// Format hides the tags for every verb.
func (s Session) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }
