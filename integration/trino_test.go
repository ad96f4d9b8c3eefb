package integration

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/integration/trino"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/rls/policy"
	"github.com/rowsight/rowsight/spice/direct"
)

// TestTrino runs everything that is tried on Trino, on one cluster: a
// coordinator, which reads no row, and two workers.
func TestTrino(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster takes longer to start than short tests take")
	}
	cluster, err := trino.Start(t.Context(), nil)
	if errors.Is(err, trino.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	db := trinoUser(t, cluster, "rowsight")

	t.Run("distributed", func(t *testing.T) {
		// Each worker reads a part of the rows of one query, the coordinator none.
		require.Equal(t, []int64{15_000}, ids(t, db, `SELECT count(*) FROM tpch.tiny.orders`))
		require.Equal(t, []int64{2}, ids(t, db, `SELECT count(DISTINCT node_id)
			FROM system.runtime.tasks JOIN system.runtime.queries USING (query_id)
			WHERE query = 'SELECT count(*) FROM tpch.tiny.orders' AND raw_input_rows > 0 AND node_id <> 'coordinator'`))
	})
	t.Run("example", func(t *testing.T) {
		command := exec.CommandContext(t.Context(), "go", "run", ".", "-rows", "20000", "-trino", cluster.DSN("rowsight"))
		command.Dir = filepath.Join("..", "examples", "trino")
		command.Env = append(os.Environ(), "GOWORK=off")
		out, err := command.CombinedOutput()
		require.NoError(t, err, "%s", out)
		t.Logf("%s", out)
		require.Equal(t, 5, strings.Count(string(out), "  the same rows\n"))
		require.NotEmpty(t, regexp.MustCompile(`cluster +[1-9]\d* rows`).FindString(string(out)))
	})
	t.Run("questions", func(t *testing.T) {
		trinoQuestions().ask(t, db, db)
		trinoQuestions().floats(t, db, db)
	})
	t.Run("plan of a question", func(t *testing.T) { trinoPlan(t, db) })
	t.Run("policy", func(t *testing.T) { trinoPolicy(t, cluster, db) })
	t.Run("hostile", func(t *testing.T) { hostileTrino(t, cluster, db) })
	t.Run("suite", func(t *testing.T) {
		suite.RunBatches(t, &suite.Batches{DB: suite.DB{Owner: db, DB: db, T: suite.Traits{
			Dialect: where.Trino,
			Types:   []string{"VARCHAR"},
			Cases:   50,
			Temp:    []string{"memory", "default", "rowsight_values"},
			Trap:    func(column string) string { return "CAST(" + column + " AS INTEGER) >= 0" },
			Springs: true,
		}}}, 40)
	})
}

// trinoPlan asks a question of a table on both workers: they filter the rows below the
// aggregate, and only the answer is sent.
func trinoPlan(t *testing.T, db *sql.DB) {
	source := &direct.Table{DB: db, Dialect: where.Trino, Table: "tpch.tiny.orders"}
	schema, err := source.Schema(t.Context())
	require.NoError(t, err)
	plan, err := query.Query{Dimensions: []query.Dimension{{Column: "orderstatus"}}, Measures: []query.Measure{{Func: query.Count}, {Func: query.Sum, Of: query.Col("custkey")}}}.Check(eval.Columns(schema))
	require.NoError(t, err)
	visible := predicate.In("orderpriority", "1-URGENT")
	statement, _, err := plan.SQL(where.Trino, visible, "SELECT * FROM tpch.tiny.orders", &query.SQLOptions{Inline: true})
	require.NoError(t, err)
	var text string
	require.NoError(t, db.QueryRowContext(t.Context(), "EXPLAIN (TYPE DISTRIBUTED) "+statement.SQL).Scan(&text))
	// The fragment that reads the table filters and adds up what it has; the other
	// fragments get sums.
	const rule = "filterPredicate = (orderpriority = varchar(15) '1-URGENT')"
	reads := func(plan string) string {
		for _, fragment := range strings.Split(plan, "\n\n") {
			if strings.Contains(fragment, "table = tpch:tiny:orders") {
				return fragment
			}
		}
		return ""
	}
	require.Contains(t, reads(text), "[tpch:orders:15000]", "%s", text)
	partial, filter := strings.Index(reads(text), "Aggregate[type = PARTIAL"), strings.Index(reads(text), rule)
	require.GreaterOrEqual(t, partial, 0, text)
	require.Greater(t, filter, partial, text)

	// A condition of the viewer stays outside of the rules, in both forms of the
	// barrier. The control is the LIMIT of Wrap, above which one worker has all rows.
	clause, err := where.Lower(visible, where.Trino, &where.Options{Inline: true})
	require.NoError(t, err)
	explain := func(wrapped string, err error) (plan string) {
		require.NoError(t, err)
		require.NoError(t, db.QueryRowContext(t.Context(), "EXPLAIN (TYPE DISTRIBUTED) SELECT orderstatus, count(*) FROM ("+wrapped+") AS v WHERE CAST(clerk AS integer) > 0 GROUP BY orderstatus").Scan(&plan))
		require.Contains(t, reads(plan), rule+"]", "nothing else in the filter of the rules: %s", plan)
		return plan
	}
	spread := explain(clause.WrapColumns("SELECT * FROM tpch.tiny.orders", "orderstatus", "clerk"))
	require.Contains(t, reads(spread), "Aggregate[type = PARTIAL", spread)
	require.Contains(t, reads(spread), "filterPredicate = (CAST(", spread)
	gathered := explain(clause.Wrap("SELECT * FROM tpch.tiny.orders"))
	require.NotContains(t, reads(gathered), "Aggregate", gathered)
	require.NotContains(t, reads(gathered), "filterPredicate = (CAST(", gathered)

	got, err := source.Answer(t.Context(), visible, plan, nil)
	require.NoError(t, err)
	defer got.Release()
	require.EqualValues(t, 3, got.Rows.NumRows())
	rows, err := db.QueryContext(t.Context(), statement.SQL)
	require.NoError(t, err)
	for rows.Next() {
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []int64{2}, ids(t, db, `SELECT count(DISTINCT node_id)
		FROM system.runtime.tasks JOIN system.runtime.queries USING (query_id)
		WHERE query = ? AND raw_input_rows > 0 AND node_id <> 'coordinator'`, statement.SQL), "both workers read rows")
}

