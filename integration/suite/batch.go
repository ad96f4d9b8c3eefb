package suite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// A Batcher is an [Engine] that takes long to answer, whatever is asked, as one
// does that is spread over several machines: it is asked many things at once.
type Batcher interface {
	Engine

	// AskAll returns the ids of the rows that each of the conditions selects. None
	// of them has statements to execute before.
	AskAll(ctx context.Context, table string, conditions []where.Clause) ([][]int64, error)
}

// RunBatches is [Run] for a Batcher: the same parts, with so many conditions in a
// statement.
func RunBatches(t *testing.T, e Batcher, size int) {
	r := newRunner(t, e)
	t.Run("random", func(t *testing.T) { r.randomBatches(t, e, size) })
	t.Run("values", func(t *testing.T) { r.valueBatches(t, e, size) })
	t.Run("conformance", r.conformance)
	t.Run("names", r.names)
	t.Run("many values", r.many)
	t.Run("composition", r.composition)
	t.Run("barrier", r.barrier)
}

// A batch collects comparisons until there are enough for a statement.
type batch struct {
	r        *runner
	e        Batcher
	table    Table
	size     int
	clauses  []where.Clause
	expected [][]int64
	what     []string
	executed int
}

func (b *batch) add(t *testing.T, p predicate.Predicate, o where.Options) {
	t.Helper()
	c := b.r.lower(t, p, o)
	if len(c.Setup()) > 0 {
		require.Equal(t, want(b.table, p), b.r.ask(t, b.table.Name, c), "%.1000s", p)
		b.executed++
		return
	}
	b.clauses = append(b.clauses, c)
	b.expected = append(b.expected, want(b.table, p))
	b.what = append(b.what, fmt.Sprintf("%.1000s\n%.1000s", p, c.SQL()))
	if len(b.clauses) >= b.size {
		b.flush(t)
	}
}

func (b *batch) flush(t *testing.T) {
	t.Helper()
	if len(b.clauses) == 0 {
		return
	}
	got, err := b.e.AskAll(t.Context(), b.table.Name, b.clauses)
	require.NoError(t, err)
	require.Len(t, got, len(b.clauses))
	for i, ids := range got {
		slices.Sort(ids)
		require.Equal(t, b.expected[i], append([]int64{}, ids...), b.what[i])
	}
	b.executed += len(b.clauses)
	b.clauses, b.expected, b.what = nil, nil, nil
}

// randomBatches is random.
func (r *runner) randomBatches(t *testing.T, e Batcher, size int) {
	cases, rows := r.traits.Cases, r.traits.Rows
	if cases == 0 {
		cases = DefaultCases
	}
	if rows == 0 {
		rows = DefaultRows
	}
	if testing.Short() {
		cases = min(cases, 100)
	}
	for i, typ := range r.traits.Types {
		w := newWorld(tableName("hostile", i), typ, r.texts, rows, r.seed)
		require.NoError(t, r.e.Load(t.Context(), w.table))
		everything := r.lower(t, predicate.All(), where.Options{})
		require.Len(t, r.ask(t, w.table.Name, everything), len(w.table.Rows), "all rows are there")
		require.Empty(t, r.ask(t, w.table.Name, where.Clause{}), "the zero Clause selects no row")
		b := &batch{r: r, e: e, table: w.table, size: size}
		none, all := 0, 0
		for n := range cases {
			p := w.rules()
			if n%2 == 0 {
				p = w.predicate(3)
			}
			for _, o := range r.both() {
				b.add(t, p, o)
			}
			switch len(want(w.table, p)) {
			case 0:
				none++
			case len(w.table.Rows):
				all++
			}
		}
		b.flush(t)
		require.Equal(t, cases*len(r.both()), b.executed)
		require.Less(t, none+all, cases/3, "most predicates select some rows")
		t.Logf("%s: %d predicates on %d rows, %d comparisons: %d select none, %d all", typ, cases, len(w.table.Rows), b.executed, none, all)

		// The negative control: without their conditions, the comparisons fail.
		got, err := e.AskAll(t.Context(), w.table.Name, []where.Clause{everything, everything})
		require.NoError(t, err)
		require.Len(t, got, 2)
		for _, ids := range got {
			slices.Sort(ids)
			require.NotEqual(t, want(w.table, predicate.In("A", "EMEA")), ids)
		}
	}
}

