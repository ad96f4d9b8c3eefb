package vet

import (
	"errors"
	"fmt"
	"slices"
)

// A Severity ranks findings. Severities compare with <. The zero Severity is
// [None], which no finding has.
type Severity uint8

// Severities.
const (
	None    Severity = iota
	Info             // true, perhaps meant, worth knowing
	Warning          // probably not what was meant
	Error            // does not work, or shows other rows than it says
)

// ErrSeverity reports a text that is not the name of a severity.
var ErrSeverity = errors.New("unknown severity")

var severities = [...]string{None: "none", Info: "info", Warning: "warning", Error: "error"}

// String returns "none", "info", "warning" or "error".
func (s Severity) String() string {
	if int(s) < len(severities) {
		return severities[s]
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// ParseSeverity is the reverse of [Severity.String]. An error comes with
// [None].
func ParseSeverity(s string) (Severity, error) {
	if i := slices.Index(severities[:], s); i >= 0 {
		return Severity(i), nil
	}
	return None, fmt.Errorf("%w %q, want none, info, warning or error", ErrSeverity, s)
}

// MarshalText is [Severity.String].
func (s Severity) MarshalText() ([]byte, error) {
	if s > Error {
		return nil, fmt.Errorf("%w %d", ErrSeverity, uint8(s))
	}
	return []byte(s.String()), nil
}

// UnmarshalText is [ParseSeverity].
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}
