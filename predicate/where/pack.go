package where

import (
	"encoding/hex"
	"fmt"
)

// hexJSONArray writes a JSON array of the bytes of texts in hexadecimal.
func hexJSONArray(b []byte, values []string) []byte {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(hex.AppendEncode(append(b, '"'), []byte(v)), '"')
	}
	return append(b, ']')
}

// jsonArray writes a JSON array of texts. JSON holds every valid text.
func jsonArray(b []byte, values []string) []byte {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		for j := range len(v) {
			switch c := v[j]; {
			case c == '"' || c == '\\':
				b = append(b, '\\', c)
			case c < 0x20 || c == 0x7f:
				b = fmt.Appendf(b, `\u%04x`, c)
			default:
				b = append(b, c)
			}
		}
		b = append(b, '"')
	}
	return append(b, ']')
}
