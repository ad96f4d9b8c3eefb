package integration

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/integration/trino"
	"github.com/rowsight/rowsight/predicate/where"
)

// hostileFunctions lets every user create functions and run them: without, the
// file-based access control denies both.
const hostileFunctions = `{"catalogs": [{"allow": "all"}], "functions": [{"privileges": ["EXECUTE", "GRANT_EXECUTE", "OWNERSHIP"]}]}`

// hostileTrino has a user define what conditions name in three ways: in a schema
// of the session's path, in a statement of its own (WITH FUNCTION), and as names
// of tables, views and queries. The control of the first is a function of another
// name, which the path finds.
func hostileTrino(t *testing.T, cluster *trino.Cluster, db *sql.DB) {
	require.NoError(t, cluster.SetRules([]byte(hostileFunctions)))
	defer func() { require.NoError(t, cluster.SetRules([]byte(trino.Everything))) }()
	stored := 0 // functions that a user has made
	h := oneSession(t, suite.Hostile{
		Dialect: where.Trino,
		Types:   []string{"VARCHAR"},
		Naive:   func(sql string) string { return strings.ReplaceAll(sql, "system.builtin.", "") },
		Shadows: func(o suite.Object) (all []suite.Shadow) {
			// Each shadow is 32 queries, so what is syntax gets one of each kind.
			signatures := []string{"(a varchar, b varchar) RETURNS boolean RETURN true"}
			if slices.Contains([]string{"json_parse", "contains", "any_match"}, o.Name) {
				signatures = []string{"(a varchar) RETURNS json RETURN JSON '[\"US\"]'", "(a array(varchar), b varchar) RETURNS boolean RETURN true", "(a array(boolean), b boolean) RETURNS boolean RETURN true"}
			}
			for _, of := range signatures {
				arguments, _, _ := strings.Cut(of, " RETURNS")
				name := fmt.Sprintf(`"%s"`, o.Name)
				all = append(all,
					suite.Shadow{Object: o, Create: []string{"CREATE FUNCTION memory.default." + name + of},
						Drop: []string{"DROP FUNCTION memory.default." + name + strings.NewReplacer("(a ", "(", ", b ", ", ").Replace(arguments)}},
					suite.Shadow{Object: o, Create: []string{"WITH FUNCTION " + name + of}, Drop: []string{"WITH"}})
			}
			if o.Name != "json_parse" {
				return all
			}
			for _, name := range []string{"unnest", "u", "rowsight_rules"} {
				name = fmt.Sprintf(`"%s"`, name)
				all = append(all,
					suite.Shadow{Object: o, Create: []string{"CREATE TABLE memory.default." + name + " (v varchar)"}, Drop: []string{"DROP TABLE memory.default." + name}},
					suite.Shadow{Object: o, Create: []string{"CREATE VIEW memory.default." + name + " AS SELECT 'US' AS v"}, Drop: []string{"DROP VIEW memory.default." + name}},
					suite.Shadow{Object: o, Create: []string{"WITH " + name + " (v) AS (VALUES 'US')"}, Drop: []string{"WITH"}})
			}
			return all
		},
	}, &suite.DB{Owner: db}, db)
	// What begins with WITH stands in front of every query that follows.
	prefix, exec, ask := "", h.Exec, h.Ask
	h.Exec = func(ctx context.Context, statement string) error {
		if with, ok := strings.CutPrefix(statement, "WITH"); ok {
			prefix = ""
			if with != "" {
				prefix = statement + " "
			}
			return nil
		}
		err := exec(ctx, statement)
		if err == nil && strings.HasPrefix(statement, "CREATE FUNCTION") {
			stored++
		}
		return err
	}
	h.Ask = func(ctx context.Context, query string, c where.Clause) ([]int64, error) {
		return ask(ctx, prefix+query, c)
	}
	require.NoError(t, h.Exec(t.Context(), "SET PATH memory.default"))
	require.NoError(t, h.Exec(t.Context(), "CREATE FUNCTION memory.default.mine(a varchar) RETURNS bigint RETURN 7"))
	control := func(query string) int64 {
		t.Helper()
		got, err := ask(t.Context(), query, where.Clause{})
		require.NoError(t, err)
		require.Len(t, got, 1)
		return got[0]
	}
	require.EqualValues(t, 7, control("SELECT mine('x')"), "the path finds a function of a user")
	suite.RunHostile(t, h)
	require.GreaterOrEqual(t, stored, 9, "functions that a user has made")
	// The path finds no function of a user in front of one that is built in.
	require.NoError(t, h.Exec(t.Context(), "CREATE FUNCTION memory.default.length(a varchar) RETURNS bigint RETURN 7"))
	require.EqualValues(t, 1, control("SELECT length(CAST('x' AS varchar))"))
	require.EqualValues(t, 7, control("SELECT memory.default.length(CAST('x' AS varchar))"))
	require.EqualValues(t, 7, control("WITH FUNCTION length(a varchar) RETURNS bigint RETURN 7 SELECT length(CAST('x' AS varchar))"))
	require.EqualValues(t, 1, control("WITH FUNCTION length(a varchar) RETURNS bigint RETURN 7 SELECT system.builtin.length(CAST('x' AS varchar))"))

	// A row filter of the access control knows no function of the statement.
	require.NoError(t, h.Exec(t.Context(), "CREATE TABLE memory.default.filtered AS SELECT 1 AS id UNION ALL SELECT 2"))
	defer func() { require.NoError(t, h.Exec(t.Context(), "DROP TABLE memory.default.filtered")) }()
	require.NoError(t, cluster.SetRules([]byte(`{"catalogs": [{"allow": "all"}], "tables": [
		{"table": "filtered", "privileges": ["SELECT", "OWNERSHIP"], "filter": "length(CAST('x' AS varchar)) = id"},
		{"privileges": ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP"]}], "functions": [{"privileges": ["EXECUTE", "GRANT_EXECUTE", "OWNERSHIP"]}]}`)))
	require.EqualValues(t, 1, control("WITH FUNCTION length(a varchar) RETURNS bigint RETURN 2 SELECT id FROM filtered"))
	require.NoError(t, cluster.SetRules([]byte(trino.Everything)))
	require.ErrorContains(t, h.Exec(t.Context(), "CREATE FUNCTION memory.default.other(a varchar) RETURNS bigint RETURN 7"), "Cannot create function")
}

