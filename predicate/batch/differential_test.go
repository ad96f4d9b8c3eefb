package batch

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// paths are the ways to take that must all lead to the same rows: all of them
// on, each of them off, and hardly one on.
var paths = map[string]path{
	"all": 0, "no table": pathTable, "no forms": pathForms, "no bits": pathBits, "no dictionary loop": pathDicts,
	"no rows": pathRows, "no runs": pathRuns, "no memo": pathMemo, "no vectors": pathVector, "no AVX-512": pathWide,
	"no vectors, no forms": pathVector | pathForms, "no vectors, no bits": pathVector | pathBits,
	"no vectors, no dictionary loop": pathVector | pathDicts, "none": ^pathRuns, "none but vectors": ^pathRuns &^ pathVector, "none but AVX-512": ^pathRuns &^ pathVector &^ pathWide,
	"no AVX-512, no forms": pathWide | pathForms, "no AVX-512, no bits": pathWide | pathBits,
}

// A text table is columns of cells, and the record they make in some layouts.
type textTable struct {
	names []string
	cells [][]cell
}

func randomTable(rng *rand.Rand, rows int, pool []string) textTable {
	t := textTable{names: []string{"a", "b", "c"}}
	for range t.names {
		t.cells = append(t.cells, randomCells(rng, rows, pool))
	}
	return t
}

func (tt textTable) rows() int { return len(tt.cells[0]) }

// value is how Match sees a row.
func (tt textTable) value(row int) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i, n := range tt.names {
			if n == name {
				return tt.cells[i][row].text, tt.cells[i][row].ok
			}
		}
		return "", false
	}
}

// record returns the table in the given layouts, each column sliced out of a
// longer array.
func (tt textTable) record(mem memory.Allocator, layouts []arrow.DataType, before, after int) arrow.Record {
	var fields []arrow.Field
	var columns []arrow.Array
	for i, name := range tt.names {
		fields = append(fields, arrow.Field{Name: name, Type: layouts[i], Nullable: true})
		columns = append(columns, textArray(mem, layouts[i], tt.cells[i], before, after))
	}
	rec := array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(tt.rows()))
	for _, c := range columns {
		c.Release()
	}
	return rec
}

// TestMaskAgainstMatch compares every layout and every form of evaluation with
// Match, row by row.
func TestMaskAgainstMatch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	layouts := textLayouts()
	rounds, seen, total := repeats(300), 0, 0
	for round := range rounds {
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		pool := append([]string{"x"}, hostile...)
		rng.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
		pool = pool[:2+rng.IntN(len(pool)-2)]
		if round%3 == 0 { // texts that are alike, of every length
			width := rng.IntN(30)
			for i := range pool {
				pool[i] = fmt.Sprintf("v%0*d", width, i)
			}
		}
		rows := []int{0, 1, 63, 64, 65, 200, blockRows, blockRows + 1, 2*blockRows + 70}[rng.IntN(9)]
		table := randomTable(rng, rows, pool)
		chosen := []arrow.DataType{layouts[rng.IntN(len(layouts))], layouts[rng.IntN(len(layouts))], layouts[rng.IntN(len(layouts))]}
		chosen[0] = layouts[round%len(layouts)] // each its turn
		rec := table.record(mem, chosen, rng.IntN(70), rng.IntN(3))
		p := randomPredicate(rng, table.names, pool, rng.IntN(5))

		for name, off := range paths {
			f, err := Bind(p, rec.Schema(), &Options{Allocator: mem, off: off})
			require.NoError(t, err)
			mask, err := f.Mask(rec)
			require.NoError(t, err)
			require.Equal(t, rows, mask.Len())
			require.Zero(t, mask.NullN())
			want := 0
			visible, err := f.Apply(rec)
			require.NoError(t, err)
			next := 0
			for i := range rows {
				match := p.Match(table.value(i))
				require.Equal(t, match, mask.Value(i), "%s, round %d, row %d: %v in %v, predicate %v", name, round, i, table, chosen, p)
				if !match {
					continue
				}
				want++
				for k := range table.names {
					text, ok := textAt(visible.Column(k), next)
					require.Equal(t, table.cells[k][i], cell{text, ok}, "%s, round %d, row %d", name, round, i)
				}
				next++
			}
			require.EqualValues(t, want, visible.NumRows())
			visible.Release()
			n, err := f.Count(rec)
			require.NoError(t, err)
			require.Equal(t, want, n)
			seen, total = seen+want, total+rows
			mask.Release()
		}
		rec.Release()
		mem.AssertSize(t, 0)
	}
	// A test that sees everything or nothing proves little.
	require.Greater(t, seen, total/10)
	require.Less(t, seen, total*9/10)
}

