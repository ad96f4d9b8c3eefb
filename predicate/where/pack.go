package where

import "fmt"

// jsonArray writes a JSON array of texts. JSON holds every valid text.
func jsonArray(b []byte, values []string) []byte { return appendJSON(b, values, false) }

// asciiJSONArray is jsonArray in ASCII.
func asciiJSONArray(b []byte, values []string) []byte { return appendJSON(b, values, true) }

func appendJSON(b []byte, values []string, ascii bool) []byte {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		for _, r := range v {
			switch {
			case r == '"' || r == '\\':
				b = append(b, '\\', byte(r))
			case r < 0x20 || r == 0x7f || ascii && r > 0x7f && r < 0x10000:
				b = fmt.Appendf(b, `\u%04x`, r)
			case ascii && r >= 0x10000:
				r -= 0x10000
				b = fmt.Appendf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
			default:
				b = append(b, string(r)...)
			}
		}
		b = append(b, '"')
	}
	return append(b, ']')
}
