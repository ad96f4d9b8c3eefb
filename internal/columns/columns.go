// Package columns aligns text in columns, as terminals show it: 東 is as wide as
// two letters, and an accent that combines with a letter takes no place.
package columns

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// Width returns how many places of a terminal a text takes.
func Width(s string) int { return displaywidth.String(s) }

// Cut returns the front of a text that takes at most n places, at least 1, with
// "…" at its end if something is cut. It cuts no character that several code points
// make up.
func Cut(s string, n int) string { return displaywidth.TruncateString(s, n, "…") }

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
