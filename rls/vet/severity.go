package vet

import (
	"errors"
	"fmt"
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

// String returns "none", "info", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case None:
		return "none"
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	default:
		return fmt.Sprintf("Severity(%d)", uint8(s))
	}
}

// ParseSeverity is the reverse of [Severity.String]. An error comes with
// [None].
func ParseSeverity(s string) (Severity, error) {
	for _, v := range []Severity{None, Info, Warning, Error} {
		if s == v.String() {
			return v, nil
		}
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
