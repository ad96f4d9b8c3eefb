package suite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/rowsight/rowsight/predicate"
)

// A world is a table and the predicates that are tried on it.
type world struct {
	table Table
	texts []string
	r     *rand.Rand
}

var worldColumns = []string{"A", "B", "C"}

// newWorld makes rows of hostile texts. The first rows hold each text once in
// every column, so that each is there.
func newWorld(name, typ string, texts []string, rows int, seed uint64) *world {
	w := &world{table: Table{Name: name, Type: typ, Columns: worldColumns}, texts: texts, r: rand.New(rand.NewPCG(seed, 1))}
	cell := func(s string) *string { return &s }
	for i := range max(rows, len(texts)) {
		row := Row{ID: int64(i + 1)}
		for range worldColumns {
			switch {
			case i < len(texts):
				row.Cells = append(row.Cells, cell(texts[(i+7*len(row.Cells))%len(texts)]))
			case w.r.IntN(8) == 0:
				row.Cells = append(row.Cells, nil)
			default:
				row.Cells = append(row.Cells, cell(w.text()))
			}
		}
		w.table.Rows = append(w.table.Rows, row)
	}
	return w
}

func (w *world) text() string { return w.texts[w.r.IntN(len(w.texts))] }

// value returns a text that a row may hold, or almost.
func (w *world) value() string {
	s := w.text()
	if w.r.IntN(4) == 0 {
		n := near(s)
		return n[w.r.IntN(len(n))]
	}
	return s
}

// predicate returns a random predicate.
func (w *world) predicate(depth int) predicate.Predicate {
	column := worldColumns[w.r.IntN(len(worldColumns))]
	switch k := w.r.IntN(20); {
	case k == 0:
		return predicate.HasValue(column)
	case k < 9 || depth == 0:
		n := 1 + w.r.IntN(6)
		switch w.r.IntN(12) {
		case 0:
			n = 60
		case 1:
			n = 200
		}
		values := make([]string, n)
		for i := range values {
			values[i] = w.value()
		}
		if w.r.IntN(30) == 0 { // more than any engine takes one by one
			for i := range 1200 {
				values = append(values, "filler "+strconv.Itoa(i))
			}
		}
		return predicate.In(column, values...)
	case k < 14:
		return predicate.And(w.predicate(depth-1), w.predicate(depth-1))
	}
	ps := make([]predicate.Predicate, 2+w.r.IntN(5))
	for i := range ps {
		ps[i] = w.predicate(depth - 1)
	}
	return predicate.Or(ps...)
}

// rules returns a union of boxes, the shape of rules: lists of each column that
// many rules share, and some columns that a rule leaves open.
func (w *world) rules() predicate.Predicate {
	pool := make(map[string][]predicate.Predicate)
	for _, column := range worldColumns {
		for range 4 {
			values := make([]string, 1+w.r.IntN(40))
			for i := range values {
				values[i] = w.value()
			}
			pool[column] = append(pool[column], predicate.In(column, values...))
		}
	}
	boxes := make([]predicate.Predicate, 1+w.r.IntN(40))
	for i := range boxes {
		row := w.table.Rows[w.r.IntN(len(w.table.Rows))]
		boxes[i] = predicate.All()
		for j, column := range worldColumns {
			switch k := w.r.IntN(6); {
			case k < 4:
				boxes[i] = predicate.And(boxes[i], pool[column][k])
			case k == 4 && row.Cells[j] != nil:
				boxes[i] = predicate.And(boxes[i], predicate.In(column, *row.Cells[j], w.value()))
			}
		}
		if boxes[i].Op() == predicate.OpAll {
			boxes[i] = predicate.HasValue(worldColumns[w.r.IntN(3)])
		}
	}
	return predicate.Or(boxes...)
}

// want is the oracle: the ids of the rows that p matches.
func want(t Table, p predicate.Predicate) []int64 {
	ids := []int64{}
	for _, row := range t.Rows {
		if p.Match(func(column string) (string, bool) {
			i := slices.Index(t.Columns, column)
			if i < 0 || row.Cells[i] == nil {
				return "", false
			}
			return *row.Cells[i], true
		}) {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

func tableName(kind string, n int) string { return fmt.Sprintf("%s%d", kind, n) }
