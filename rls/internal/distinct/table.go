package distinct

import (
	"encoding/binary"
	"strings"

	"github.com/rowsight/rowsight/rls/internal/postings"
)

// A Table holds the combinations that data has in some columns. It is
// immutable and safe for concurrent use.
type Table struct {
	columns []string
	values  []*values // one a column
	counts  []int     // rows of each combination
	first   []int     // number of its first row, from 0
	rows    int
}

// values is one column of a Table.
//
//	texts   ""  EMEA  US          by id
//	of      1 2 2 0 …             id of each combination
//	combos  3 … │ 0 … │ 1 2 …     combinations of each id
type values struct {
	ids    map[string]uint32
	texts  []string
	of     []uint32
	combos postings.Lists[uint32]
}

// A Builder makes a [Table] of rows of text. It is for one goroutine.
type Builder struct {
	t     *Table
	known map[string]int // combinations by the ids of their values
	key   []byte
}

// NewBuilder returns a Builder of a table of these columns.
func NewBuilder(columns []string) *Builder {
	t := &Table{columns: columns}
	for range columns {
		t.values = append(t.values, &values{ids: map[string]uint32{"": 0}, texts: []string{""}})
	}
	return &Builder{t: t, known: make(map[string]int), key: make([]byte, 4*len(columns))}
}

// Add adds a row, with a text for each column, and returns its combination.
func (b *Builder) Add(text func(column int) string) (combo int) {
	return b.add(func(i int) uint32 { return b.t.values[i].id(text(i)) })
}

// add adds a row by the ids of its values.
func (b *Builder) add(id func(column int) uint32) (combo int) {
	for i := range b.t.values {
		binary.LittleEndian.PutUint32(b.key[4*i:], id(i))
	}
	t := b.t
	combo, ok := b.known[string(b.key)]
	if !ok {
		combo = len(t.counts)
		b.known[string(b.key)] = combo
		t.counts = append(t.counts, 0)
		t.first = append(t.first, t.rows)
		for i, v := range t.values {
			v.of = append(v.of, binary.LittleEndian.Uint32(b.key[4*i:]))
		}
	}
	t.counts[combo]++
	t.rows++
	return combo
}

// Table returns the table of all rows added. No row may be added after that.
func (b *Builder) Table() *Table {
	for _, v := range b.t.values {
		v.index()
	}
	return b.t
}

func (v *values) id(text string) uint32 {
	id, ok := v.ids[text]
	if !ok {
		id = uint32(len(v.texts))
		text = strings.Clone(text) // records do not stay
		v.ids[text] = id
		v.texts = append(v.texts, text)
	}
	return id
}

// index sorts the combinations by value.
func (v *values) index() {
	v.combos = postings.New(len(v.texts), len(v.of), func(combo uint32) (uint32, bool) { return v.of[combo], true })
}

// with returns the combinations that hold value id.
func (v *values) with(id uint32) []uint32 { return v.combos.Of(id) }

// Len returns the number of combinations.
func (t *Table) Len() int {
	if t == nil {
		return 0
	}
	return len(t.counts)
}

// Rows returns the number of rows read.
func (t *Table) Rows() int {
	if t == nil {
		return 0
	}
	return t.rows
}

// Columns returns the names of the columns.
func (t *Table) Columns() []string {
	if t == nil {
		return nil
	}
	return t.columns
}

// Count returns the number of rows that hold a combination.
func (t *Table) Count(combo int) int { return t.counts[combo] }

// First returns the number of the first row that holds a combination, from 0.
func (t *Table) First(combo int) int { return t.first[combo] }

// Text returns what a combination holds in column i.
func (t *Table) Text(combo, i int) string { return t.values[i].texts[t.values[i].of[combo]] }

// Texts returns the different values of column i by id; the first is "", which
// may stand in no row.
func (t *Table) Texts(i int) []string { return t.values[i].texts }

// Find returns the id of a value of column i.
func (t *Table) Find(i int, text string) (id int, ok bool) {
	n, ok := t.values[i].ids[text]
	return int(n), ok
}

// RowsWith returns the number of rows that hold value id in column i.
func (t *Table) RowsWith(i, id int) (rows int) {
	for _, combo := range t.values[i].with(uint32(id)) {
		rows += t.counts[combo]
	}
	return rows
}

// ID returns the id of what a combination holds in column i.
func (t *Table) ID(combo, i int) int { return int(t.values[i].of[combo]) }

// Value returns the row of a combination as [predicate.Predicate.Match] takes
// it. Columns that were not read are NULL.
func (t *Table) Value(combo int) func(column string) (string, bool) {
	return func(column string) (string, bool) {
		for i, name := range t.columns {
			if name == column {
				s := t.Text(combo, i)
				return s, s != ""
			}
		}
		return "", false
	}
}
