package duckdb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/internal/testkit/escapes"
	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
)

// FuzzParse: DuckDB never runs what is not a SELECT over the tables of the session,
// and nothing of a hidden row or of another dataset appears.
func FuzzParse(f *testing.F) {
	for _, text := range slices.Concat(escapes.Refused(), escapes.Blind()) {
		f.Add(text)
	}
	for _, text := range []string{`WITH w AS (FROM sales) SELECT * FROM w`, `SELECT * FROM sales WHERE tenant = 't1'`} {
		f.Add(text)
	}
	rows := source{{"t1", "EMEA", "x", int64(1), int64(2), int64(3), 0.5, int64(4), int64(5), true}, {"hidden-tenant", "US", "x", int64(1), int64(2), int64(3), 0.5, int64(4), int64(5), true}}
	other := source{{"t1", "hidden-dataset", "x", int64(1), int64(2), int64(3), 0.5, int64(4), int64(5), true}}
	s, _ := store(f, map[string]source{"sales": rows, "secret": other})
	all := tables(f, s, anna)
	delete(all, "secret") // a dataset that the session may not open
	f.Fuzz(func(t *testing.T, text string) {
		got, err := duckdb.QuerySQL(t.Context(), all, text, nil, &duckdb.Options{Timeout: time.Second, Memory: 64 << 20, Threads: 1, MaxRows: 100})
		shown := fmt.Sprint(err)
		if err == nil {
			shown = fmt.Sprint(got.Rows)
		}
		if !strings.Contains(text, "hidden") {
			require.NotContains(t, shown, "hidden-tenant")
			require.NotContains(t, shown, "hidden-dataset")
		}
	})
}

// TestTimeTellsNothing: a statement over the rows of a hidden value takes as long as one
// over a value that is nowhere. With the rules dropped it takes orders of magnitude more.
func TestTimeTellsNothing(t *testing.T) {
	var rows source
	for i := range 4000 {
		tenant := "t2"
		if i%40 == 0 {
			tenant = "t1"
		}
		rows = append(rows, questions.Row{tenant, "EMEA", "x", int64(i), int64(2), int64(3), 0.5, int64(4), int64(5), true})
	}
	s, _ := store(t, map[string]source{"sales": rows})
	seen := tables(t, s, anna)
	took := func(all map[string]duckdb.Table, value string) time.Duration {
		best := time.Hour
		for range 5 {
			begin := time.Now()
			_, err := duckdb.QuerySQL(t.Context(), all,
				`SELECT sum(sqrt(a.qty * b.qty + 1)) FROM sales a, sales b WHERE a.tenant = $1 AND b.tenant = $1`, []any{value}, &duckdb.Options{Threads: 1})
			require.NoError(t, err)
			best = min(best, time.Since(begin))
		}
		return best
	}
	hidden, nowhere := time.Hour, time.Hour
	for round := 0; round < 6 && (round == 0 || hidden >= 5*nowhere); round++ { // other work may slow one of them
		hidden, nowhere = min(hidden, took(seen, "t2")), min(nowhere, took(seen, "nowhere"))
	}
	require.Less(t, hidden, 5*nowhere, "a hidden value: %v, no value: %v", hidden, nowhere)
	require.Greater(t, took(map[string]duckdb.Table{"sales": without(t, rows)}, "t2"), 2*nowhere, "dropped rules are found")
}

// without returns rows as a table that has no rules.
func without(t *testing.T, rows source) duckdb.Table {
	t.Helper()
	s, err := spice.Open(t.TempDir(), &spice.Options{Audit: new(audit.Memory)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	d, err := s.CreateDataset(t.Context(), spice.DatasetInput{ID: "open", ImportMode: spice.SPICE})
	require.NoError(t, err)
	_, err = d.Refresh(t.Context(), rows, spice.RefreshFull)
	require.NoError(t, err)
	return duckdb.Of(d, anna)
}
