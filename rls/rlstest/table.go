package rlstest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/distinct"
	"github.com/rowsight/rowsight/rls/internal/postings"
)

// table is the data that the cases look at. Every column is text and kept as a
// dictionary: a value is stored once, and a cell is its number.
//
//	Region   values  EMEA US          cells  0 1 0 -1     -1 is NULL
//
// Rules cannot tell rows apart that hold the same in every column that is
// restricted, so that predicates are evaluated on one row of each such group:
//
//	row      1     2     3     4           group  members
//	Region   EMEA  US    EMEA  NULL        0      1 3
//	id       7     8     9     10          1      2
//	of       0     1     0     2           2      4
type table struct {
	columns []*column
	rows    int
	where   []rls.Position // of each row, in the file it comes from
	schema  *arrow.Schema  // of data that has types; nil if every column is text

	of      []uint32 // group of each row
	members postings.Lists[int32]
	groups  *distinct.Table
}

type column struct {
	name    string
	values  []string
	number  map[string]int32
	cells   []int32
	byValue postings.Lists[int32] // of value v at v+1, NULL first
}

const null int32 = -1

func newTable(names []string) *table {
	t := &table{}
	for _, name := range names {
		t.columns = append(t.columns, &column{name: name, number: make(map[string]int32)})
	}
	return t
}

// add appends a row, with a cell for each column.
func (t *table) add(pos rls.Position, cells []text) {
	for i, c := range t.columns {
		c.cells = append(c.cells, c.intern(cells[i]))
	}
	t.where = append(t.where, pos)
	t.rows++
}

func (c *column) intern(v text) int32 {
	if v.null {
		return null
	}
	id, ok := c.number[v.s]
	if !ok {
		id = int32(len(c.values))
		s := strings.Clone(v.s) // v.s may hold a whole record of a CSV file
		c.values = append(c.values, s)
		c.number[s] = id
	}
	return id
}

// column returns the number of a column, or -1.
func (t *table) column(name string) int {
	return slices.IndexFunc(t.columns, func(c *column) bool { return c.name == name })
}

func (t *table) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// text returns what a row holds in a column.
func (c *column) text(row int32) text {
	if id := c.cells[row]; id != null {
		return text{s: c.values[id]}
	}
	return text{null: true}
}

// finish makes what cases are run on once all rows are there.
func (t *table) finish(restricted []string) {
	for _, c := range t.columns {
		c.byValue = postings.New(len(c.values)+1, len(c.cells), func(row int32) (uint32, bool) { return uint32(c.cells[row] + 1), true })
	}
	var names []string
	var columns []*column
	for _, c := range t.columns {
		if slices.Contains(restricted, c.name) && !slices.Contains(names, c.name) {
			names, columns = append(names, c.name), append(columns, c)
		}
	}
	b := distinct.NewBuilder(names)
	t.of = make([]uint32, t.rows)
	for row := range t.of {
		t.of[row] = uint32(b.Add(func(i int) string { return columns[i].text(int32(row)).s }))
	}
	t.groups = b.Table()
	t.members = postings.New(t.groups.Len(), t.rows, func(row int32) (uint32, bool) { return t.of[row], true })
}

// rowsOf returns the rows that hold a value, in order.
func (c *column) rowsOf(id int32) []int32 { return c.byValue.Of(uint32(id + 1)) }

// show prints a row: its number, where it stands, and some of its cells.
func (t *table) show(row int32, columns []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "row %d", row+1)
	if t.where[row].Line != 0 {
		fmt.Fprintf(&b, " (%s)", t.where[row])
	}
	for i, k := range columns {
		if i == 0 {
			b.WriteByte(':')
		}
		name := t.columns[k].name
		if strings.ContainsAny(name, " =\"") {
			name = strconv.Quote(name)
		}
		fmt.Fprintf(&b, " %s=%s", name, t.columns[k].text(row))
	}
	return b.String()
}