// TestManyRules goes through tables with thousands of states and values, long
// ones among them.
func TestManyRules(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, size := range []struct{ rules, values int }{{1, 5000}, {40, 30}, {300, 2000}, {999, 300}, {65, 3}} {
		pool := make([]string, size.values)
		for i := range pool {
			pool[i] = fmt.Sprintf("%0*d", 1+rng.IntN(24), i)
		}
		rules := make([]predicate.Predicate, size.rules)
		for i := range rules {
			var conditions []predicate.Predicate
			for _, column := range []string{"a", "b", "c"} {
				values := make([]string, 1+rng.IntN(5))
				if size.rules == 1 {
					values = make([]string, size.values/2)
				}
				for k := range values {
					values[k] = pool[rng.IntN(len(pool))]
				}
				if rng.IntN(4) > 0 {
					conditions = append(conditions, predicate.In(column, values...))
				}
			}
			if len(conditions) > 0 {
				rules[i] = predicate.And(conditions[0], conditions[1:]...)
			}
		}
		p := predicate.Or(rules...)
		table := randomTable(rng, 3000, pool)
		rec := table.record(memory.DefaultAllocator, textLayouts()[:3], 3, 0)
		for name, off := range paths {
			f, err := Bind(p, rec.Schema(), &Options{off: off})
			require.NoError(t, err)
			mask, err := f.Mask(rec)
			require.NoError(t, err)
			for i := range table.rows() {
				require.Equal(t, p.Match(table.value(i)), mask.Value(i), "%s, %+v, row %d", name, size, i)
			}
		}
	}
}

// TestBudget makes a union whose table would not fit, and checks that it falls
// back and still agrees.
func TestBudget(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	names := []string{"a", "b", "c", "d", "e", "f"}
	pool := make([]string, 60)
	for i := range pool {
		pool[i] = fmt.Sprint("v", i)
	}
	rules := make([]predicate.Predicate, 400)
	for i := range rules {
		conditions := make([]predicate.Predicate, len(names))
		for k, name := range names {
			values := make([]string, 30)
			for j := range values {
				values[j] = pool[rng.IntN(len(pool))]
			}
			conditions[k] = predicate.In(name, values...)
		}
		rules[i] = predicate.And(conditions[0], conditions[1:]...)
	}
	p := predicate.Or(rules...)
	table := textTable{names: names}
	layouts := make([]arrow.DataType, len(names))
	for i := range names {
		table.cells = append(table.cells, randomCells(rng, 2000, pool))
		layouts[i] = arrow.BinaryTypes.String
	}
	rec := table.record(memory.DefaultAllocator, layouts, 0, 0)
	f, err := Bind(p, rec.Schema(), nil)
	require.NoError(t, err)
	require.NotNil(t, f.plan.table.rules, "the table was expected not to fit")
	mask, err := f.Mask(rec)
	require.NoError(t, err)
	visible := 0
	for i := range table.rows() {
		require.Equal(t, p.Match(table.value(i)), mask.Value(i), "row %d", i)
		if mask.Value(i) {
			visible++
		}
	}
	require.Positive(t, visible)
	require.Less(t, visible, table.rows())
}
