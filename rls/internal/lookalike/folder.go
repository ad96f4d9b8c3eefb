// Package lookalike finds texts that look alike and are not equal: values and
// names that differ in case, white space, Unicode normalization or letters of
// other alphabets, and slips of the pen.
package lookalike

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What makes two texts look alike and not be equal. A fold takes one of these
// differences away.
type fold uint8

const (
	foldMarks     fold = 1 << iota // é as one character or as two
	foldInvisible                  // characters that cannot be seen
	foldSpace                      // kinds and runs of white space, and white space around
	foldCase                       // EMEA and emea
	foldLetters                    // Latin A, Greek Α, Cyrillic А; full width; kinds of quotes and dashes
	foldAll       = foldMarks | foldInvisible | foldSpace | foldCase | foldLetters
)

var foldNames = [...]struct {
	fold fold
	name string
}{
	{foldCase, "case"}, {foldSpace, "white space"}, {foldInvisible, "invisible characters"},
	{foldMarks, "Unicode normalization"}, {foldLetters, "letters of other alphabets or other signs"},
}

// Skeleton returns s without any difference that readers overlook. Texts of one
// skeleton look alike.
func Skeleton(s string) string { return skeleton(s, foldAll) }

// skeleton returns s without the differences that which names. Texts of one
// skeleton look alike.
//
// What is caught: characters that decompose canonically, marks in another order;
// case by simple folding, and ß as ss; and of letters that look alike only the
// common ones of Greek and Cyrillic.
func skeleton(s string, which fold) string {
	if which == foldAll && plain(s) {
		return strings.ToLower(s)
	}
	if which&foldInvisible != 0 { // first: marks do not change places across one
		s = strings.Map(func(r rune) rune {
			if invisible(r) {
				return -1
			}
			return r
		}, s)
	}
	if which&foldMarks != 0 {
		s = norm.NFD.String(s)
	}
	var b strings.Builder
	for _, r := range s {
		if which&foldCase != 0 {
			if r == 'ß' || r == 'ẞ' {
				b.WriteString("ss")
				continue
			}
			if which&foldLetters != 0 {
				r = letter(unicode.ToUpper(r)) // Greek looks Latin in capitals
			}
			r = foldRune(r)
		}
		if which&foldLetters != 0 {
			r = letter(r)
		}
		b.WriteRune(r)
	}
	if which&foldSpace != 0 {
		return strings.Join(strings.Fields(b.String()), " ")
	}
	return b.String()
}

// plain reports whether case is all that a fold could change in s: so with most
// values of most files.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x7F || c < ' ' || c == '`' || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// foldRune returns the smallest of the characters that differ from r in case
// only.
func foldRune(r rune) rune {
	if r < 0x80 {
		return unicode.ToLower(r)
	}
	least := unicode.ToLower(r)
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		if unicode.IsLower(c) {
			least = min(least, c)
		}
	}
	return least
}

// invisible reports whether r leaves no ink and no gap.
func invisible(r rune) bool {
	switch {
	case r < 0x80:
		return (r < ' ' || r == 0x7F) && !unicode.IsSpace(r)
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x034F, r == 0x17B4, r == 0x17B5:
		return true // fillers and the like
	default:
		return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector) && !unicode.IsSpace(r)
	}
}

const (
	strange  = "АВЕКМНОРСТХаеорсухіјѕІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧο’‘‛`´“”„–—‐‑‒−"
	familiar = "ABEKMHOPCTXaeopcyxijsIJSABEZHIKMNOPTYXo'''''\"\"\"------"
)

// letter returns the Latin letter or ASCII sign that r looks like.
func letter(r rune) rune {
	if r < 0x80 && r != '`' {
		return r
	}
	if 0xFF01 <= r && r <= 0xFF5E {
		return r - 0xFF01 + '!' // full width
	}
	at := 0
	for _, c := range strange {
		if c == r {
			return rune(familiar[at])
		}
		at++
	}
	return r
}

// Difference says in what a and b, which have one skeleton, differ.
func Difference(a, b string) string {
	var names []string
	for _, n := range foldNames {
		if skeleton(a, foldAll&^n.fold) != skeleton(b, foldAll&^n.fold) {
			names = append(names, n.name)
		}
	}
	if len(names) == 0 { // either of two takes it away, as with the sign for Ohm
		for _, n := range slices.Backward(foldNames[:]) {
			if skeleton(a, n.fold) == skeleton(b, n.fold) {
				return n.name
			}
		}
		return "several ways"
	}
	return strings.Join(names, " and ")
}

// Hidden returns a character of s that cannot be seen, or that prints like a
// space and is none. Joiners and selectors that shape emoji and the letters of
// some scripts are where they belong.
func Hidden(s string) (rune, bool) {
	before := rune(' ')
	for i, r := range s {
		if r >= ' ' && r < 0x7F {
			before = r
			continue
		}
		last := i+utf8.RuneLen(r) >= len(s)
		shapes := r == 0x200C || r == 0x200D || unicode.Is(unicode.Variation_Selector, r)
		switch {
		case shapes && before >= 0x300 && (!last || r >= 0xFE00):
		case invisible(r), unicode.IsSpace(r) && r != 0x3000:
			return r, true
		}
		before = r
	}
	return 0, false
}
