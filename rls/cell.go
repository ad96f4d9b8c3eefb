package rls

import (
	"iter"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/list"
)

// ParseCell returns the values of one cell of a restricted column in increasing
// order, each once (U3, U4, U5): AWS,INC is two values, and "AWS,INC" in double
// quotes is one. A cell without values is a wildcard.
func ParseCell(text string) ([]string, error) {
	l, _, err := list.Parse(text, nil)
	return l.Values, err
}

// Cells writes values as cells, which [ParseCell] reads back. most is the
// largest number of characters of a cell. Cells starts a new cell only if the
// next value does not fit. A value that is too long alone gets its own cell.
// Without values there is no cell.
func Cells(values iter.Seq[string], most int) (cells []string) {
	var b []byte
	length := 0
	for value := range values {
		start := len(b)
		if length > 0 {
			b = append(b, ',')
		}
		b = list.AppendItem(b, value)
		n := utf8.RuneCount(b[start:])
		if length > 0 && length+n > most {
			cells = append(cells, string(b[:start]))
			b = append(b[:0], b[start+1:]...)
			length, n = 0, n-1
		}
		length += n
	}
	if len(b) > 0 {
		cells = append(cells, string(b))
	}
	return cells
}

// listText returns the text of a cell so that it is not taken for a null word,
// which would be a wildcard: a comma behind it makes it a list.
func listText(text string, nullWords []string) string {
	if slices.Contains(nullWords, text) {
		return text + ","
	}
	return text
}
