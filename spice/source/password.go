package source

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden is what is printed for a password.
const hidden = "(hidden)"

// A Password is text that fmt, JSON and loggers do not print, not even as a
// part of another value. Only [Password.Reveal] returns it. It is immutable and
// safe for concurrent use.
//
// A closure holds the text, so printing by reflection, as fmt does for
// unexported fields, shows only an address. Passwords cannot be compared with
// ==.
type Password struct{ text func() string }

// NewPassword returns text as a Password.
func NewPassword(text string) Password {
	return Password{func() string { return text }}
}

// Reveal returns the text, "" for the zero Password.
func (p Password) Reveal() string {
	if p.text == nil {
		return ""
	}
	return p.text()
}

// IsZero reports whether the password is empty.
func (p Password) IsZero() bool { return p.Reveal() == "" }

// String hides the password.
func (p Password) String() string { return hidden }

// GoString hides the password.
func (p Password) GoString() string { return hidden }

// Format hides the password for every verb.
func (p Password) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// LogValue hides the password.
func (p Password) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the password, also in JSON, so the result cannot be read
// back.
func (p Password) MarshalText() ([]byte, error) { return []byte(hidden), nil }
