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

// backslashLiteral writes a literal in which a backslash escapes quotes,
// backslashes and, with the format of control, control characters.
func backslashLiteral(b []byte, s, control string) []byte {
	b = append(b, '\'')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20 || c == 0x7f:
			b = fmt.Appendf(b, control, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '\'')
}
