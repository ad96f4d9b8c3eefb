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

// alone is from which size a condition is asked by itself, behind WHERE: with
// others it may be more than an engine compiles.
const alone = 10_000

// compare asks for the rows that a condition selects, now or with others.
func (r *runner) compare(t *testing.T, table string, c where.Clause, expected []int64, format string, args ...any) {
	t.Helper()
	size := len(c.SQL())
	for _, a := range c.Args() {
		size += len(fmt.Sprint(a))
	}
	if r.batch == nil || len(c.Setup()) > 0 || size > alone {
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

// Batches is a [Batcher] for a driver of database/sql.
type Batches struct {
	DB

	// FilterOnly: the engine takes a condition with a subquery behind WHERE only.
	FilterOnly bool
}

// AskAll asks for a column of each condition, so that the table is read once,
// and for a query of each that must be behind WHERE.
func (b *Batches) AskAll(ctx context.Context, table string, conditions []where.Clause) ([][]int64, error) {
	ids := make([][]int64, len(conditions))
	masks, unions := []string{"SELECT id"}, []string(nil)
	var maskArgs, unionArgs []any
	var masked []int // column -> condition
	for i, c := range conditions {
		if b.FilterOnly && strings.Contains(c.SQL(), "(SELECT ") {
			unions = append(unions, fmt.Sprintf("SELECT %d AS n, id FROM %s WHERE %s", i, table, c.SQL()))
			unionArgs = append(unionArgs, c.Args()...)
			continue
		}
		masks = append(masks, "CASE WHEN "+c.SQL()+" THEN 1 ELSE 0 END")
		maskArgs = append(maskArgs, c.Args()...)
		masked = append(masked, i)
	}
	var err error
	if len(masked) > 0 {
		query := strings.Join(masks, ", ") + " FROM " + table
		err = b.each(ctx, query, maskArgs, 1+len(masked), func(row []int64) {
			for column, i := range masked {
				if row[1+column] == 1 {
					ids[i] = append(ids[i], row[0])
				}
			}
		})
	}
	if err == nil && len(unions) > 0 {
		err = b.each(ctx, strings.Join(unions, " UNION ALL "), unionArgs, 2, func(row []int64) {
			ids[row[0]] = append(ids[row[0]], row[1])
		})
	}
	return ids, err
}

// each calls row with every row of a query, whose columns are numbers.
func (b *Batches) each(ctx context.Context, query string, args []any, columns int, row func([]int64)) (err error) {
	rows, err := b.DB.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	numbers := make([]int64, columns)
	into := make([]any, columns)
	for i := range numbers {
		into[i] = &numbers[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row(numbers)
	}
	return rows.Err()
}
