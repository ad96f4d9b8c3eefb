package distinct

import (
	"encoding/binary"
	"errors"

	"github.com/apache/arrow/go/v15/arrow/array"
)

// ErrNoReader says that there is nothing to read: the reader is nil.
var ErrNoReader = errors.New("no records: the reader is nil")

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
//	combos  3 … │ 0 … │ 1 2 …     combinations of each id; start says where
type values struct {
	ids    map[string]uint32
	texts  []string
	of     []uint32
	start  []uint32
	combos []uint32
}

// Read counts the combinations in columns of all of r, which it neither retains
// nor releases. An error of [Project], of reading, or of r comes with no Table.
func Read(r array.RecordReader, columns []string) (*Table, error) {
	if r == nil {
		return nil, ErrNoReader
	}
	project, err := Project(r.Schema(), columns)
	if err != nil {
		return nil, err
	}
	t := &Table{columns: columns}
	for range columns {
		t.values = append(t.values, &values{ids: map[string]uint32{"": 0}, texts: []string{""}})
	}
	known := make(map[string]int)
	key := make([]byte, 0, 4*len(columns))
	for r.Next() {
		for cells, err := range project.Rows(r.Record(), 0) {
			if err != nil {
				return nil, err
			}
			key = key[:0]
			for i, text := range cells {
				key = binary.LittleEndian.AppendUint32(key, t.values[i].id(text))
			}
			combo, ok := known[string(key)]
			if !ok {
				combo = len(t.counts)
				known[string(key)] = combo
				t.counts = append(t.counts, 0)
				t.first = append(t.first, t.rows)
				for i, v := range t.values {
					v.of = append(v.of, binary.LittleEndian.Uint32(key[4*i:]))
				}
			}
			t.counts[combo]++
			t.rows++
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	for _, v := range t.values {
		v.index()
	}
	return t, nil
}

func (v *values) id(text string) uint32 {
	id, ok := v.ids[text]
	if !ok {
		id = uint32(len(v.texts))
		v.ids[text] = id
		v.texts = append(v.texts, text)
	}
	return id
}

// index sorts the combinations by value: count, add up, place.
func (v *values) index() {
	v.start = make([]uint32, len(v.texts)+2)
	for _, id := range v.of {
		v.start[id+2]++
	}
	for i := 1; i < len(v.start); i++ {
		v.start[i] += v.start[i-1]
	}
	v.combos = make([]uint32, len(v.of))
	for combo, id := range v.of {
		v.combos[v.start[id+1]] = uint32(combo)
		v.start[id+1]++
	}
	v.start = v.start[:len(v.texts)+1]
}

// with returns the combinations that hold value id.
func (v *values) with(id uint32) []uint32 { return v.combos[v.start[id]:v.start[id+1]] }

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
