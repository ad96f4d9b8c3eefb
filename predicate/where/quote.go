package where

import (
	"fmt"
	"strings"
)

// appendName writes a name as an identifier.
func (s *spec) appendName(b []byte, name string) ([]byte, error) {
	if err := checkText(name); err != nil {
		return nil, fmt.Errorf("name %q: %w", name, err)
	}
	if err := s.names.check(name, s.name); err != nil {
		return nil, err
	}
	b = append(b, s.quote[0])
	b = appendEscaped(b, name, string(s.quote[1:]))
	return append(b, s.quote[1]), nil
}

// standardLiteral writes a literal of standard SQL, in which only ' means
// something.
func standardLiteral(b []byte, s string) []byte {
	return append(appendEscaped(append(b, '\''), s, "'"), '\'')
}

// appendEscaped writes s with every byte of special twice.
func appendEscaped(b []byte, s, special string) []byte {
	for {
		i := strings.IndexAny(s, special)
		if i < 0 {
			return append(b, s...)
		}
		b = append(append(b, s[:i+1]...), s[i])
		s = s[i+1:]
	}
}
