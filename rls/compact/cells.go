package compact

import (
	"slices"

	"github.com/rowsight/rowsight/internal/cells"
	"github.com/rowsight/rowsight/predicate"
)

// cells returns a box as the cells of one rule, or of several if lists are too
// long for a cell: one rule for each combination of their parts.
func (w *writer) cells(box predicate.Predicate) [][]string {
	rules := [][]string{make([]string, len(w.columns))}
	for a := range box.Conditions() {
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
	for a := range box.Conditions() {
		n *= max(1, len(w.lists(a)))
	}
	return n
}

// lists writes the values of a condition as cells.
func (w *writer) lists(a predicate.Predicate) []string {
	lists := cells.Lists(a.Values(), w.max)
	for i, text := range lists {
		if slices.Contains(w.nullWords, text) {
			lists[i] += "," // a list, and not the word that means no value
		}
	}
	return lists
}
