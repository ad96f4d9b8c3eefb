package compact

import (
	"cmp"
	"slices"

	"github.com/rowsight/rowsight/internal/boxes"
	"github.com/rowsight/rowsight/predicate"
)

// maxTests is how often a file may ask whether a box is inside others, beyond
// what merging needs. It bounds the time for files of 100,000 rules, and counts
// questions, not seconds, so that the outcome is the same everywhere.
const maxTests = 100_000

// smallest returns few boxes with few values that have the same rows as old. It
// tries several ways, and returns old itself if none is better.
func smallest(old []predicate.Predicate, w *writer, budget *int) []predicate.Predicate {
	start := boxes.Of(predicate.Or(old...))
	best, size := old, w.size(old)
	try := func(candidate []predicate.Predicate) {
		if s := w.size(candidate); s.less(size) {
			best, size = candidate, s
		}
	}
	try(start)
	if len(start) < 2 {
		return best
	}
	for _, order := range orders(columnsOf(start)) {
		try(merge(start, order))
	}
	merged := best
	try(trim(merged, budget))
	if wide, ok := widen(merged, budget); ok {
		for _, order := range orders(columnsOf(wide)) {
			try(trim(merge(wide, order), budget))
		}
	}
	return best
}

// A size compares ways to write the same rows: rules first, then values.
type size struct{ rules, values int }

func (s size) less(o size) bool {
	return cmp.Or(cmp.Compare(s.rules, o.rules), cmp.Compare(s.values, o.values)) < 0
}

// size returns the size of boxes as they would be written.
func (w *writer) size(list []predicate.Predicate) (s size) {
	for _, box := range list {
		s.rules += w.count(box)
		atoms, _ := boxes.Conditions(box)
		for _, a := range atoms {
			s.values += a.Len()
		}
	}
	return s
}

func columnsOf(list []predicate.Predicate) []string { return predicate.Or(list...).Columns() }

// orders returns the orders in which columns are tried: all of few, and each as
// the first of many. What merges first decides what can merge later.
func orders(columns []string) (list [][]string) {
	if len(columns) > 3 {
		for i := range min(len(columns), 8) {
			list = append(list, slices.Concat(columns[i:], columns[:i]))
		}
		return list
	}
	var permute func(done, left []string)
	permute = func(done, left []string) {
		if len(left) == 0 {
			list = append(list, done)
		}
		for i := range left {
			permute(append(slices.Clone(done), left[i]), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	permute(nil, columns)
	return list
}

// merge joins boxes that differ in one column, column by column in the given
// order, until no two do.
func merge(list []predicate.Predicate, order []string) []predicate.Predicate {
	for before := -1; before != len(list); {
		before = len(list)
		for _, column := range order {
			list = mergeColumn(list, column)
		}
		list = boxes.Of(predicate.Or(list...)) // drops what others contain
	}
	return list
}

func mergeColumn(list []predicate.Predicate, column string) []predicate.Predicate {
	type group struct {
		rest []predicate.Predicate // conditions on other columns
		here []predicate.Predicate // conditions on this one
	}
	place := make(map[string]int, len(list))
	var groups []group
	var key []byte
	for _, box := range list {
		atoms, _ := boxes.Conditions(box)
		here := predicate.All()
		key = key[:0]
		rest := make([]predicate.Predicate, 0, len(atoms))
		for _, a := range atoms {
			if a.Column() == column {
				here = a
				continue
			}
			rest = append(rest, a)
			key = append(a.AppendTo(key), '\n') // quoted, so that it has no line feed
		}
		i, ok := place[string(key)]
		if !ok {
			i = len(groups)
			place[string(key)] = i
			groups = append(groups, group{rest: rest})
		}
		groups[i].here = append(groups[i].here, here)
	}
	if len(groups) == len(list) {
		return list
	}
	joined := make([]predicate.Predicate, len(groups))
	for i, g := range groups {
		joined[i] = predicate.And(predicate.Or(g.here...), g.rest...)
	}
	return joined
}

// trim drops boxes, and then values, that the other boxes make redundant.
func trim(list []predicate.Predicate, budget *int) []predicate.Predicate {
	if !spend(budget, len(list)) {
		return list
	}
	list = boxes.Irredundant(list, nil)
	if len(list) < 2 || !spend(budget, 2*len(list)) {
		return list
	}
	for i := range list {
		others := slices.Delete(slices.Clone(list), i, i+1)
		if !spend(budget, len(list)/64) { // to copy and index the others takes time, too
			break
		}
		list[i] = boxes.NewUnion(others).Near(list[i]).Reduce(list[i])
	}
	return list
}

// widen makes each box as large as all of them together allow, so that boxes
// which overlapped become equal, or contain each other. It reports false if
// nothing changed.
func widen(list []predicate.Predicate, budget *int) ([]predicate.Predicate, bool) {
	all := predicate.Or(list...)
	union := boxes.NewUnion(list)
	columns := all.Columns()
	wide := slices.Clone(list)
	changed := false
	for i, box := range wide {
		for _, column := range columns {
			var more bool
			if wide[i], more = widenColumn(box, column, list, union, all, budget); more {
				box, changed = wide[i], true
			}
		}
	}
	return wide, changed
}

// widenColumn widens one condition of a box.
func widenColumn(box predicate.Predicate, column string, list []predicate.Predicate, union *boxes.Union, all predicate.Predicate, budget *int) (predicate.Predicate, bool) {
	atoms, _ := boxes.Conditions(box)
	at := slices.IndexFunc(atoms, func(a predicate.Predicate) bool { return a.Column() == column })
	if at < 0 || atoms[at].Op() != predicate.OpIn {
		return box, false
	}
	with := slices.Clone(atoms)
	inside := func(p predicate.Predicate) bool {
		with[at] = p
		return spend(budget, 1+len(list)/16) && predicate.And(predicate.All(), with...).Implies(all)
	}
	// Without the condition at all, or with all values that fit.
	if slices.ContainsFunc(list, func(b predicate.Predicate) bool { return !slices.Contains(b.Columns(), column) }) && inside(predicate.All()) {
		return predicate.And(predicate.All(), with...), true
	}
	have := atoms[at]
	wide := have
	for _, values := range union.Classes(valuesOf(list, column)) {
		more := predicate.In(column, values...)
		if !more.Implies(have) && inside(more) {
			wide = predicate.Or(wide, more)
		}
	}
	if wide.Equal(have) {
		return box, false
	}
	with[at] = wide
	return predicate.And(predicate.All(), with...), true
}

// valuesOf returns the condition that accepts every value that boxes name in a
// column.
func valuesOf(list []predicate.Predicate, column string) predicate.Predicate {
	var values []string
	for _, box := range list {
		atoms, _ := boxes.Conditions(box)
		for _, a := range atoms {
			if a.Column() == column {
				values = slices.AppendSeq(values, a.Values())
			}
		}
	}
	return predicate.In(column, values...)
}

// spend takes n from the budget, and reports whether it was there.
func spend(budget *int, n int) bool {
	if *budget < n {
		return false
	}
	*budget -= n
	return true
}
