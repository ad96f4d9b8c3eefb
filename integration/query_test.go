package integration

import (
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/direct"
)

// campaign is how many questions each engine is asked that runs in this test. The
// variable ROWSIGHT_QUESTIONS sets the number for all engines, the slow ones, too.
var (
	campaign     = flag.Int("questions", 2100, "random questions of each engine")
	campaignSeed = flag.Uint64("questions-seed", 18, "which random questions")
)

// questionsEnv names the environment variable with the number of questions.
const questionsEnv = "ROWSIGHT_QUESTIONS"

// TestQuestions compares answers that engines compute with those that are computed
// row by row: random questions of viewers with different rules, on hostile texts,
// NULL and case twins. Without the rules, many answers are others.
//
// Flags and a variable make a campaign of it:
//
//	GOWORK=off go test -tags duckdb_arrow . -run TestQuestions/DuckDB -questions 100000 -questions-seed 7 -timeout 2h
//	ROWSIGHT_QUESTIONS=3000 GOWORK=off go test . -run 'Test(Trino|Spark)$/questions' -timeout 10h
func TestQuestions(t *testing.T) {
	for name, e := range questionEngines() {
		t.Run(name, func(t *testing.T) {
			owner, viewer := e.open(t)
			e.ask(t, owner, viewer)
		})
	}
}

// most returns about how many questions the engine is asked.
func (e questionEngine) most(t *testing.T) int {
	if text := os.Getenv(questionsEnv); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err, questionsEnv)
		return n
	}
	return *campaign / max(e.slow, 1)
}

// ask asks random questions about tables of several sizes.
func (e questionEngine) ask(t *testing.T, owner, viewer *sql.DB) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	most := e.most(t)
	rnd := rand.New(rand.NewPCG(*campaignSeed, uint64(len(e.dialect.String()))))
	rules := []predicate.Predicate{
		predicate.In("tenant", "t1"), predicate.In("Region", "EMEA", "US ", "é"), predicate.All(), {},
		predicate.MustParse(`tenant in ("T1", "t2") and Region in ("emea", "US") or Region in ("EMEA")`),
	}
	for _, text := range e.prepare {
		_, err := owner.Exec(text)
		require.NoError(t, err)
	}
	n := &counts{}
	sizes := []int{0, 1, 20, 60, 150, 300}
	for i := range max(len(sizes), most/350) {
		rows := questions.Rows(rnd, sizes[i%len(sizes)])
		table := fmt.Sprint("questions", i)
		e.fill(t, owner, table, rows)
		if owner != viewer {
			_, err := owner.Exec("GRANT SELECT ON " + table + " TO viewer")
			require.NoError(t, err)
		}
		for _, text := range e.setup {
			_, err := viewer.Exec(text)
			require.NoError(t, err)
		}
		source := e.table(viewer, table)
		source.Allocator = mem
		schema, err := source.Schema(t.Context())
		require.NoError(t, err)
		var wg sync.WaitGroup
		free := make(chan struct{}, max(e.parallel, 1))
		for range min(350, max(1, most/len(sizes))) {
			q, visible := questions.Random(rnd, e.can), rules[rnd.IntN(len(rules))]
			free <- struct{}{}
			wg.Go(func() {
				defer func() { <-free }()
				n.differ.Add(1) // until it is the same
				e.askOne(elsewhere{t}, n, source, schema, rows, q, visible)
				n.differ.Add(-1)
			})
		}
		wg.Wait()
		_, err = owner.Exec("DROP TABLE " + e.schema + table)
		require.NoError(t, err)
	}
	asked, groups := n.asked.Load(), n.groups.Load()
	t.Logf("%d questions, %d groups, %d refused, %d with too many digits, %d other answers without rules, %d differ", asked, groups, n.refused.Load(), n.overflows.Load(), n.wrong.Load(), n.differ.Load())
	require.Greater(t, groups, asked/2)
	require.Greater(t, n.wrong.Load(), asked/6, "dropped rules are found")
	require.Less(t, n.refused.Load(), asked/4)
	require.Less(t, n.overflows.Load(), max(asked/20, 5))
}

// elsewhere is a test in a goroutine of its own, which ends alone.
type elsewhere struct{ *testing.T }

// FailNow ends the goroutine.
func (e elsewhere) FailNow() {
	e.Fail()
	runtime.Goexit()
}

// counts are what a run has found. wrong counts answers that are others without the
// rules.
type counts struct{ asked, refused, overflows, groups, wrong, differ atomic.Int64 }

