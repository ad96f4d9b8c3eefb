package compact

import (
	"cmp"
	"context"
	"slices"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/internal/boxes"
)

// maxTests is how often a file may ask whether a box is inside others, beyond
// what merging needs. It bounds the time for files of 100,000 rules, and counts
// questions, not seconds, so that the outcome is the same everywhere.
const maxTests = 100_000

// A budget is what a file may still ask. What is left to try when it is spent is
// not tried.
type budget struct {
	tests  int
	looked int               // boxes looked at, for tests
	effort *predicate.Effort // of the questions
}

func newBudget(ctx context.Context) *budget {
	return &budget{tests: maxTests, effort: predicate.NewEffort(ctx, 0)}
}

// spend takes n tests, and reports whether they were there.
func (b *budget) spend(n int) bool {
	if b.tests < n {
		return false
	}
	b.tests -= n
	return true
}

// near returns the boxes of u that matter to box, for as many tests as they are.
// Where many boxes overlap, most of a union is near every box.
func (b *budget) near(u *boxes.Union, box predicate.Predicate) *boxes.Union {
	near := u.Near(box)
	b.tests -= near.Len() / 4
	b.looked += near.Len()
	return near
}

// covered reports whether boxes are known to contain p together.
func (b *budget) covered(p predicate.Predicate, by *boxes.Union) bool {
	if !b.spend(1 + by.Len()/16) {
		return false
	}
	b.looked += by.Len()
	yes, err := by.Covers(b.effort, p)
	return yes && err == nil
}

// smallest returns few boxes with few values that have the same rows as old. It
// tries several ways, and returns old itself if none is better.
func smallest(old []predicate.Predicate, w *writer, b *budget) []predicate.Predicate {
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
		merged := merge(start, order, b)
		if len(merged) == len(start) {
			break // no two boxes differ in one column, whatever the order
		}
		try(merged)
	}
	merged := best
	try(trim(merged, b))
	if wide, ok := widen(merged, b); ok {
		for _, order := range orders(columnsOf(wide)) {
			try(trim(merge(wide, order, b), b))
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
		s.values += valuesOf(box)
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
func merge(list []predicate.Predicate, order []string, b *budget) []predicate.Predicate {
	for before := -1; before != len(list) && b.spend(len(list)/64); {
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
		atoms := slices.Collect(box.Conditions())
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
func trim(list []predicate.Predicate, b *budget) []predicate.Predicate {
	if !b.spend(len(list) * cost(list)) {
		return list
	}
	kept, err := boxes.Irredundant(b.effort, list, nil)
	if err != nil {
		return list
	}
	list = kept
	if len(list) < 2 || !b.spend(len(list)*cost(list)) {
		return list
	}
	for i := range list {
		if !b.spend(len(list) / 8) { // all others are indexed
			break
		}
		others := slices.Delete(slices.Clone(list), i, i+1)
		near := b.near(boxes.NewUnion(others), list[i])
		if !b.spend(valuesOf(list[i]) * (1 + near.Len()/16)) {
			break
		}
		small, err := near.Reduce(b.effort, list[i])
		if err != nil {
			break
		}
		list[i] = small
	}
	return list
}

// widen makes each box as large as all of them together allow, so that boxes
// which overlapped become equal, or contain each other. It reports false if
// nothing changed.
func widen(list []predicate.Predicate, b *budget) ([]predicate.Predicate, bool) {
	w := &widener{union: boxes.NewUnion(list), budget: b}
	for _, column := range columnsOf(list) {
		w.columns = append(w.columns, newColumn(list, column, w.union))
	}
	wide := slices.Clone(list)
	changed := false
	for i := range wide {
		for _, c := range w.columns {
			if !b.spend(cost(list)) {
				return wide, changed
			}
			if box, more := w.widen(wide[i], c); more {
				wide[i], changed = box, true
			}
		}
	}
	return wide, changed
}

type widener struct {
	union   *boxes.Union
	columns []column
	budget  *budget
}

// A column is what boxes say of one column, together.
type column struct {
	name    string
	open    bool // some do not test it
	all     predicate.Predicate
	classes [][]string // values that the same boxes accept
}

func newColumn(list []predicate.Predicate, name string, union *boxes.Union) column {
	c := column{name: name}
	var values []string
	for _, box := range list {
		atoms := slices.Collect(box.Conditions())
		at := slices.IndexFunc(atoms, func(a predicate.Predicate) bool { return a.Column() == name })
		if at < 0 {
			c.open = true
			continue
		}
		values = slices.AppendSeq(values, atoms[at].Values())
	}
	c.all = predicate.In(name, values...)
	c.classes = union.Classes(c.all)
	return c
}

// widen widens the condition of a box on one column.
func (w *widener) widen(box predicate.Predicate, c column) (predicate.Predicate, bool) {
	atoms := slices.Collect(box.Conditions())
	at := slices.IndexFunc(atoms, func(a predicate.Predicate) bool { return a.Column() == c.name })
	if at < 0 || atoms[at].Op() != predicate.OpIn {
		return box, false
	}
	have := atoms[at]
	with := slices.Clone(atoms)
	set := func(p predicate.Predicate) predicate.Predicate {
		with[at] = p
		return predicate.And(predicate.All(), with...)
	}
	if open := set(predicate.All()); c.open && w.budget.tests > 0 && w.budget.covered(open, w.budget.near(w.union, open)) {
		return open, true
	}
	near := w.budget.near(w.union, set(c.all))
	wide := have
	for _, values := range c.classes {
		more := predicate.In(c.name, values...)
		if more.Implies(have) || w.budget.tests <= 0 {
			continue
		}
		if w.budget.covered(set(more), near) {
			wide = predicate.Or(wide, more)
		}
	}
	return set(wide), !wide.Equal(have)
}

// valuesOf returns how many values a box lists.
func valuesOf(box predicate.Predicate) (n int) {
	for a := range box.Conditions() {
		n += a.Len()
	}
	return n
}

// cost is what one question takes that looks for boxes near another.
func cost(list []predicate.Predicate) int { return 1 + len(list)/64 }