// valueBatches is values.
func (r *runner) valueBatches(t *testing.T, e Batcher, size int) {
	w := newWorld("texts", r.traits.Types[0], r.texts, 0, r.seed)
	more := 300
	if testing.Short() {
		more = 50
	}
	for range more {
		s := randomText(w.r)
		w.table.Rows = append(w.table.Rows, Row{ID: int64(len(w.table.Rows) + 1), Cells: []*string{&s, nil, nil}})
	}
	require.NoError(t, r.e.Load(t.Context(), w.table))
	b := &batch{r: r, e: e, table: w.table, size: size}
	for _, row := range w.table.Rows {
		v := *row.Cells[0]
		for _, p := range []predicate.Predicate{predicate.In("A", v), predicate.In("A", near(v)...)} {
			for _, o := range r.both() {
				b.add(t, p, o)
			}
		}
	}
	b.flush(t)
	require.Equal(t, 2*len(w.table.Rows)*len(r.both()), b.executed)
	for _, v := range RefusedTexts() {
		for _, o := range r.both() {
			c, err := where.Lower(predicate.In("A", "x", v), r.traits.Dialect, &o)
			require.Error(t, err)
			require.Equal(t, where.Clause{}.SQL(), c.SQL(), "what comes with an error selects no row")
		}
	}
	missing := r.lower(t, predicate.In("Missing", "Missing"), where.Options{})
	_, err := r.e.Ask(t.Context(), "SELECT id FROM texts WHERE "+missing.SQL(), missing)
	require.Error(t, err, "a column that is not there is an error, and not a text")
}

// A Masks is a [Batcher] that asks for a column of each condition. The table is
// read once.
type Masks struct{ DB }

// AskAll executes SELECT id, CASE WHEN … THEN 1 ELSE 0 END, … FROM table.
func (m *Masks) AskAll(ctx context.Context, table string, conditions []where.Clause) (ids [][]int64, err error) {
	var sql strings.Builder
	var args []any
	sql.WriteString("SELECT id")
	for _, c := range conditions {
		sql.WriteString(", CASE WHEN " + c.SQL() + " THEN 1 ELSE 0 END")
		args = append(args, c.Args()...)
	}
	sql.WriteString(" FROM " + table)
	rows, err := m.DB.DB.QueryContext(ctx, sql.String(), args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	ids = make([][]int64, len(conditions))
	row := make([]int64, 1+len(conditions))
	into := make([]any, len(row))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, visible := range row[1:] {
			if visible == 1 {
				ids[i] = append(ids[i], row[0])
			}
		}
	}
	return ids, rows.Err()
}

// A Unions is a [Batcher] that asks for all in one UNION ALL, for engines that
// take some conditions behind WHERE only.
type Unions struct{ DB }

// AskAll executes SELECT 0, id FROM table WHERE … UNION ALL SELECT 1, id ….
func (u *Unions) AskAll(ctx context.Context, table string, conditions []where.Clause) (ids [][]int64, err error) {
	var sql strings.Builder
	var args []any
	for i, c := range conditions {
		if i > 0 {
			sql.WriteString(" UNION ALL ")
		}
		fmt.Fprintf(&sql, "SELECT %d AS n, id FROM %s WHERE %s", i, table, c.SQL())
		args = append(args, c.Args()...)
	}
	rows, err := u.DB.DB.QueryContext(ctx, sql.String(), args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	ids = make([][]int64, len(conditions))
	for rows.Next() {
		var n int
		var id int64
		if err := rows.Scan(&n, &id); err != nil {
			return nil, err
		}
		ids[n] = append(ids[n], id)
	}
	return ids, rows.Err()
}
