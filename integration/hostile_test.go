package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate/where"
)

// oneSession makes a hostile engine of one connection, so that what the user sets
// and defines holds for what is asked.
func oneSession(t *testing.T, h suite.Hostile, load *suite.DB, user *sql.DB) suite.Hostile {
	conn, err := user.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	load.T.Dialect = h.Dialect
	h.Load = load.Load
	h.Exec = func(ctx context.Context, statement string) error {
		_, err := conn.ExecContext(ctx, statement)
		return err
	}
	h.Ask = func(ctx context.Context, query string, c where.Clause) (ids []int64, err error) {
		rows, err := conn.QueryContext(ctx, query, c.Args()...)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		return ids, rows.Err()
	}
	return h
}

// naivePostgres takes the schemas away, and the plain comparison in front of the
// exact one stays.
var operatorOf = regexp.MustCompile(`OPERATOR\(pg_catalog\.([^)]+)\)`)

func naivePostgres(sql string) string {
	return strings.ReplaceAll(operatorOf.ReplaceAllString(sql, "$1"), "pg_catalog.", "")
}

// TestHostilePostgreSQL: a role owns a schema that is first in the search_path,
// pg_catalog last.
func TestHostilePostgreSQL(t *testing.T) {
	owner, viewer := postgresViewer(t)
	for _, statement := range []string{"CREATE SCHEMA evil AUTHORIZATION viewer", "CREATE EXTENSION IF NOT EXISTS citext"} {
		_, err := owner.Exec(statement)
		require.NoError(t, err)
	}
	types := []string{"text", "varchar", "name", "int4", "text[]", "char", "bool"}
	h := suite.Hostile{
		Dialect: where.PostgreSQL,
		Types:   []string{"text", "varchar(100)", "citext"},
		Naive:   naivePostgres,
		Shadows: func(o suite.Object) (all []suite.Shadow) {
			switch o.Kind {
			case suite.Operator, suite.Function:
				for _, left := range types {
					for _, right := range types {
						if o.Kind == suite.Operator && left != right && !strings.Contains(left+right, "text") && !strings.Contains(left+right, "varchar") {
							continue
						}
						all = append(all, suite.Shadow{Object: o, Create: []string{
							fmt.Sprintf(`CREATE FUNCTION evil.yes(%s, %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'`, left, right),
							fmt.Sprintf(`CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.yes)`, o.Name, left, right),
						}, Drop: []string{fmt.Sprintf(`DROP FUNCTION evil.yes(%s, %s) CASCADE`, left, right)}})
					}
				}
			case suite.Type:
				for _, as := range []string{"DOMAIN evil.%s AS pg_catalog.bpchar", "TYPE evil.%s AS ENUM ('US', '')", "DOMAIN evil.%s AS pg_catalog.varchar(1)"} {
					kind, _, _ := strings.Cut(as, " ")
					all = append(all, suite.Shadow{Object: o, Create: []string{fmt.Sprintf("CREATE "+as, o.Name)}, Drop: []string{"DROP " + kind + " evil." + o.Name}})
				}
			case suite.Collation:
				all = append(all, suite.Shadow{Object: o, Create: []string{
					fmt.Sprintf(`CREATE COLLATION evil.%q (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`, o.Name)},
					Drop: []string{fmt.Sprintf("DROP COLLATION evil.%q", o.Name)}})
			}
			return all
		},
	}
	h = oneSession(t, h, &suite.DB{Owner: owner, Grant: "GRANT SELECT ON public.%s TO viewer"}, viewer)
	require.NoError(t, h.Exec(t.Context(), "SET search_path = evil, public, pg_catalog"))
	suite.RunHostile(t, h)
}

// TestHostileMariaDB: a user has all rights on the database.
func TestHostileMariaDB(t *testing.T) {
	owner, viewer := mariadb(t)
	for _, statement := range []string{"GRANT ALL ON test.* TO viewer", "SET GLOBAL log_bin_trust_function_creators = 1"} {
		_, err := owner.Exec(statement)
		require.NoError(t, err)
	}
	h := suite.Hostile{
		Dialect: where.MariaDB,
		Types:   []string{"TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", "VARCHAR(100) CHARACTER SET latin1"},
		Naive:   func(sql string) string { return sql },
		Safe:    true, // a function that is built in is found before one of a user
		Shadows: func(o suite.Object) []suite.Shadow {
			if o.Kind != suite.Function {
				return nil
			}
			return []suite.Shadow{{Object: o, Create: []string{fmt.Sprintf("CREATE FUNCTION `%s` (a TEXT) RETURNS TEXT DETERMINISTIC RETURN 'US'", o.Name)},
				Drop: []string{fmt.Sprintf("DROP FUNCTION `%s`", o.Name)}}}
		},
	}
	suite.RunHostile(t, oneSession(t, h, &suite.DB{Owner: owner, Grant: "GRANT SELECT ON test.%s TO viewer"}, viewer))
}

