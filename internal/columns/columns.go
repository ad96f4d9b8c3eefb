// Package columns aligns text in columns, as terminals show it: 東 is as wide as
// two letters, and an accent that combines with a letter takes no place.
package columns

import (
	"strings"
	"unicode"
)

// Width returns how many places of a terminal a text takes.
func Width(s string) (n int) {
	for _, r := range s {
		n += width(r)
	}
	return n
}

func width(r rune) int {
	switch {
	case r < 0x300: // most text
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// Cut returns the front of a text that takes at most n places, at least 1, with
// "…" at its end if something is cut.
func Cut(s string, n int) string {
	if Width(s) <= n {
		return s
	}
	places := 0
	for i, r := range s {
		if places += width(r); places > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// Pad returns the blanks that fill a text up to n places.
func Pad(s string, n int) string { return strings.Repeat(" ", max(0, n-Width(s))) }

// Append appends rows to b, one a line, with their cells in columns two blanks
// apart. Rows may have fewer cells than others. No line ends with a blank.
func Append(b []byte, rows [][]string) []byte {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Width(cell))
		}
	}
	for _, row := range rows {
		blanks := ""
		for i, cell := range row {
			if cell != "" {
				b = append(append(b, blanks...), cell...)
				blanks = ""
			}
			blanks += Pad(cell, widths[i]+2)
		}
		b = append(b, '\n')
	}
	return b
}
