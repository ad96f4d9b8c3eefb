package rls

import (
	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/predicate"
)

// A field is one restricted column: its different cells, and which of them
// each rule has.
type field struct {
	interner
	name  string
	cells []cell              // by number of the text
	of    []uint32            // cell of each rule
	pool  []string            // what the values of the next cells go into
	any   predicate.Predicate // a value at all: what a wildcard accepts where NULL is hidden
}

// A cell is what a rule says about a field: the values it accepts. No value is
// a wildcard (U3).
type cell struct {
	values []string // increasing, each once
	in     predicate.Predicate
}

// maxShared is how many cells of a field, and how many rules of up to four
// fields, keep their predicate, about 200 bytes each, so that all viewers share
// them. Rules of more fields are fewer, and those of more than maxSharedFields
// none. Beyond, predicates are built when asked for.
const (
	maxShared       = 1 << 15
	maxSharedFields = 64
)

// intern returns the number of the cell with this text, or why it is malformed.
func (f *field) intern(text string, null bool) (uint32, error) {
	if id, ok := f.find(text); ok {
		return id, nil
	}
	if null {
		f.cells = append(f.cells, cell{})
		return f.add(text), nil
	}
	// The values are cut from the text, so it must be the copy that is kept;
	// a copy for a malformed cell is lost, and so is the whole load.
	kept := f.copy(text)
	if len(f.pool) == cap(f.pool) {
		f.pool = make([]string, 0, min(len(f.cells)+1, 1024))
	}
	l, pool, err := list.Parse(kept, f.pool)
	if err != nil {
		return 0, err
	}
	c := cell{values: l.Values}
	f.pool = pool
	if len(f.cells) < maxShared && len(l.Values) > 0 {
		c.in = predicate.In(f.name, l.Values...)
	}
	f.cells = append(f.cells, c)
	return f.addKept(kept), nil
}

// predicate returns the rows that cell id accepts, and false for a wildcard.
func (f *field) predicate(id uint32) (predicate.Predicate, bool) {
	c := f.cells[id]
	if len(c.values) == 0 {
		return predicate.Predicate{}, false
	}
	if c.in.Op() == predicate.OpIn {
		return c.in, true
	}
	return predicate.In(f.name, c.values...), true
}