// TestHostileSQLite: virtual tables, views and tables of the names of functions.
// Conditions name none, so the control is the form that did.
func TestHostileSQLite(t *testing.T) {
	db := sqlite(t)
	h := suite.Hostile{
		Dialect: where.SQLite,
		Types:   []string{"TEXT COLLATE NOCASE", ""},
		Naive:   func(sql string) string { return sql },
		Safe:    true,
		Shadows: func(o suite.Object) (all []suite.Shadow) {
			for _, as := range []string{"CREATE TEMP TABLE `%s` (value)", "CREATE TEMP VIEW `%s` AS SELECT 'US' AS value", "CREATE VIRTUAL TABLE `%s` USING fts5(value)"} {
				drop := "DROP TABLE"
				if strings.Contains(as, "VIEW") {
					drop = "DROP VIEW"
				}
				all = append(all, suite.Shadow{Object: o, Create: []string{fmt.Sprintf(as, o.Name)}, Drop: []string{drop + " `" + o.Name + "`"}})
			}
			return all
		},
	}
	suite.RunHostile(t, oneSession(t, h, &suite.DB{Owner: db}, db))

	// json_each, which the conditions used to name, is a table of the user here.
	_, err := db.Exec("CREATE VIRTUAL TABLE json_each USING fts5(value)")
	require.NoError(t, err)
	_, err = db.Exec("INSERT INTO json_each VALUES ('US')")
	require.NoError(t, err)
	var value string
	require.NoError(t, db.QueryRow("SELECT value FROM json_each('us')").Scan(&value))
	require.Equal(t, "US", value, "the argument is a search in the table")
}

// naiveDuckDB takes the schemas away and writes what has an operator with it.
func naiveDuckDB(sql string) string { return strings.ReplaceAll(sql, "system.main.", "") }

// TestHostileDuckDB: macros and types of a user.
func TestHostileDuckDB(t *testing.T) {
	db := duckdb(t)
	h := suite.Hostile{
		Dialect: where.DuckDB,
		Types:   []string{"VARCHAR", "VARCHAR COLLATE NOCASE"},
		Naive:   naiveDuckDB,
		Shadows: func(o suite.Object) (all []suite.Shadow) {
			switch o.Kind {
			case suite.Type:
				for _, as := range []string{"ENUM ('US')", "INTEGER"} {
					all = append(all, suite.Shadow{Object: o, Create: []string{fmt.Sprintf(`CREATE TYPE "%s" AS %s`, o.Name, as)}, Drop: []string{fmt.Sprintf(`DROP TYPE "%s"`, o.Name)}})
				}
			case suite.Operator, suite.Function:
				for _, temp := range []string{"", "TEMP "} {
					for _, as := range []string{"(a) AS 'US'", "(a, b) AS true", "(a, b) AS 'US'", "(a, b) AS ['US']"} {
						all = append(all, suite.Shadow{Object: o, Create: []string{fmt.Sprintf(`CREATE %sMACRO "%s"%s`, temp, o.Name, as)}, Drop: []string{fmt.Sprintf(`DROP MACRO "%s"`, o.Name)}})
					}
					all = append(all, suite.Shadow{Object: o, Create: []string{fmt.Sprintf(`CREATE %sMACRO "%s"(a) AS TABLE SELECT '"US"'::JSON AS value`, temp, o.Name)}, Drop: []string{fmt.Sprintf(`DROP MACRO TABLE "%s"`, o.Name)}})
				}
			case suite.Collation:
				all = append(all, suite.Shadow{Object: o, Create: []string{fmt.Sprintf(`CREATE COLLATION "%s"`, o.Name)}})
			}
			return all
		},
	}
	suite.RunHostile(t, oneSession(t, h, &suite.DB{Owner: db}, db))
}
