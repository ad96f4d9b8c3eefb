// Package cells writes lists of values as cells of a permission dataset (U5).
package cells

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// Lists writes values as cells of at most most characters, each as full as it
// may be. A value that is too long alone gets a cell of its own. No value gives
// no cell.
func Lists(values iter.Seq[string], most int) (cells []string) {
	var b strings.Builder
	length := 0
	for value := range values {
		if strings.ContainsAny(value, `,"`) {
			value = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
		}
		n := utf8.RuneCountInString(value)
		if length > 0 && length+1+n > most {
			cells = append(cells, b.String())
			b.Reset()
			length = 0
		}
		if length > 0 {
			b.WriteByte(',')
			length++
		}
		b.WriteString(value)
		length += n
	}
	if length > 0 {
		cells = append(cells, b.String())
	}
	return cells
}
