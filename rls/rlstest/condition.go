package rlstest

import (
	"iter"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// A condition is a set of rows: in each of some columns they hold one of some
// values. Unlike a predicate it can ask for NULL and "", because a case must be
// able to say "this row, that has no region".
type condition struct {
	tests []test
	said  string // as it was written, to be shown
}

type test struct {
	name    string
	at      *jsondoc.Value // the name
	column  int
	values  []text
	numbers []int32 // of values the column holds, increasing
}

// condition reads an object of columns and a value or a list of values.
func (d *decoder) condition(v *jsondoc.Value, field string) *condition {
	c := &condition{}
	ok := d.mapping(v, field, func(name string, v *jsondoc.Value, field string) {
		t := test{name: name, at: v.Name()}
		add := func(v *jsondoc.Value, field string) {
			if value, ok := d.text(v, field); ok {
				t.values = append(t.values, value)
			}
		}
		if v.Kind == jsondoc.List {
			d.list(v, field, add)
		} else {
			add(v, field)
		}
		c.tests = append(c.tests, t)
	})
	if ok && len(c.tests) == 0 {
		d.fail(v, field, "%w: got an empty object, want columns and their values", ErrValue)
	}
	c.said = c.String()
	return c
}

// String returns the condition as people write predicates.
func (c *condition) String() string {
	parts := make([]string, len(c.tests))
	for i, t := range c.tests {
		values := make([]string, len(t.values))
		for k, v := range t.values {
			values[k] = v.String()
		}
		parts[i] = t.name + " in (" + strings.Join(values, ", ") + ")"
	}
	return strings.Join(parts, " and ")
}

// bind looks the columns and values up in the data.
func (d *decoder) bind(c *condition, t *table, field string) bool {
	ok := true
	for i := range c.tests {
		test := &c.tests[i]
		test.column = t.column(test.name)
		if test.column < 0 {
			d.fail(test.at, field, "%w: got %q, want one of %s", ErrColumn, test.name, strings.Join(t.names(), ", "))
			ok = false
			continue
		}
		test.numbers = t.columns[test.column].numbers(test.values)
	}
	return ok
}

// numbers returns the numbers of those values that the column holds.
func (c *column) numbers(values []text) []int32 {
	ids := make([]int32, 0, len(values))
	for _, v := range values {
		if v.null {
			ids = append(ids, null)
		} else if id, ok := c.number[v.s]; ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// holds reports whether a row is in the set.
func (c *condition) holds(t *table, row int32) bool {
	for i := range c.tests {
		test := &c.tests[i]
		if _, ok := slices.BinarySearch(test.numbers, t.columns[test.column].cells[row]); !ok {
			return false
		}
	}
	return true
}

// rows returns the rows in the set, in no order: it goes through those of the
// column in which the fewest rows hold the values.
func (c *condition) rows(t *table) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if len(c.tests) == 0 {
			for row := range int32(t.rows) {
				if !yield(row) {
					return
				}
			}
			return
		}
		best, fewest := 0, t.rows+1
		for i := range c.tests {
			n := 0
			for _, id := range c.tests[i].numbers {
				n += len(t.columns[c.tests[i].column].rowsOf(id))
			}
			if n < fewest {
				best, fewest = i, n
			}
		}
		for _, id := range c.tests[best].numbers {
			for _, row := range t.columns[c.tests[best].column].rowsOf(id) {
				if c.holds(t, row) && !yield(row) {
					return
				}
			}
		}
	}
}
