package suite

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/corpus"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// A tally counts what became of the cases of a corpus.
type tally struct{ rows, none, all, noPredicate, refused, notText int }

// conformance runs the corpus of this module, and a second one, written by
// others, where it is there.
func (r *runner) conformance(t *testing.T) {
	all := corpus.Tables(t)
	tables := make(map[string]Table)
	for name, table := range all {
		tables[name] = r.holdable(tableOf(table, "corpus"+name, r.traits.Types[0]))
		require.NoError(t, r.e.Load(t.Context(), tables[name]))
	}
	cases := loadCorpus(t)
	var n tally
	for _, c := range cases {
		table, ok := tables[c.Table]
		require.True(t, ok, c.Table)
		r.corpusCase(t, c, table, all[c.Table], &n)
	}
	r.flush(t)
	require.Equal(t, len(cases), n.rows+n.noPredicate+n.refused+n.notText, "every case was executed")
	require.Greater(t, n.rows-n.none-n.all, n.rows/3, "many cases select some rows")
	t.Logf("%d cases: %d asked, of which %d select none and %d all; %d are errors before, %d hold NUL or invalid UTF-8, %d are for the types of columns",
		len(cases), n.rows, n.none, n.all, n.noPredicate, n.refused, n.notText)
	for _, kind := range []string{"users", "tags"} {
		t.Run("shared "+kind, func(t *testing.T) {
			cases, in := corpus.LoadShared(t, kind)
			table := tableOf(in, "shared"+kind, r.traits.Types[0])
			require.NoError(t, r.e.Load(t.Context(), table))
			var n tally
			for _, c := range cases {
				r.corpusCase(t, c, table, in, &n)
			}
			r.flush(t)
			require.Equal(t, len(cases), n.rows+n.noPredicate+n.refused+n.notText)
			require.Positive(t, n.rows-n.none-n.all)
		})
	}
}

// holdable returns a table without the rows that no engine can hold.
func (r *runner) holdable(t Table) Table {
	t.Rows = slices.DeleteFunc(slices.Clone(t.Rows), func(row Row) bool {
		return slices.ContainsFunc(row.Cells, func(s *string) bool {
			if s == nil {
				return false
			}
			_, err := r.traits.Dialect.Literal(*s)
			return err != nil || r.traits.Texts != nil && !r.traits.Texts(*s)
		})
	})
	return t
}

func (r *runner) corpusCase(t *testing.T, c corpus.Case, table Table, in *corpus.Table, n *tally) {
	t.Helper()
	p, err := c.Resolve(t)
	if err != nil {
		require.NotEmpty(t, c.Error, "%s: %v", c.ID, err)
		r.compare(t, table.Name, r.lower(t, p, where.Options{}), []int64{}, "%s: an error comes with no row", c.ID)
		n.noPredicate++
		return
	}
	clause, err := where.Lower(p, r.traits.Dialect, &where.Options{Inline: r.traits.Inline, Temp: r.traits.Temp})
	if r.batch != nil && errors.Is(err, where.ErrBudget) {
		t.Logf("%s: %v", c.ID, err)
		n.refused++
		return
	}
	if errors.Is(err, where.ErrNUL) || errors.Is(err, where.ErrEncoding) {
		n.refused++
		return
	}
	require.NoError(t, err, c.ID)
	switch c.Error {
	case "":
		expected := slices.DeleteFunc(in.IDs(t, c.Visible), func(id int64) bool {
			return !slices.ContainsFunc(table.Rows, func(row Row) bool { return row.ID == id })
		})
		slices.Sort(expected)
		r.compare(t, table.Name, clause, expected, "%s: %s: %.1000s", c.ID, c.Reason, clause.SQL())
		n.rows++
		switch len(expected) {
		case 0:
			n.none++
		case len(want(table, predicate.All())):
			n.all++
		}
	case "no such column":
		// Some engines find a column in any case of letters; who knows the columns
		// says so, and gets an error before anything is sent.
		_, err := where.Lower(p, r.traits.Dialect, &where.Options{Column: where.Known(r.traits.Dialect, "", table.Columns...)})
		require.ErrorIs(t, err, where.ErrColumn, c.ID)
		n.noPredicate++
	default:
		require.Equal(t, "not text", c.Error, c.ID)
		n.notText++
	}
}