// askOne compares one answer.
func (e questionEngine) askOne(t elsewhere, n *counts, source *direct.Table, schema *arrow.Schema, rows []questions.Row, q query.Query, visible predicate.Predicate) {
	text, err := json.Marshal(q)
	require.NoError(t, err)
	what := fmt.Sprintf("%s of the rows %s of table %s", text, visible, source.Table+source.Query)
	plan, err := q.Check(eval.Columns(schema))
	require.NoError(t, err, what)
	n.asked.Add(1)
	got, err := source.Answer(t.Context(), visible, plan, nil)
	switch {
	case errors.Is(err, query.ErrDialect):
		n.refused.Add(1)
		return
	case err != nil && tooWide(q, schema, rows, visible):
		n.overflows.Add(1) // more than 38 digits
		return
	}
	require.NoError(t, err, what)
	defer got.Release()
	want, totals := questions.Answer(q, rows, visible)
	require.Equal(t, want, questions.Read(got.Rows), what)
	if q.Totals {
		require.Equal(t, [][]string{totals}, questions.Read(got.Totals), what)
	}
	n.groups.Add(int64(len(want)))
	if all, _ := questions.Answer(q, rows, predicate.All()); visible.Op() != predicate.OpAll && fmt.Sprint(all) != fmt.Sprint(want) {
		n.wrong.Add(1)
	}
}

// tooWide reports whether a measure of a question, of any of its groups or of the
// values that a Top compares, has more than 38 digits.
func tooWide(q query.Query, schema *arrow.Schema, rows []questions.Row, visible predicate.Predicate) bool {
	for i, f := range q.Filters {
		if top, ok := f.(query.Top); ok {
			of := query.Query{Dimensions: []query.Dimension{{Column: top.Column}}, Measures: []query.Measure{top.By}, Filters: slices.Delete(slices.Clone(q.Filters), i, i+1)}
			if tooWide(of, schema, rows, visible) {
				return true
			}
		}
	}
	if q.Columns != nil { // rows hold no measure
		return false
	}
	q.Limit, q.Offset, q.Totals = 0, 0, len(q.Measures) > 0
	answer, totals := questions.Answer(q, rows, visible)
	for _, row := range append(answer, totals) {
		for _, cell := range row {
			digits := strings.NewReplacer("-", "", ".", "").Replace(cell)
			if _, err := strconv.ParseFloat(cell, 64); err == nil && len(strings.TrimLeft(digits, "0")) > query.MaxPrecision {
				return true
			}
		}
	}
	return false
}

// TestAskDirect asks questions of a dataset that is queried directly: the database
// computes the answer below the aggregate's filter, and a question that it cannot
// answer exactly is computed from its rows.
func TestAskDirect(t *testing.T) {
	e := questionEngines()["PostgreSQL"]
	owner, viewer := e.open(t)
	for _, text := range e.prepare {
		_, err := owner.Exec(text)
		require.NoError(t, err)
	}
	rnd := rand.New(rand.NewPCG(18, 9))
	rows := questions.Rows(rnd, 200)
	e.fill(t, owner, "asked", rows)
	_, err := owner.Exec("GRANT SELECT ON asked TO viewer")
	require.NoError(t, err)

	store, err := spice.Open(t.TempDir(), nil)
	require.NoError(t, err)
	defer store.Close()
	source := e.table(viewer, "asked")
	var _ spice.Answerer = source
	d, err := store.CreateDataset(t.Context(), spice.DatasetInput{ID: "asked", ImportMode: spice.DirectQuery, Direct: source})
	require.NoError(t, err)
	rules, err := rls.ReadCSV(strings.NewReader("UserName,tenant\nanna,t1\n"), nil)
	require.NoError(t, err)
	require.NoError(t, d.Attach(t.Context(), spice.Permissions{Settings: rls.PermissionDataSet{PermissionPolicy: rls.GrantAccess}, Rules: rules}))
	visible := predicate.In("tenant", "t1")
	for range 200 {
		q := questions.Random(rnd, e.can)
		want, totals := questions.Answer(q, rows, visible)
		got, err := d.Ask(t.Context(), spice.Session{Principal: namespace.Named("anna")}, q, nil)
		if errors.Is(err, direct.ErrCell) || errors.Is(err, eval.ErrOverflow) {
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want, questions.Read(got.Rows))
		if q.Totals {
			require.Equal(t, [][]string{totals}, questions.Read(got.Totals))
		}
		got.Release()
	}

	schema, err := source.Schema(t.Context())
	require.NoError(t, err)
	plan, err := query.Query{Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Sum, Of: query.Col("qty")}}}.Check(eval.Columns(schema))
	require.NoError(t, err)
	s, _, err := plan.SQL(where.PostgreSQL, visible, "SELECT * FROM asked", nil)
	require.NoError(t, err)
	lines, err := viewer.QueryContext(t.Context(), "EXPLAIN "+s.SQL, s.Args...)
	require.NoError(t, err)
	defer lines.Close()
	var explained string
	for lines.Next() {
		var line string
		require.NoError(t, lines.Scan(&line))
		explained += line + "\n"
	}
	require.NoError(t, lines.Err())
	aggregate, filter := strings.Index(explained, "Aggregate"), strings.Index(explained, "Filter: ((tenant = 't1'")
	require.GreaterOrEqual(t, aggregate, 0, explained)
	require.Greater(t, filter, aggregate, explained)
}
