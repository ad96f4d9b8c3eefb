package suite

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// HostileTexts are values that engines confuse, cut off, normalize, take for
// something else, or execute. "" stands among them: it is in no set.
func HostileTexts() []string {
	texts := []string{
		"", " ", "  ", "\t", "\n", "\r\n", "a\nb", "a\r\nb",
		"EMEA", "emea", "Emea", "EMEA ", " EMEA", "EMEA\t", "EMEA\u00a0", "EMEA\u200b", "\u200bEMEA", "\ufeffEMEA", "E\u00adMEA",
		"straße", "strasse", "STRASSE", "straẞe",
		"é", "e\u0301", "É", "e", "ﬁ", "fi", "Ⅷ", "VIII", "１", "1", "01", "1.0", "1e0", " 1", "+1", "0x31", "true", "TRUE",
		"İ", "I", "i", "ı", "ς", "σ", "Σ", "Å", "Å", "Ω", "Ω", "か", "が", "か\u3099", "カ",
		"😀", "😁", "👩‍👩‍👧", "👩", "𝒳", "\U0010ffff", "\ufffd", "\ufffe", "\u2028", "\u202eabc", "مرحبا",
		"'", "''", "'''", `"`, `""`, "`", "O'Brien", "O''Brien", `O\'Brien`, `\`, `\\`, `\'`, `\"`, `\n`, `\u0041`, `\x41`, `\101`, "A", `C:\new\table`,
		"’", "ʼ", "‘US’", "＇", "%", "_", "%%", "E%", "E_EA", `\%`, "*", "?", "??", "$1", "$2", ":1", "@p1", "{", "}", "{}", "{a,b}", "a,b", ",", "[", "]", "]]", "[[", "[a]", "(", ")", "$$", "$a$",
		"NULL", "null", "nil", "--", "-- x", "/*", "*/", "#", ";", "a;b", "1 = 1", "' OR '1'='1", "') OR 1=1 --", `\' OR 1=1 -- `, "'; DROP TABLE hostile0; --",
		"${x}", "{{x}}", "%s", "%d", "\\u0000", "&#0;", "\x01", "\x07", "\x1b[0m", "\x1f", "\x7f", "\u0085",
		strings.Repeat("x", 255), strings.Repeat("x", 256), strings.Repeat("é", 2047), strings.Repeat("é", 2048), strings.Repeat("'", 300), strings.Repeat(`\`, 301),
	}
	return texts
}

// HostileNames are column names that end quotes, hold dots, or are words.
func HostileNames() []string {
	return []string{
		"Region", "select", "from", "a b", " a", "a.b", `a"b`, `"`, "a`b", "a'b", "a[b", "a]b", "a]]b", "(", ")", "--", "/*x*/", ";", "a\\b", "é", "e\u0301x", "😀", "a\nb", "?", "$1", "@p1", ":x", "%s", "k", "v", "value", "u", "1",
	}
}

// RefusedTexts are values that no engine may be sent.
func RefusedTexts() []string {
	return []string{"\x00", "a\x00", "\x00a", "a\x00b", "\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}
}

// randomText returns some characters that mean something somewhere.
func randomText(r *rand.Rand) string {
	alphabet := []rune("aA'\"`\\%_$?{}[]();,-/*# \n\t\x01é\u0301ß\u200b😀x01NnEe")
	text := make([]rune, 1+r.IntN(12))
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

// near returns texts that are not s, but that a careless engine takes for it.
func near(s string) []string {
	return []string{strings.ToUpper(s), strings.ToLower(s), s + " ", " " + s, strings.TrimSpace(s), s + "\u200b", s + "\u0301",
		strings.ReplaceAll(s, `\`, `\\`), strings.ReplaceAll(s, `'`, `''`), fmt.Sprintf("%q", s)}
}
