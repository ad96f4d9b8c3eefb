package suite

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// A Shadow is an object of a user that stands, or may stand, in front of one that
// a condition names.
type Shadow struct {
	Object Object
	Create []string
	Drop   []string
}

// Hostile is an engine whose users try to change what conditions mean (S8).
type Hostile struct {
	Dialect where.Dialect
	Types   []string // SQL types of the columns of text

	// Shadows are what a user may try to define for an object of our conditions.
	Shadows func(o Object) []Shadow

	// Naive takes the schemas out of a condition: what it would be if it were
	// written as most people write it.
	Naive func(sql string) string

	// Safe says that no shadow can be made, or that none of them is found, so
	// that there is nothing a naive condition could be fooled by.
	Safe bool

	Load func(ctx context.Context, t Table) error
	Exec func(ctx context.Context, statement string) error // as a user
	Ask  func(ctx context.Context, query string, c where.Clause) ([]int64, error)
}

// RunHostile takes every operator, function, type and collation out of the
// conditions that are sent, has a user define them anew, and compares the rows
// with the oracle. The control is the same condition without schemas: shadows
// must fool it.
func RunHostile(t *testing.T, h Hostile) {
	ctx := t.Context()
	for n, typ := range h.Types {
		table := Table{Name: tableName("shadowed", n), Type: typ, Columns: worldColumns}
		for i, s := range []string{"US", "us", "EMEA", "x", "", "US ", "value 7", "é"} {
			other := []string{"SMB", "smb", "a"}[i%3]
			table.Rows = append(table.Rows, Row{ID: int64(i + 1), Cells: []*string{&s, &other, nil}})
		}
		table.Rows = append(table.Rows, Row{ID: 99, Cells: make([]*string, len(worldColumns))})
		require.NoError(t, h.Load(ctx, table))
		clauses, wants, texts := hostileClauses(t, h.Dialect, table)
		objects := Objects(texts...)
		require.NotEmpty(t, objects)

		made, fooled := 0, make(map[Object]string)
		var refused []Object
		ask := func(what string) {
			t.Helper()
			for i, c := range clauses {
				got, err := h.Ask(ctx, "SELECT id FROM "+table.Name+" WHERE "+c.SQL(), c)
				require.NoError(t, err, "%s: %.500s", what, c.SQL())
				slices.Sort(got)
				require.Equal(t, wants[i], append([]int64{}, got...), "%s: %.500s", what, c.SQL())
			}
		}
		ask("nothing is shadowed")
		for _, o := range objects {
			for _, s := range h.Shadows(o) {
				var err error
				for _, statement := range s.Create {
					if err = h.Exec(ctx, statement); err != nil {
						break
					}
				}
				if err != nil {
					t.Logf("%v: %.300v", s.Create, err)
					refused = append(refused, o)
				} else {
					made++
					ask(fmt.Sprint(o, " is shadowed by ", s.Create))
					for i, c := range clauses {
						got, err := h.Ask(ctx, "SELECT id FROM "+table.Name+" WHERE "+h.Naive(c.SQL()), c)
						slices.Sort(got)
						if err == nil && !slices.Equal(wants[i], got) {
							fooled[o] = fmt.Sprintf("%d rows instead of %d", len(got), len(wants[i]))
						}
					}
				}
				for _, statement := range s.Drop {
					_ = h.Exec(ctx, statement) // what was not made is not there
				}
			}
		}
		ask("everything is dropped")
		t.Logf("%s: objects %v; %d shadows were made, %v were refused; without schemas they fool %v", typ, objects, made, slices.Compact(refused), fooled)
		if h.Safe {
			require.Empty(t, fooled)
			continue
		}
		require.Positive(t, made)
		require.NotEmpty(t, fooled, "the control: a condition without schemas is fooled")
	}
}

// hostileClauses returns conditions of every form, and the rows they select.
func hostileClauses(t *testing.T, d where.Dialect, table Table) (clauses []where.Clause, wants [][]int64, texts []string) {
	filler := make([]string, 1500)
	for i := range filler {
		filler[i] = fmt.Sprint("value ", i)
	}
	var crowd []predicate.Predicate
	for i := range 20 {
		crowd = append(crowd, predicate.And(predicate.In("A", append([]string{"US"}, filler[i*20:i*20+12]...)...),
			predicate.In("B", append([]string{"SMB"}, filler[i*30:i*30+12]...)...)))
	}
	for _, p := range []predicate.Predicate{
		predicate.In("A", "US"), predicate.In("A", "US", "é"), predicate.HasValue("A"), predicate.In("A", append(filler, "US")...),
		predicate.Or(crowd...), predicate.Or(predicate.In("A", "EMEA"), predicate.And(predicate.In("B", "SMB"), predicate.HasValue("C"))),
		{}, predicate.All(),
	} {
		for _, o := range []where.Options{{}, {Inline: true}} {
			c, err := where.Lower(p, d, &o)
			require.NoError(t, err)
			clauses, wants, texts = append(clauses, c), append(wants, want(table, p)), append(texts, c.SQL())
		}
	}
	return clauses, wants, texts
}
