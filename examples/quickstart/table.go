package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// printRows prints a record as an aligned table, numbers to the right, or says
// that it is empty.
func printRows(w io.Writer, rec arrow.Record) {
	if rec.NumRows() == 0 {
		fmt.Fprintln(w, "    (no row)")
		return
	}
	lines := make([]string, rec.NumRows()+1)
	for i, column := range rec.Columns() {
		cells := []string{rec.ColumnName(i)}
		for row := range column.Len() {
			cells = append(cells, text(column, row))
		}
		width := 0
		for _, cell := range cells {
			width = max(width, utf8.RuneCountInString(cell))
		}
		if _, left := column.(*array.String); left {
			width = -width
		}
		for n, cell := range cells {
			lines[n] += fmt.Sprintf("  %*s", width, cell)
		}
	}
	for _, line := range lines {
		fmt.Fprintln(w, "  "+strings.TrimRight(line, " "))
	}
}

// text is a cell for people's eyes: NULL and "" do not look alike.
func text(column arrow.Array, row int) string {
	switch c := column.(type) {
	case *array.Float64:
		return fmt.Sprintf("%.2f", c.Value(row))
	case *array.String:
		if c.IsValid(row) && c.Value(row) == "" {
			return `""`
		}
	}
	if column.IsNull(row) {
		return "NULL"
	}
	return column.ValueStr(row)
}
