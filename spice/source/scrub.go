package source

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// scrub takes a password out of an error that came from elsewhere: a driver
// that cannot read a DSN may quote it. The error still is what it was for
// [errors.Is], but no longer leads to the text of the old one.
func (l Login) scrub(err error) error {
	password := l.password.Reveal()
	if err == nil || password == "" {
		return err
	}
	text := err.Error()
	quoted := strconv.Quote(password)
	for _, form := range []string{password, quoted[1 : len(quoted)-1], dsnQuote(password), url.QueryEscape(password), url.PathEscape(password)} {
		text = strings.ReplaceAll(text, form, hidden)
	}
	if text == err.Error() {
		return err
	}
	return &scrubbed{text, func(target error) bool { return errors.Is(err, target) }}
}

// A scrubbed error has no Unwrap, which would give the text away.
type scrubbed struct {
	text string
	is   func(target error) bool
}

func (s *scrubbed) Error() string        { return s.text }
func (s *scrubbed) Is(target error) bool { return s.is(target) }

// dsnQuote is text as it stands between the quotes of a DSN.
func dsnQuote(s string) string { return strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) }
