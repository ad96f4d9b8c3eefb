package distinct_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls/internal/distinct"
)

func TestZero(t *testing.T) {
	for _, table := range []*distinct.Table{nil, {}} {
		require.Zero(t, table.Len())
		require.Zero(t, table.Rows())
		require.Empty(t, table.Columns())
		require.Zero(t, table.Select(predicate.All()).Len())
	}
	require.False(t, distinct.Set(nil).Has(0))
	_, err := distinct.Read(nil, nil)
	require.ErrorIs(t, err, distinct.ErrNoReader)
}

var cells = []string{"", "x", "y", "z", "w"}

// randomRows returns records of the columns A (text), N (not text) and B
// (dictionary), and their rows as strings.
func randomRows(t *testing.T, mem memory.Allocator, rnd *rand.Rand, n int) (array.RecordReader, [][2]string) {
	t.Helper()
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "A", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "N", Type: arrow.PrimitiveTypes.Int64},
		{Name: "B", Type: dict, Nullable: true},
	}, nil)
	var rows [][2]string
	var recs []arrow.Record
	for range 2 {
		b := array.NewRecordBuilder(mem, schema)
		for range n {
			row := [2]string{cells[rnd.IntN(len(cells))], cells[rnd.IntN(len(cells))]}
			rows = append(rows, row)
			for i, column := range []int{0, 2} {
				if row[i] == "" && rnd.IntN(2) == 0 {
					b.Field(column).AppendNull()
				} else if column == 0 {
					b.Field(0).(*array.StringBuilder).Append(row[i])
				} else {
					require.NoError(t, b.Field(2).(*array.BinaryDictionaryBuilder).AppendString(row[i]))
				}
			}
			b.Field(1).(*array.Int64Builder).Append(1)
		}
		recs = append(recs, b.NewRecord())
		b.Release()
	}
	r, err := array.NewRecordReader(schema, recs)
	require.NoError(t, err)
	for _, rec := range recs {
		rec.Release()
	}
	return r, rows
}

func randomPredicate(rnd *rand.Rand, depth int) predicate.Predicate {
	column := []string{"A", "B", "C"}[rnd.IntN(3)]
	switch k := rnd.IntN(8); {
	case k == 0:
		return predicate.All()
	case k == 1:
		return predicate.HasValue(column)
	case k < 5 || depth == 0:
		return predicate.In(column, cells[rnd.IntN(5)], cells[rnd.IntN(5)])
	case k == 5:
		return predicate.And(randomPredicate(rnd, depth-1), randomPredicate(rnd, depth-1))
	default:
		return predicate.Or(randomPredicate(rnd, depth-1), randomPredicate(rnd, depth-1), randomPredicate(rnd, depth-1))
	}
}

func TestAgainstMatch(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	rnd := rand.New(rand.NewPCG(1, 2))
	selected := 0
	for round := range 300 {
		r, rows := randomRows(t, mem, rnd, rnd.IntN(40))
		table, err := distinct.Read(r, []string{"A", "B"})
		r.Release()
		require.NoError(t, err)
		require.Equal(t, len(rows), table.Rows())
		seen := map[[2]string]int{}
		for i, row := range rows {
			if _, ok := seen[row]; !ok {
				require.Equal(t, i, table.First(len(seen)))
			}
			seen[row]++
		}
		require.Equal(t, len(seen), table.Len())
		for range 20 {
			p := randomPredicate(rnd, 3)
			set := table.Select(p)
			want := 0
			for row, n := range seen {
				if p.Match(func(c string) (string, bool) {
					s := map[string]string{"A": row[0], "B": row[1]}[c]
					return s, s != ""
				}) {
					want += n
				}
			}
			require.Equal(t, want, table.RowsOf(set), "%d: %s", round, p)
			selected += set.Len()
			for c := range table.Len() {
				require.Equal(t, p.Match(table.Value(c)), set.Has(c), fmt.Sprint(p))
				require.Equal(t, seen[[2]string{table.Text(c, 0), table.Text(c, 1)}], table.Count(c))
				require.Equal(t, table.Text(c, 0), table.Texts(0)[table.ID(c, 0)])
			}
		}
	}
	require.Greater(t, selected, 10_000)
}

func TestSets(t *testing.T) {
	a, b := distinct.Set{0b1100, 1}, distinct.Set{0b1010}
	a.Drop(b)
	require.Equal(t, distinct.Set{0b0100, 1}, a)
	a.Add(b)
	require.Equal(t, distinct.Set{0b1110, 1}, a)
	require.Equal(t, 4, a.Len())
	a.Keep(b)
	require.Equal(t, distinct.Set{0b1010, 0}, a)
}

func TestProjectRefuses(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "N", Type: arrow.PrimitiveTypes.Int64}, {Name: "A", Type: arrow.BinaryTypes.String}, {Name: "A", Type: arrow.BinaryTypes.String},
	}, nil)
	_, err := distinct.Project(schema, []string{"A", "N", "X"})
	require.ErrorIs(t, err, batch.ErrAmbiguous)
	require.ErrorIs(t, err, batch.ErrNotText)
	require.ErrorIs(t, err, batch.ErrNoColumn)
	_, err = distinct.Project(nil, []string{"A"})
	require.ErrorIs(t, err, batch.ErrNoColumn)

	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(schema.Fields()[:1], nil))
	rec := b.NewRecord()
	p, err := distinct.Project(arrow.NewSchema(schema.Fields()[1:2], nil), []string{"A"})
	require.NoError(t, err)
	for _, err := range p.Rows(rec, 0) {
		require.ErrorIs(t, err, batch.ErrSchema)
	}
}

func TestNoColumns(t *testing.T) {
	r, rows := randomRows(t, memory.DefaultAllocator, rand.New(rand.NewPCG(3, 4)), 10)
	table, err := distinct.Read(r, nil)
	require.NoError(t, err)
	require.Equal(t, 1, table.Len())
	require.Equal(t, len(rows), table.RowsOf(table.Select(predicate.All())))
}
