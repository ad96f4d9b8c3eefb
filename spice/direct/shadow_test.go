package direct_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/spice/direct"
)

// TestEveryDialect reads a table with and without a schema in every dialect: a
// name that a temporary table could hide is refused, or the engine is asked first.
func TestEveryDialect(t *testing.T) {
	const (
		none   = "no temporary table can have the name"
		asks   = "the engine is asked before a name without a schema is read"
		always = "the engine is asked before every name is read"
		schema = "a name without a schema is refused"
	)
	wants := map[where.Dialect]string{
		where.PostgreSQL: asks, where.SQLite: asks, where.DuckDB: asks, where.MySQL: always, where.MariaDB: always,
		where.Trino: none, where.Athena: none, where.SQLServer: none,
		where.Redshift: schema, where.Spark: schema, where.Databricks: schema, where.ClickHouse: schema, where.BigQuery: schema,
		where.Snowflake: none, // not so: SECURITY.md says that it is not noticed
	}
	for _, d := range where.Dialects() {
		want, ok := wants[d]
		require.True(t, ok, "%s: say here and in dialects what a temporary table does", d)
		for name, asked := range map[string]bool{"sales": want == asks || want == always, "main.sales": want == always} {
			e := sales()
			r, err := (&direct.Table{DB: e.db(t), Dialect: d, Table: name}).Records(t.Context(), predicate.In("Region", "US"), nil)
			if want == schema && name == "sales" {
				require.ErrorIs(t, err, direct.ErrShadowed, d)
				require.Len(t, e.asked, 1, "%s: only the columns were asked for", d)
				continue
			}
			require.NoError(t, err, "%s: %s", d, name)
			r.Release()
			require.Len(t, e.asked, map[bool]int{false: 2, true: 3}[asked], "%s: %s: %q", d, name, e.asked)
		}
	}
	for _, d := range []where.Dialect{0, 200} {
		_, err := (&direct.Table{DB: sales().db(t), Dialect: d, Table: "sales"}).Records(t.Context(), predicate.All(), nil)
		require.ErrorIs(t, err, where.ErrDialect)
		_, err = (&direct.Table{DB: sales().db(t), Dialect: d, Query: "SELECT 1"}).Records(t.Context(), predicate.All(), nil)
		require.ErrorIs(t, err, where.ErrDialect)
	}
}
