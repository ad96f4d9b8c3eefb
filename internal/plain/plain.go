// Package plain writes names and values for people to read on one line, and tells
// names that need no quotes from others.
package plain

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text returns s as it is if it prints on one line and shows all that it is,
// and quoted otherwise: a name may hold line feeds, codes that a terminal
// obeys, or blanks at its end.
func Text(s string) string {
	if s == "" || strings.TrimSpace(s) != s || s[0] == '(' || s[0] == '"' || strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// Abridge cuts a text behind most characters. Bytes of a cut text that are no
// UTF-8 become U+FFFD.
func Abridge(s string, most int) string {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	at := 0
	for range most {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return strings.ToValidUTF8(s[:at], "\uFFFD") + "…"
}

// IsIdentifier reports whether s has the form of a name without quotes in every
// dialect of SQL: ASCII letters, digits and underscores, and no digit first. Key
// words have it, too.
func IsIdentifier(s string) bool {
	if s == "" || '0' <= s[0] && s[0] <= '9' {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
}
