package integration

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

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

// A questionEngine is an engine that computes answers.
type questionEngine struct {
	dialect where.Dialect
	open    func(t *testing.T) (owner, viewer *sql.DB)
	types   map[string]string // of the columns of the table
	can     questions.Can
	prepare []string // of the owner: collations without case
	setup   []string // of the session of the viewer, to disturb the comparison
}

func questionEngines() map[string]questionEngine {
	all := questions.All()
	noAverages := all
	noAverages.OrderByAvg = false
	return map[string]questionEngine{
		"PostgreSQL": {where.PostgreSQL, postgresViewer, map[string]string{"qty": "smallint", "big": "bigint", "price": "numeric(12,2)", "rate": "double precision",
			"day": "date", "at": "timestamptz", "flag": "boolean", "Region": "varchar(100) COLLATE caseless", "": "text"}, all,
			[]string{"CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"}, nil},
		"DuckDB": {where.DuckDB, func(t *testing.T) (owner, viewer *sql.DB) { db := duckdb(t); db.SetMaxOpenConns(1); return db, db },
			map[string]string{"qty": "integer", "big": "bigint", "price": "decimal(12,2)", "rate": "double",
				"day": "date", "at": "timestamptz", "flag": "boolean", "": "varchar"}, noAverages, nil, []string{"SET default_collation = 'NOCASE'"}},
		"SQLite": {where.SQLite, func(t *testing.T) (owner, viewer *sql.DB) { db := sqlite(t); return db, db },
			map[string]string{"qty": "integer", "big": "integer", "rate": "double", "Region": "text COLLATE NOCASE", "": "text"},
			questions.Can{Columns: []string{"tenant", "Region", "name'\"; --", "qty", "big", "rate"}, Ranks: true, Tops: true}, nil, nil},
	}
}

// fill makes a table of rows.
func (e questionEngine) fill(t *testing.T, db *sql.DB, table string, rows []questions.Row) {
	t.Helper()
	var columns, kept []string
	for _, c := range questions.Columns() {
		if !slices.Contains(e.can.Columns, c.Name) {
			continue
		}
		name, err := e.dialect.Quote(c.Name)
		require.NoError(t, err)
		typ := e.types[c.Name]
		if typ == "" {
			typ = e.types[""]
		}
		columns, kept = append(columns, name+" "+typ), append(kept, c.Name)
	}
	_, err := db.Exec("CREATE TABLE " + table + " (" + strings.Join(columns, ", ") + ")")
	require.NoError(t, err)
	for part := range slices.Chunk(rows, 100) {
		var lines []string
		for _, row := range part {
			var cells []string
			for i, c := range questions.Columns() {
				if slices.Contains(kept, c.Name) {
					cells = append(cells, e.literal(t, row[i], c))
				}
			}
			lines = append(lines, "("+strings.Join(cells, ", ")+")")
		}
		_, err := db.Exec("INSERT INTO " + table + " VALUES " + strings.Join(lines, ", "))
		require.NoError(t, err)
	}
}

func (e questionEngine) literal(t *testing.T, v any, c query.Column) string {
	text := fmt.Sprint(v)
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool, float64:
		return text
	case int64:
		switch c.Kind {
		case query.Decimal:
			return decimalText(v)
		case query.Date:
			text = time.Unix(v*86400, 0).UTC().Format(time.DateOnly)
		case query.Time:
			text = time.UnixMicro(v).UTC().Format("2006-01-02 15:04:05.000000+00")
		default:
			return text
		}
	}
	literal, err := e.dialect.Literal(text)
	require.NoError(t, err)
	return literal
}

func decimalText(hundredths int64) string {
	sign := ""
	if hundredths < 0 {
		sign, hundredths = "-", -hundredths
	}
	return fmt.Sprintf("%s%d.%02d", sign, hundredths/100, hundredths%100)
}

// TestQuestions compares answers that engines compute with those that are computed
// row by row: random questions of viewers with different rules, on hostile texts,
// NULL and case twins. Without the rules, many answers are others.
func TestQuestions(t *testing.T) {
	for name, e := range questionEngines() {
		t.Run(name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			owner, viewer := e.open(t)
			rnd := rand.New(rand.NewPCG(18, uint64(len(name))))
			rules := []predicate.Predicate{
				predicate.In("tenant", "t1"), predicate.In("Region", "EMEA", "US ", "é"), predicate.All(), {},
				predicate.MustParse(`tenant in ("T1", "t2") and Region in ("emea", "US") or Region in ("EMEA")`),
			}
			for _, text := range e.prepare {
				_, err := owner.Exec(text)
				require.NoError(t, err)
			}
			refused, overflows, groups, wrong, asked := 0, 0, 0, 0, 0
			for n := range 6 {
				rows := questions.Rows(rnd, []int{0, 1, 20, 60, 150, 300}[n])
				table := fmt.Sprint("questions", n)
				e.fill(t, owner, table, rows)
				if owner != viewer {
					_, err := owner.Exec("GRANT SELECT ON " + table + " TO viewer")
					require.NoError(t, err)
				}
				for _, text := range e.setup {
					_, err := viewer.Exec(text)
					require.NoError(t, err)
				}
				source := &direct.Table{DB: viewer, Dialect: e.dialect, Table: table, Allocator: mem}
				schema, err := source.Schema(t.Context())
				require.NoError(t, err)
				for range 350 {
					q := questions.Random(rnd, e.can)
					visible := rules[rnd.IntN(len(rules))]
					text, err := json.Marshal(q)
					require.NoError(t, err)
					what := fmt.Sprintf("%s of the rows %s of table %d", text, visible, n)
					plan, err := q.Check(eval.Columns(schema))
					require.NoError(t, err, what)
					asked++
					got, err := source.Answer(t.Context(), visible, plan, nil)
					if errors.Is(err, query.ErrDialect) {
						refused++
						continue
					}
					if errors.Is(err, direct.ErrCell) {
						overflows++ // more than 38 digits
						continue
					}
					require.NoError(t, err, what)
					want, totals := questions.Answer(q, rows, visible)
					require.Equal(t, want, questions.Read(got.Rows), what)
					if q.Totals {
						require.Equal(t, [][]string{totals}, questions.Read(got.Totals), what)
					}
					got.Release()
					groups += len(want)
					if all, _ := questions.Answer(q, rows, predicate.All()); visible.Op() != predicate.OpAll && fmt.Sprint(all) != fmt.Sprint(want) {
						wrong++
					}
				}
			}
			t.Logf("%d questions, %d groups, %d refused, %d with too many digits, %d other answers without rules", asked, groups, refused, overflows, wrong)
			require.Greater(t, groups, 1000)
			require.Greater(t, wrong, 400, "dropped rules are found")
			require.Less(t, refused, asked/4)
			require.Less(t, overflows, asked/20)
		})
	}
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
	source := &direct.Table{DB: viewer, Dialect: where.PostgreSQL, Table: "asked"}
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
