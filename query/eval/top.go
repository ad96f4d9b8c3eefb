package eval

import (
	"maps"
	"slices"

	"github.com/rowsight/rowsight/query"
)

// A top is a Top filter while rows arrive: the measure of each value of its column.
type top struct {
	filter query.Top
	kind   query.Kind // of the column
	by     query.Kind // of the measure
	value  reader     // of the column, in the record that is read
	of     reader     // of the measure
	fresh  func() state
	values map[string]*group
	key    []byte
	chosen map[string]struct{}
}

func (e *evaluation) newTop(f query.Top) *top {
	return &top{
		filter: f, kind: e.plan.Column(f.Column).Kind, by: e.plan.Result(f.By).Kind,
		fresh: newState(e.plan, f.By), values: make(map[string]*group),
	}
}

// add adds a row. It returns the value of the column.
func (t *top) add(row int) (c cell, bytes int64, err error) {
	if c, err = t.value(row); err != nil {
		return c, 0, err
	}
	m, err := t.of(row)
	if err != nil {
		return c, 0, err
	}
	t.key = c.appendTo(t.key[:0], t.kind)
	g, ok := t.values[string(t.key)]
	if !ok {
		g = &group{cells: []cell{c.kept()}, states: []state{t.fresh()}}
		t.values[string(t.key)] = g
		bytes = int64(len(t.key)) + c.size() + 128
	}
	return c, bytes + g.states[0].add(m), nil
}

// choose finds the values that the filter keeps.
func (t *top) choose() error {
	groups := slices.Collect(maps.Values(t.values))
	if err := results(groups, 1); err != nil {
		return err
	}
	keys := []sortKey{{at: 1, kind: t.by, desc: !t.filter.Bottom}, {at: 0, kind: t.kind}}
	t.chosen = make(map[string]struct{})
	for _, g := range page(groups, keys, 0, t.filter.N) {
		t.chosen[string(g.cells[0].appendTo(nil, t.kind))] = struct{}{}
	}
	return nil
}
