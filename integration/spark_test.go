package integration

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/spark"
	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/rls/policy"
)

// TestSpark runs everything that is tried on Spark, on a local cluster of two
// workers.
func TestSpark(t *testing.T) {
	if testing.Short() {
		t.Skip("Spark takes longer to start than short tests take")
	}
	// Each predicate is asked once, so to compile it takes longer than to run it.
	session, err := spark.Start(t.Context(), &spark.Options{Config: map[string]string{
		"spark.sql.codegen.wholeStage":  "false",
		"spark.sql.codegen.factoryMode": "NO_CODEGEN",
	}})
	if errors.Is(err, spark.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, session.Close()) })
	db := session.DB()
	t.Run("barrier", func(t *testing.T) { sparkBarrier(t, db) })
	t.Run("collation", func(t *testing.T) { sparkCollation(t, db) })
	t.Run("questions", func(t *testing.T) {
		sparkQuestions().ask(t, db, db)
		sparkQuestions().floats(t, db, db)
	})
	t.Run("plan of a question", func(t *testing.T) { sparkPlan(t, db) })
	t.Run("medians", func(t *testing.T) { sparkMedians(t, db) })
	t.Run("hostile", func(t *testing.T) { hostileSpark(t, db) })
	suite.RunBatches(t, &suite.Batches{FilterOnly: true, DB: suite.DB{Owner: db, DB: db, T: suite.Traits{
		Dialect: where.Spark,
		Types:   []string{"STRING", "STRING COLLATE UTF8_LCASE"},
		Cases:   15,
		Trap:    func(column string) string { return "CAST(" + column + " AS INTEGER) >= 0" },
	}}}, 40)
}

// sparkBarrier looks at the plan of a query behind the barrier: the condition of the
// caller stays outside. The control is a condition that the optimizer takes away.
func sparkBarrier(t *testing.T, db *sql.DB) {
	_, err := db.Exec("CREATE TABLE default.barrier (region string, secret string)")
	require.NoError(t, err)
	clause, err := where.Lower(predicate.In("region", "US"), where.Spark, &where.Options{Inline: true})
	require.NoError(t, err)
	visible, err := clause.Wrap("SELECT * FROM default.barrier")
	require.NoError(t, err)
	filters := func(visible string) int {
		var plan string
		require.NoError(t, db.QueryRow("EXPLAIN SELECT * FROM ("+visible+") AS v WHERE CAST(secret AS INT) >= 0 AND length(secret) > 0").Scan(&plan))
		return strings.Count(plan, "Filter (")
	}
	require.Equal(t, 2, filters(visible))
	require.Equal(t, 1, filters(strings.ReplaceAll(visible, "monotonically_increasing_id()", "rand()")), "the optimizer knows that rand() >= 0")
}

// sparkPlan looks at the plan of a question: each worker filters its rows and adds up
// what is left before rows are exchanged. The condition of the viewer is a filter of
// its own, above that of the rules.
func sparkPlan(t *testing.T, db *sql.DB) {
	_, err := db.Exec("CREATE TABLE default.planned (region string, kind string, qty int)")
	require.NoError(t, err)
	plan, err := query.Query{Dimensions: []query.Dimension{{Column: "kind"}}, Measures: []query.Measure{{Func: query.Sum, Of: query.Col("qty")}},
		Filters: []query.Filter{query.Range{Column: "qty", Above: "7"}}}.
		Check([]query.Column{{Name: "kind", Kind: query.Text}, {Name: "qty", Kind: query.Int}})
	require.NoError(t, err)
	s, _, err := plan.SQL(where.Spark, predicate.In("region", "US"), "SELECT * FROM default.planned", &query.SQLOptions{Inline: true})
	require.NoError(t, err)
	var text string
	require.NoError(t, db.QueryRow("EXPLAIN "+s.SQL).Scan(&text))
	at := -1
	for _, part := range []string{"HashAggregate(", "Exchange hashpartitioning(", "HashAggregate(", "functions=[partial_", "Filter (", "qty#", ">= 8", "Filter (", "= US)", "FileScan "} {
		next := strings.Index(text[at+1:], part)
		require.GreaterOrEqual(t, next, 0, "%s after byte %d of %s", part, at, text)
		at += 1 + next
	}
	require.Equal(t, 2, strings.Count(text, "Filter ("), text)
}

