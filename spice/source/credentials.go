package source

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
)

// Credentials say how to log in: exactly one is set.
type Credentials struct {
	// CredentialPair holds user name and password themselves.
	CredentialPair *CredentialPair `json:",omitempty"`
	// SecretArn names a secret, which is looked up at every use (K4).
	SecretArn string `json:",omitempty"`
	// CopySourceArn names a data source whose credential pair is used.
	CopySourceArn string `json:",omitempty"`
}

// A CredentialPair is a user name and a password.
//
// It belongs to the data source it came with: whoever may change that, or copy
// its credentials, must not be able to send the password to another server. It
// is used with exactly the parameters it came with, or with one of
// AlternateDataSourceParameters.
type CredentialPair struct {
	Username                      string
	Password                      Password
	AlternateDataSourceParameters []DataSourceParameters `json:",omitempty"`
}

// Format hides the pair from every verb.
func (c CredentialPair) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// LogValue hides the pair.
func (c CredentialPair) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the pair, also in JSON.
func (c CredentialPair) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// A Login is what logs in to a data source. Like its password it is printed by
// nothing.
type Login struct {
	username Password // the user name is half of the credential
	password Password
}

// Username returns the user name, "" for the zero Login.
func (l Login) Username() string { return l.username.Reveal() }

// Password returns the password.
func (l Login) Password() Password { return l.password }

// IsZero reports whether there is neither user name nor password.
func (l Login) IsZero() bool { return l.username.IsZero() && l.password.IsZero() }

// Format hides the credentials from every verb.
func (l Login) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// LogValue hides the credentials.
func (l Login) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the credentials, also in JSON.
func (l Login) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// fits reports whether the pair may be used with parameters, when it came with
// original.
func (c *CredentialPair) fits(parameters, original DataSourceParameters) bool {
	if c.AlternateDataSourceParameters == nil {
		return reflect.DeepEqual(parameters, original)
	}
	for _, p := range c.AlternateDataSourceParameters {
		if reflect.DeepEqual(parameters, p) {
			return true
		}
	}
	return false
}

func (c *CredentialPair) login() Login { return Login{NewPassword(c.Username), c.Password} }
