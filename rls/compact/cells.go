package compact

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/boxes"
	"github.com/rowsight/rowsight/predicate"
)

// cells returns a box as the cells of one rule, or of several if lists are too
// long for a cell: one rule for each combination of their parts.
func (w *writer) cells(box predicate.Predicate) [][]string {
	rules := [][]string{make([]string, len(w.columns))}
	atoms, _ := boxes.Conditions(box)
	for _, a := range atoms {
		at := slices.Index(w.columns, a.Column())
		parts := w.lists(a)
		if at < 0 || len(parts) == 0 {
			continue // HasValue: a wildcard where NULLs are hidden
		}
		var more [][]string
		for _, rule := range rules {
			for _, part := range parts {
				rule = slices.Clone(rule)
				rule[at] = part
				more = append(more, rule)
			}
		}
		rules = more
	}
	return rules
}

// count returns how many rules a box takes.
func (w *writer) count(box predicate.Predicate) int {
	n := 1
	atoms, _ := boxes.Conditions(box)
	for _, a := range atoms {
		n *= max(1, len(w.lists(a)))
	}
	return n
}

// lists writes the values of a condition as cells (U5), each as full as it may
// be. A value that is too long alone gets a cell of its own.
func (w *writer) lists(a predicate.Predicate) (cells []string) {
	var b strings.Builder
	length := 0
	flush := func() {
		if text := b.String(); slices.Contains(w.nullWords, text) {
			b.WriteByte(',') // a list, and not the word that means no value
		}
		cells = append(cells, b.String())
		b.Reset()
		length = 0
	}
	for value := range a.Values() {
		if strings.ContainsAny(value, `,"`) {
			value = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
		}
		n := utf8.RuneCountInString(value)
		if length > 0 && length+1+n > w.max {
			flush()
		}
		if length > 0 {
			b.WriteByte(',')
			length++
		}
		b.WriteString(value)
		length += n
	}
	if length > 0 {
		flush()
	}
	return cells
}
