package where

import (
	"encoding/hex"
	"fmt"
)

// What the values of a list are packed in: JSON holds every valid text.
var (
	jsonArray     = array("[]", jsonText)
	hexJSONArray  = array("[]", func(b []byte, s string) []byte { return append(hex.AppendEncode(append(b, '"'), []byte(s)), '"') })
	postgresArray = array("{}", backslashed('"', "")) // {"a","b"}

	jsonText = backslashed('"', `\u%04x`)
)

// array returns a function that writes texts between brackets.
func array(brackets string, text func(b []byte, s string) []byte) func(b []byte, values []string) []byte {
	return func(b []byte, values []string) []byte {
		b = append(b, brackets[0])
		for i, v := range values {
			if i > 0 {
				b = append(b, ',')
			}
			b = text(b, v)
		}
		return append(b, brackets[1])
	}
}

// backslashed returns a function that writes a text in quotes, in which a backslash
// escapes quotes, backslashes and, with the format of control, control characters.
// Without a format they are written as they are.
func backslashed(quote byte, control string) func(b []byte, s string) []byte {
	return func(b []byte, s string) []byte {
		b = append(b, quote)
		for i := range len(s) {
			switch c := s[i]; {
			case c == quote || c == '\\':
				b = append(b, '\\', c)
			case control != "" && (c < 0x20 || c == 0x7f):
				b = fmt.Appendf(b, control, c)
			default:
				b = append(b, c)
			}
		}
		return append(b, quote)
	}
}