// sparkCollation reads a column in which EMEA equals emea. The control is a plain
// equality beside the exact comparison, which the optimizer then takes for granted.
func sparkCollation(t *testing.T, db *sql.DB) {
	_, err := db.Exec("CREATE TABLE default.twins (region string COLLATE UTF8_LCASE)")
	require.NoError(t, err)
	_, err = db.Exec("INSERT INTO default.twins VALUES ('EMEA'), ('emea'), ('US'), ('us'), ('')")
	require.NoError(t, err)
	count := func(query string, args ...any) (n int) {
		require.NoError(t, db.QueryRow("SELECT count(*) FROM ("+query+") AS v", args...).Scan(&n))
		return n
	}
	for _, tt := range []struct {
		p    predicate.Predicate
		want int
	}{
		{predicate.In("region", "EMEA"), 1},
		{predicate.In("region", "EMEA", "us"), 2},
		{predicate.HasValue("region"), 4},
		{predicate.And(predicate.HasValue("region"), predicate.In("region", "EMEA")), 1},
	} {
		for _, inline := range []bool{false, true} {
			clause, err := where.Lower(tt.p, where.Spark, &where.Options{Inline: inline})
			require.NoError(t, err)
			require.Equal(t, tt.want, count("SELECT * FROM default.twins WHERE "+clause.SQL(), clause.Args()...), "%s", tt.p)
			visible, err := clause.Wrap("SELECT * FROM default.twins")
			require.NoError(t, err)
			require.Equal(t, tt.want, count(visible, clause.Args()...), "%s", tt.p)
			require.LessOrEqual(t, count("SELECT * FROM ("+visible+") AS w WHERE region = 'emea'", clause.Args()...), tt.want, "a condition of the caller widens nothing")
		}
	}
	require.Equal(t, 2, count("SELECT * FROM default.twins WHERE region = 'EMEA' AND region COLLATE UTF8_BINARY = 'EMEA'"))

	// The script of a Databricks row filter has no barrier, and so begins with a
	// statement that fails for such a column.
	_, err = db.Exec("CREATE TABLE default.plainly (region string)")
	require.NoError(t, err)
	for table, want := range map[string]string{"plainly": "", "twins": "column region has a collation: want the default, UTF8_BINARY"} {
		script, err := policy.Script(policy.Databricks, policy.Policy{Table: policy.Table{Name: []string{"default", table}},
			Grants: []policy.Grant{{Kind: policy.User, Name: "al", Rows: predicate.In("region", "EMEA")}}}, nil)
		require.NoError(t, err)
		check, _, found := strings.Cut(string(script), ";\n")
		require.True(t, found)
		require.Contains(t, check, "assert_true")
		if err = refused(t.Context(), db, check); want != "" {
			require.ErrorContains(t, err, want)
			continue
		}
		require.NoError(t, err, check)
	}
}

// sparkMedians sorts by medians that differ in their last digit. The control is the
// sum of decimals with 38 digits, which loses it.
func sparkMedians(t *testing.T, db *sql.DB) {
	_, err := db.Exec("CREATE TABLE default.medians (g string, rate decimal(37,10))")
	require.NoError(t, err)
	most := strings.Repeat("9", 27) + ".9999999999"
	_, err = db.Exec("INSERT INTO default.medians VALUES ('a', 1.0000000002), ('b', 1.0000000001), ('b', 1.0000000001), ('c', " + most + "), ('c', " + most + ")")
	require.NoError(t, err)
	plan, err := query.Query{Dimensions: []query.Dimension{{Column: "g"}}, Measures: []query.Measure{{Func: query.Median, Of: query.Col("rate"), As: "m"}}, Order: []query.Order{{By: "m"}}, Limit: 1<<31 - 1}.
		Check([]query.Column{{Name: "g", Kind: query.Text}, {Name: "rate", Kind: query.Decimal, Precision: 37, Scale: 10}})
	require.NoError(t, err)
	s, _, err := plan.SQL(where.Spark, predicate.All(), "SELECT * FROM default.medians", nil)
	require.NoError(t, err)
	rows, err := db.Query(s.SQL, s.Args...)
	require.NoError(t, err)
	defer rows.Close()
	groups := ""
	for rows.Next() {
		var g, low, high string
		require.NoError(t, rows.Scan(&g, &low, &high))
		groups += g
	}
	require.NoError(t, rows.Err())
	require.Equal(t, "bac", groups)
	var sum string
	require.NoError(t, db.QueryRow("SELECT CAST(CAST(1.0000000001 AS DECIMAL(38,10)) + CAST(0 AS DECIMAL(38,10)) AS STRING)").Scan(&sum))
	require.Equal(t, "1.000000000", sum)
}
