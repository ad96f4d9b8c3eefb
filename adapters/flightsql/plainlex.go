package flightsql

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A tokenKind is the kind of a token of [Plain].
type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenName             // a name or a keyword, without quotes
	tokenQuoted           // a name in double quotes
	tokenText             // in single quotes
	tokenNumber
	tokenParam // ? or $1
	tokenSign  // ( ) , * + - = < > <= >= . ;
)

type token struct {
	kind tokenKind
	text string
	at   int // bytes before it
}

// tokens splits a statement. It knows no escapes but doubled quotes.
func tokens(sql string) ([]token, error) {
	var out []token
	fail := func(at int, format string, args ...any) error {
		return fmt.Errorf("%w: at byte %d: %s", ErrStatement, at+1, fmt.Sprintf(format, args...))
	}
	if !utf8.ValidString(sql) {
		return nil, fmt.Errorf("%w: want UTF-8", ErrStatement)
	}
	part := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for i := 0; i < len(sql); {
		r, size := utf8.DecodeRuneInString(sql[i:])
		start := i
		rest := func(keep func(rune) bool) string {
			end := strings.IndexFunc(sql[start:], func(r rune) bool { return !keep(r) })
			if end < 0 {
				end = len(sql) - start
			}
			i = start + end
			return sql[start:i]
		}
		switch {
		case unicode.IsSpace(r):
			i += size
		case strings.HasPrefix(sql[i:], "--"):
			end := strings.IndexByte(sql[i:], '\n')
			if end < 0 {
				end = len(sql) - i
			}
			i += end
		case strings.HasPrefix(sql[i:], "/*"):
			end := strings.Index(sql[i+2:], "*/")
			if end < 0 {
				return nil, fail(start, "a comment that does not end")
			}
			i += end + 4
		case r == '\'' || r == '"':
			text, n := quotedText(sql[i:])
			if n == 0 {
				return nil, fail(start, "a %c that does not end", r)
			}
			kind := tokenText
			if r == '"' {
				kind = tokenQuoted
			}
			out, i = append(out, token{kind, text, start}), i+n
		case r == '_' || unicode.IsLetter(r):
			out = append(out, token{tokenName, rest(part), start})
		case unicode.IsDigit(r):
			text := rest(func(r rune) bool { return r == '.' || part(r) })
			if strings.Trim(text, "0123456789") != "" && !decimalDigits(text) {
				return nil, fail(start, "want a number such as 12 or 1.5")
			}
			out = append(out, token{tokenNumber, text, start})
		case r == '?':
			out, i = append(out, token{tokenParam, "", start}), i+1
		case r == '$':
			start++
			text := rest(unicode.IsDigit)
			if text == "" || len(text) > 3 || strings.Trim(text, "0123456789") != "" {
				return nil, fail(start-1, "want a parameter such as $1")
			}
			out = append(out, token{tokenParam, text, start - 1})
		case strings.HasPrefix(sql[i:], "<=") || strings.HasPrefix(sql[i:], ">="):
			out, i = append(out, token{tokenSign, sql[i : i+2], start}), i+2
		case strings.ContainsRune("(),*+-=<>.;", r):
			out, i = append(out, token{tokenSign, sql[i : i+1], start}), i+1
		default:
			return nil, fail(start, "unexpected character")
		}
	}
	return append(out, token{at: len(sql)}), nil
}

// decimalDigits reports whether a text is digits with one point inside.
func decimalDigits(text string) bool {
	whole, frac, ok := strings.Cut(text, ".")
	return ok && whole != "" && frac != "" && strings.Trim(whole+frac, "0123456789") == ""
}

// quotedText returns a text between quotes, in which a doubled quote is one, and the
// number of bytes that it takes; 0 if it does not end.
func quotedText(s string) (text string, n int) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		return b.String(), i + 1
	}
	return "", 0
}
