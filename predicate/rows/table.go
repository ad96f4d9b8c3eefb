package rows

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/rowsight/rowsight/predicate"
)

// A table decides a row for a union of boxes. It walks the columns in a fixed
// order and keeps a state: the boxes that still accept the row, as far as the
// columns to come can tell them apart.
//
//	               Region            Segment
//	start ──US──►  {1,2}   ──SMB──►  accept       1: US,  SMB
//	  │              └─────other──►  reject       2: US,  Startup
//	  ├─EMEA──►    accept                         3: EMEA
//	  └─other──►   reject
type table struct {
	columns []*column
	next    [][]uint32 // of every column but the last: next[i][state+class]
	final   []uint64   // of the last: bit state of words words for each class
	words   uint32
	rules   *ruleSet // instead of next and final, if they would grow too large
}

// What next holds: the two decisions, or stateFirst more than the state at the
// next column. A state is where its row of next begins, and at the last column
// a number.
const (
	reject     = 0
	accept     = 1
	stateFirst = 2
)

// maxCells bounds the entries of a table, and maxWork the steps that building it
// takes. A viewer with 999 usual rules needs a hundredth of both.
const (
	maxCells = 1 << 20
	maxWork  = 1 << 22
)

func newTable(boxes []predicate.Predicate, fields map[string]field) *table {
	return newTableWithin(boxes, fields, maxCells, maxWork)
}

// newTableWithin is newTable with other bounds, for tests.
func newTableWithin(boxes []predicate.Predicate, fields map[string]field, cells, work int) *table {
	conditions := make(map[string][]predicate.Predicate) // by name, then by box
	for i, b := range boxes {
		for a := range b.Conditions() {
			if conditions[a.Column()] == nil {
				conditions[a.Column()] = make([]predicate.Predicate, len(boxes))
			}
			conditions[a.Column()][i] = a
		}
	}
	t := new(table)
	for name, of := range conditions {
		t.columns = append(t.columns, newColumn(name, fields[name], of))
	}
	// Few classes first keeps the number of states small.
	slices.SortFunc(t.columns, func(a, b *column) int {
		return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.name, b.name))
	})
	if b := (tableBuilder{table: t, cells: cells, effort: work}); !b.build(len(boxes)) {
		t.next, t.final = nil, nil
		t.rules = newRuleSet(t.columns, len(boxes))
	}
	for _, c := range t.columns {
		c.sets, c.byBox = nil, nil
	}
	return t
}

// match reports whether a box accepts a row.
func (t *table) match(row unsafe.Pointer) bool {
	if t.rules != nil {
		return t.rules.match(t.columns, row)
	}
	state := uint32(0)
	for i, next := range t.next {
		to := next[state+t.columns[i].class(row)]
		if to < stateFirst {
			return to == accept
		}
		state = to - stateFirst
	}
	class := t.columns[len(t.next)].class(row)
	return t.final[class*t.words+state>>6]>>(state&63)&1 != 0
}
