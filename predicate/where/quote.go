package where

import "strings"

// appendName writes a name as an identifier.
func (s *spec) appendName(b []byte, name string) []byte {
	b = append(b, s.quote[0])
	for i := range len(name) {
		if name[i] == s.quote[1] {
			b = append(b, s.quote[1])
		}
		b = append(b, name[i])
	}
	return append(b, s.quote[1])
}

// standardLiteral writes a literal of standard SQL, in which only ' means
// something.
func standardLiteral(b []byte, s string) []byte {
	return append(appendEscaped(append(b, '\''), s, "'"), '\'')
}

// appendEscaped writes s with every byte of special twice.
func appendEscaped(b []byte, s, special string) []byte {
	for i := range len(s) {
		if strings.IndexByte(special, s[i]) >= 0 {
			b = append(b, s[i])
		}
		b = append(b, s[i])
	}
	return b
}