func trinoUser(t *testing.T, cluster *trino.Cluster, name string) *sql.DB {
	t.Helper()
	db, err := cluster.Open(name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// ids returns the first column of a query's rows.
func ids(t *testing.T, db *sql.DB, query string, args ...any) []int64 {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err)
	defer rows.Close()
	all := []int64{}
	for rows.Next() {
		var id int64
		require.NoError(t, rows.Scan(&id))
		all = append(all, id)
	}
	require.NoError(t, rows.Err())
	slices.Sort(all)
	return all
}

// refused returns why a query fails.
func refused(ctx context.Context, db *sql.DB, query string) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// trinoPolicy installs a generated rules file of the file-based access control,
// and asks as its users.
func trinoPolicy(t *testing.T, cluster *trino.Cluster, admin *sql.DB) {
	r := rand.New(rand.NewPCG(1, 9))
	texts := slices.DeleteFunc(suite.HostileTexts(), func(s string) bool { return s == "" })
	rows := randomRows(r, append([]string{""}, texts...))
	table := suite.Table{Name: "protected", Type: "VARCHAR", Columns: []string{"Region", "Segment"}}
	for _, row := range rows {
		table.Rows = append(table.Rows, suite.Row{ID: row.id, Cells: []*string{row.region, row.segment}})
	}
	load := &suite.DB{Owner: admin, T: suite.Traits{Dialect: where.Trino}}
	require.NoError(t, load.Load(t.Context(), table))

	// Names that mean something in a regular expression.
	users := []string{"al", "a.*", "b|al", `c\E.*`, "d'e", "(", "nobody"}
	var grants []policy.Grant
	for _, name := range users {
		grants = append(grants, policy.Grant{Kind: policy.User, Name: name, Rows: randomPredicate(r, texts)})
	}
	grants[len(grants)-1].Rows = predicate.Predicate{}
	const ask = `SELECT id FROM protected`
	protect := func(grants []policy.Grant) {
		t.Helper()
		script, err := policy.Script(policy.TrinoFile, policy.Policy{Table: policy.Table{Name: []string{"memory", "default", "protected"}}, Grants: grants}, nil)
		require.NoError(t, err)
		// What holds for other tables goes behind.
		var file struct {
			Tables []any `json:"tables"`
		}
		require.NoError(t, json.Unmarshal(script, &file))
		file.Tables = append(file.Tables, map[string]any{"user": "rowsight", "privileges": []string{"SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP"}})
		document, err := json.Marshal(file)
		require.NoError(t, err)
		require.NoError(t, cluster.SetRules(document))
	}
	expected := func(p predicate.Predicate) []int64 {
		want := []int64{}
		for _, row := range rows {
			if p.Match(row.value) {
				want = append(want, row.id)
			}
		}
		return want
	}
	protect(grants)
	some := 0
	for _, g := range grants {
		got := ids(t, trinoUser(t, cluster, g.Name), ask)
		require.Equal(t, expected(g.Rows), got, "user %q: %s", g.Name, g.Rows)
		if len(got) > 0 && len(got) < len(rows) {
			some++
		}
	}
	require.Greater(t, some, len(users)/2, "most users see some rows")
	al := trinoUser(t, cluster, "al")
	for _, name := range []string{"ab", "rowsight", "outsider", "AL"} {
		require.ErrorContains(t, refused(t.Context(), trinoUser(t, cluster, name), ask), "Access Denied", "whom no rule names: %s", name)
	}
	require.ErrorContains(t, refused(t.Context(), al, `DELETE FROM protected`), "Access Denied")
	require.Equal(t, []int64{int64(len(expected(grants[0].Rows)))}, ids(t, al, `SELECT count(*) FROM protected`), "counts are of visible rows")

	// As many values as a viewer may have: a filter is no part of the query's text.
	many := make([]string, 192_000)
	for i := range many {
		many[i] = fmt.Sprintf("value %06d", i)
	}
	all := predicate.In("Region", append(many, texts[3], texts[5])...)
	protect([]policy.Grant{{Kind: policy.User, Name: "al", Rows: all}})
	require.Equal(t, expected(all), ids(t, al, ask))
	require.NotEmpty(t, expected(all))

	// More rules than one method of the engine holds.
	wide := []predicate.Predicate{grants[0].Rows}
	for i := range 999 {
		wide = append(wide, predicate.And(predicate.In("Region", fmt.Sprint("r", i)), predicate.In("Segment", fmt.Sprint("s", i))))
	}
	protect([]policy.Grant{{Kind: policy.User, Name: "al", Rows: predicate.Or(wide...)}})
	require.Equal(t, expected(predicate.Or(wide...)), ids(t, al, ask))

	// The negative control: without the rules, the comparison fails.
	require.NoError(t, cluster.SetRules([]byte(trino.Everything)))
	require.NotEqual(t, expected(grants[0].Rows), ids(t, al, ask))
	require.Len(t, ids(t, al, ask), len(rows))
}
