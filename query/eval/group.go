package eval

import (
	"container/heap"
	"maps"
	"slices"

	"github.com/rowsight/rowsight/query"
)

// A group is the rows that share the values of the dimensions. While there are Top
// filters, it is the rows that share the values of their columns, too.
type group struct {
	key    string // in evaluation.groups
	cells  []cell // of the dimensions, then of the columns of Top filters
	states []state
	out    []cell // dimensions and results
}

func (e *evaluation) newGroup(cells []cell) *group {
	g := &group{cells: make([]cell, len(cells)), states: make([]state, len(e.fresh))}
	e.left -= int64(len(e.key))
	for i, c := range cells {
		g.cells[i] = c.kept()
	}
	e.left -= g.size()
	for i, fresh := range e.fresh {
		g.states[i] = fresh()
		e.left -= 64
	}
	return g
}

// size is about how many bytes the cells of a group keep.
func (g *group) size() int64 {
	n := int64(96)
	for _, c := range g.cells {
		n += c.size()
	}
	return n
}

// merged returns the groups by the dimensions alone, of the rows that all Top
// filters keep.
func (e *evaluation) merged() ([]*group, error) {
	if len(e.tops) == 0 {
		return slices.Collect(maps.Values(e.groups)), nil
	}
	for _, t := range e.tops {
		if err := t.choose(); err != nil {
			return nil, err
		}
	}
	var groups []*group
	coarse := make(map[string]*group)
	for _, g := range e.groups {
		if !e.topped(g) {
			continue
		}
		e.key = e.key[:0]
		for i, c := range g.cells[:len(e.kinds)] {
			e.key = c.appendTo(e.key, e.kinds[i])
		}
		into, ok := coarse[string(e.key)]
		if !ok {
			into = e.newGroup(g.cells[:len(e.kinds)])
			coarse[string(e.key)] = into
			groups = append(groups, into)
		}
		into.merge(g)
	}
	return groups, nil
}

func (g *group) merge(other *group) {
	for i, s := range g.states {
		s.merge(other.states[i])
	}
}

// topped reports whether every Top filter keeps the rows of a group.
func (e *evaluation) topped(g *group) bool {
	for i, t := range e.tops {
		key := g.cells[len(e.kinds)+i].appendTo(nil, t.kind)
		if _, ok := t.chosen[string(key)]; !ok {
			return false
		}
	}
	return true
}

// results computes the output of every group.
func results(groups []*group, dims int) error {
	for _, g := range groups {
		g.out = slices.Clone(g.cells[:dims])
		for _, s := range g.states {
			c, err := s.result()
			if err != nil {
				return err
			}
			g.out = append(g.out, c)
		}
	}
	return nil
}

// A sortKey is a column of the output to sort by.
type sortKey struct {
	at   int
	kind query.Kind
	desc bool
}

// sortKeys returns the order of the question, completed by all dimensions, so that
// no two groups are equal, or by all columns, so that equal rows have equal cells.
func sortKeys(plan query.Plan) (keys []sortKey) {
	out := plan.Output()
	add := func(at int, desc bool) {
		if !slices.ContainsFunc(keys, func(k sortKey) bool { return k.at == at }) {
			keys = append(keys, sortKey{at, out[at].Kind, desc})
		}
	}
	for _, o := range plan.Query().Order {
		add(slices.IndexFunc(out, func(c query.Column) bool { return c.Name == o.By }), o.Desc)
	}
	for i := range plan.Keys() {
		add(i, false)
	}
	return keys
}

// compare orders two rows of output. NULL is last.
func compare(a, b []cell, keys []sortKey) int {
	for _, k := range keys {
		x, y := a[k.at], b[k.at]
		if !x.ok || !y.ok {
			if x.ok != y.ok {
				return int(truth(y.ok) - truth(x.ok))
			}
			continue
		}
		n := x.compare(y, k.kind)
		if k.desc {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}

// page sorts groups and returns those between offset and offset + limit. With a
// limit it keeps no more than that many sorted.
func page(groups []*group, keys []sortKey, offset, limit int64) []*group {
	less := func(a, b *group) int { return compare(a.out, b.out, keys) }
	if most := offset + limit; limit > 0 && most < int64(len(groups)) {
		h := &worst{groups: slices.Clone(groups[:most]), compare: less}
		heap.Init(h)
		for _, g := range groups[most:] {
			if less(g, h.groups[0]) < 0 {
				h.groups[0] = g
				heap.Fix(h, 0)
			}
		}
		groups = h.groups
	}
	slices.SortFunc(groups, less)
	return groups[min(offset, int64(len(groups))):]
}

// worst is a heap with the last group on top.
type worst struct {
	groups  []*group
	compare func(a, b *group) int
}

func (w *worst) Len() int           { return len(w.groups) }
func (w *worst) Less(i, j int) bool { return w.compare(w.groups[i], w.groups[j]) > 0 }
func (w *worst) Swap(i, j int)      { w.groups[i], w.groups[j] = w.groups[j], w.groups[i] }
func (w *worst) Push(x any)         { w.groups = append(w.groups, x.(*group)) }
func (w *worst) Pop() any {
	last := w.groups[len(w.groups)-1]
	w.groups = w.groups[:len(w.groups)-1]
	return last
}
