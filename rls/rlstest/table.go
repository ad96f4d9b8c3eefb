package rlstest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/rls"
)

// table is the data that the cases look at. Every column is text and kept as a
// dictionary: a value is stored once, and a cell is its number.
//
//	Region   values  EMEA US          cells  0 1 0 -1     -1 is NULL
//
// Predicates are evaluated by package batch on a record with these very
// dictionaries, so that binding looks at each value once and not at each row.
type table struct {
	columns []*column
	rows    int
	where   []rls.Position // of each row, in the file it comes from
	rec     arrow.Record
}

type column struct {
	name   string
	values []string
	number map[string]int32
	cells  []int32

	// Row numbers by value, NULL first: those of value v are
	// byValue[start[v+1]:start[v+2]]. Made by index.
	start   []int32
	byValue []int32
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
func (t *table) finish() {
	for _, c := range t.columns {
		c.index()
	}
	fields := make([]arrow.Field, len(t.columns))
	arrays := make([]arrow.Array, len(t.columns))
	for i, c := range t.columns {
		arrays[i] = c.array()
		fields[i] = arrow.Field{Name: c.name, Type: arrays[i].DataType(), Nullable: true}
		defer arrays[i].Release()
	}
	t.rec = array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(t.rows))
}

// array returns the column for Arrow.
func (c *column) array() arrow.Array {
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.LargeString}
	values := array.NewLargeStringBuilder(memory.DefaultAllocator)
	defer values.Release()
	values.AppendValues(c.values, nil)
	dict := values.NewArray()
	defer dict.Release()

	indices := array.NewInt32Builder(memory.DefaultAllocator)
	defer indices.Release()
	indices.Reserve(len(c.cells))
	for _, id := range c.cells {
		if id == null {
			indices.AppendNull()
		} else {
			indices.Append(id)
		}
	}
	codes := indices.NewArray()
	defer codes.Release()
	return array.NewDictionaryArray(typ, codes, dict)
}

// index sorts the rows by value, counting first, so that a condition looks at
// the rows that hold its values and at no other.
func (c *column) index() {
	c.start = make([]int32, len(c.values)+2)
	for _, id := range c.cells {
		c.start[id+2]++
	}
	for i := 1; i < len(c.start); i++ {
		c.start[i] += c.start[i-1]
	}
	c.byValue = make([]int32, len(c.cells))
	next := slices.Clone(c.start)
	for row, id := range c.cells {
		c.byValue[next[id+1]] = int32(row)
		next[id+1]++
	}
}

// rowsOf returns the rows that hold a value, in order.
func (c *column) rowsOf(id int32) []int32 { return c.byValue[c.start[id+1]:c.start[id+2]] }

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
