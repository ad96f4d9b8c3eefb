package distinct

import (
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// Select returns the combinations whose rows are in p. A column that was not
// read is NULL in every row. The Set is the caller's.
func (t *Table) Select(p predicate.Predicate) Set {
	s := t.None()
	t.Include(s, p)
	return s
}

// Include adds the combinations whose rows are in p to s, a set of this table.
func (t *Table) Include(s Set, p predicate.Predicate) {
	switch p.Op() {
	case predicate.OpAll:
		s.Add(t.All())
	case predicate.OpIn, predicate.OpHasValue:
		t.addAtom(s, p)
	case predicate.OpOr:
		for q := range p.Args() {
			t.Include(s, q)
		}
	case predicate.OpAnd:
		t.addAll(s, slices.Collect(p.Args()))
	}
}

// addAll adds the combinations that are in all of ps, beginning with the
// narrowest: if few combinations are in it, the others are asked about these
// only.
func (t *Table) addAll(s Set, ps []predicate.Predicate) {
	narrow, least := 0, t.Len()+1
	for i, p := range ps {
		if n := t.most(p); n < least {
			narrow, least = i, n
		}
	}
	if least < len(s) {
		some := make([]int, 0, least)
		t.each(ps[narrow], func(combos []uint32) {
			for _, c := range combos {
				some = append(some, int(c))
			}
		})
		for _, c := range some {
			value := t.Value(c)
			if !slices.ContainsFunc(ps, func(p predicate.Predicate) bool { return !p.Match(value) }) {
				s[c/64] |= 1 << (c % 64)
			}
		}
		return
	}
	both := t.Select(ps[narrow])
	for i, p := range ps {
		if i != narrow {
			both.Keep(t.Select(p))
		}
	}
	s.Add(both)
}

// most returns an upper bound on the combinations in p.
func (t *Table) most(p predicate.Predicate) (n int) {
	if p.Op() != predicate.OpIn {
		return t.Len()
	}
	t.each(p, func(combos []uint32) { n += len(combos) })
	return n
}

// addAtom adds the combinations that pass a test of one column.
func (t *Table) addAtom(s Set, p predicate.Predicate) {
	i := slices.Index(t.columns, p.Column())
	if i < 0 {
		return
	}
	if p.Op() == predicate.OpHasValue {
		all := t.All()
		for _, c := range t.values[i].with(0) {
			all.Unset(c)
		}
		s.Add(all)
		return
	}
	t.each(p, func(combos []uint32) { s.Set(combos...) })
}

// each calls visit with the combinations of each value of an OpIn.
func (t *Table) each(p predicate.Predicate, visit func(combos []uint32)) {
	i := slices.Index(t.columns, p.Column())
	if i < 0 {
		return
	}
	v := t.values[i]
	for text := range p.Values() {
		if id, ok := v.ids[text]; ok {
			visit(v.with(id))
		}
	}
}
