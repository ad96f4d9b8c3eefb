package suite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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

// RunBatches is [Run] for a Batcher, with so many conditions in a statement.
func RunBatches(t *testing.T, e Batcher, size int) {
	r := newRunner(t, e)
	r.batch = &batch{e: e, size: size}
	r.run(t)
}

// A batch collects comparisons on one table until there are enough for a
// statement.
type batch struct {
	e        Batcher
	size     int
	bytes    int // of conditions and arguments
	table    string
	clauses  []where.Clause
	expected [][]int64
	what     []string
}

// maxBatch is how much one statement of a batch holds: less than any engine
// takes.
const maxBatch = 200_000

// compare asks for the rows that a condition selects, now or with others.
func (r *runner) compare(t *testing.T, table string, c where.Clause, expected []int64, format string, args ...any) {
	t.Helper()
	size := len(c.SQL())
	for _, a := range c.Args() {
		size += len(fmt.Sprint(a))
	}
	if r.batch == nil || len(c.Setup()) > 0 || size > maxBatch {
		require.Equal(t, expected, r.ask(t, table, c), fmt.Sprintf(format, args...))
		return
	}
	b := r.batch
	if table != b.table || b.bytes+size > maxBatch || len(b.clauses) >= b.size {
		r.flush(t)
	}
	b.table = table
	b.bytes += size
	b.clauses = append(b.clauses, c)
	b.expected = append(b.expected, expected)
	b.what = append(b.what, fmt.Sprintf(format, args...))
}

// flush makes the comparisons that were collected. Every part ends with it.
func (r *runner) flush(t *testing.T) {
	t.Helper()
	if r.batch == nil || len(r.batch.clauses) == 0 {
		return
	}
	b := *r.batch
	*r.batch = batch{e: b.e, size: b.size} // a failure is one of this part only
	got, err := b.e.AskAll(t.Context(), b.table, b.clauses)
	require.NoError(t, err, "%.1000s", b.what)
	require.Len(t, got, len(b.clauses))
	for i, ids := range got {
		slices.Sort(ids)
		require.Equal(t, b.expected[i], append([]int64{}, ids...), b.what[i])
	}
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