// hostileSpark has a user create functions and views of the names of all that a
// condition has, by SQL: none stands in front. Code that runs in the session can
// register a function in front, which is the control.
func hostileSpark(t *testing.T, db *sql.DB) {
	h := oneSession(t, suite.Hostile{
		Dialect: where.Spark,
		Types:   []string{"STRING"},
		Naive:   func(sql string) string { return sql },
		Safe:    true,
		Shadows: func(o suite.Object) (all []suite.Shadow) {
			name := "`" + o.Name + "`"
			for _, of := range []string{"(a STRING) RETURNS STRING RETURN 'US'", "(a ARRAY<STRING>, b STRING) RETURNS BOOLEAN RETURN true", "(a STRING, b STRING) RETURNS ARRAY<STRING> RETURN array('US')"} {
				for _, how := range []string{"CREATE OR REPLACE TEMPORARY FUNCTION", "CREATE TEMPORARY FUNCTION", "CREATE FUNCTION"} {
					all = append(all, suite.Shadow{Object: o, Create: []string{how + " " + name + of},
						Drop: []string{strings.NewReplacer("OR REPLACE ", "", "CREATE", "DROP").Replace(how) + " " + name}})
				}
			}
			return append(all, suite.Shadow{Object: o, Create: []string{"CREATE OR REPLACE TEMPORARY VIEW " + name + " AS SELECT 'US' AS a"}, Drop: []string{"DROP VIEW " + name}})
		},
	}, &suite.DB{Owner: db}, db)
	suite.RunHostile(t, h)

	// bit_length is a function that no condition calls.
	fooled := func(schema string) bool {
		return ids(t, db, "SELECT CASE WHEN "+schema+"bit_length('x') = 7 THEN 1 ELSE 0 END")[0] == 1
	}
	exec := func(statement string) error { return h.Exec(t.Context(), statement) }
	require.NoError(t, exec("CREATE FUNCTION bit_length(a STRING) RETURNS INT RETURN 7"))
	require.True(t, fooled("default."))
	require.False(t, fooled(""), "a function of the database comes behind")
	require.ErrorContains(t, exec("CREATE TEMPORARY FUNCTION bit_length(a STRING) RETURNS INT RETURN 7"), "ROUTINE_ALREADY_EXISTS")
	require.ErrorContains(t, exec("CREATE OR REPLACE TEMPORARY FUNCTION bit_length(a STRING) RETURNS INT RETURN 7"), "CANNOT_REPLACE_NON_SQL_UDF")
	require.ErrorContains(t, exec("CREATE OR REPLACE TEMPORARY FUNCTION bit_length AS 'no.such.Class'"), "CANNOT_LOAD_FUNCTION_CLASS", "only the class is missing")
	for _, schema := range []string{"builtin.", "system.builtin."} {
		require.Error(t, refused(t.Context(), db, "SELECT "+schema+"bit_length('x')"), "no schema can be named")
	}
	require.NoError(t, exec(`REGISTER {"name": "bit_length", "returns": "int", "value": 7}`))
	require.True(t, fooled(""), "SECURITY.md: code that runs in the session replaces a function")
	require.NoError(t, exec(`REGISTER {"name": "and", "returns": "boolean", "value": true}`))
	require.Equal(t, []int64{0}, ids(t, db, "SELECT CASE WHEN true AND 'a' = 'b' THEN 1 ELSE 0 END"), "AND is syntax")
}
