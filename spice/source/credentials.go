package source

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
)

// Credentials are the credentials of a data source. Exactly one field is set.
type Credentials struct {
	// CredentialPair contains the user name and the password.
	CredentialPair *CredentialPair `json:",omitempty"`
	// SecretArn names a secret, which is read at every use (K4).
	SecretArn string `json:",omitempty"`
	// CopySourceArn names a data source whose credential pair is copied.
	CopySourceArn string `json:",omitempty"`
}

// A CredentialPair is a user name and a password.
//
// It is used only with the parameters that it was created with, or with one of
// AlternateDataSourceParameters. So a user who may change the data source, or
// copy its credentials, cannot send the password to another server.
type CredentialPair struct {
	Username                      string
	Password                      Password
	AlternateDataSourceParameters []DataSourceParameters `json:",omitempty"`
}

// Format hides the pair for every verb.
func (c CredentialPair) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// LogValue hides the pair.
func (c CredentialPair) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the pair, also in JSON.
func (c CredentialPair) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// A Login is a user name and a password. No function prints it.
type Login struct {
	username Password // the user name is half of the credential
	password Password
}

// Username returns the user name, "" for the zero Login.
func (l Login) Username() string { return l.username.Reveal() }

// Password returns the password.
func (l Login) Password() Password { return l.password }

// IsZero reports whether user name and password are empty.
func (l Login) IsZero() bool { return l.username.IsZero() && l.password.IsZero() }

// Format hides the credentials for every verb.
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
