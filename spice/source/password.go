package source

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden is what is printed for a password.
const hidden = "(hidden)"

// A Password is text that is printed by nothing: not by a verb of fmt, not as
// JSON, not by a logger, and not as a part of something that is printed. Only
// [Password.Reveal] gives it away. It is immutable and safe for concurrent use.
//
// The text is held by a function: whoever prints a value by reflection, as fmt
// does with unexported fields, finds an address. Passwords cannot be compared
// with ==.
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

// IsZero reports whether there is no text.
func (p Password) IsZero() bool { return p.Reveal() == "" }

// String hides the password.
func (p Password) String() string { return hidden }

// GoString hides the password.
func (p Password) GoString() string { return hidden }

// Format hides the password from every verb.
func (p Password) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// LogValue hides the password.
func (p Password) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the password, also in JSON: what is written this way cannot
// be read back.
func (p Password) MarshalText() ([]byte, error) { return []byte(hidden), nil }
