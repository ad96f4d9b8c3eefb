package direct

import "github.com/rowsight/rowsight/predicate/where"

// A dialect is what this package must know of a [where.Dialect]. The zero dialect
// is unknown, and no table is read in it.
type dialect struct {
	temporary temporary
	find      string // query of a text if a temporary object hides the table %s
	names     bool   // %s is the quoted name of the table, not its text

	padded bool   // CHAR(n) is shown with its padding
	bare   bool   // a table is read without a subquery, which would rename columns called true and false
	untied bool   // there is no transaction in which two statements see the same rows
	uuid   bool   // a column of type uuid is compared as one
	exact  string // query of the columns of table %s that the engine compares exactly by itself; "" if it does not tell
}

// temporary says how a temporary table or view in front of a table is noticed.
type temporary uint8

const (
	unknownTemporary temporary = iota
	noTemporary                // the engine has none, or names of their own for them
	found                      // by the query find, where the name of the table has no schema
	created                    // by the statement that would create the table
	qualified                  // not noticed: the name of the table must have a schema
	unnoticed                  // not noticed, whatever the name: SECURITY.md says so
)

var dialects = map[where.Dialect]dialect{
	where.PostgreSQL: {
		// Not the type regclass, which is looked up once for a prepared statement.
		temporary: found, names: true, padded: true, uuid: true, exact: exactPostgreSQL,
		find: "SELECT 'temporary' FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(%[1]s) AND relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()",
	},
	where.SQLite: {
		temporary: found, bare: true,
		find: "SELECT 'temporary' FROM temp.sqlite_master WHERE lower(name) = lower(%[1]s) AND type IN ('table', 'view')",
	},
	where.DuckDB: {
		temporary: found,
		find: "SELECT 'temporary' FROM system.main.duckdb_tables() AS o WHERE o.temporary AND o.table_name COLLATE NOCASE = %[1]s" +
			" UNION ALL SELECT 'temporary' FROM system.main.duckdb_views() AS o WHERE o.temporary AND NOT o.internal AND o.view_name COLLATE NOCASE = %[1]s",
	},
	where.MySQL:      {temporary: created},
	where.MariaDB:    {temporary: created},
	where.Trino:      {temporary: noTemporary, padded: true},
	where.Athena:     {temporary: noTemporary, padded: true, untied: true},
	where.SQLServer:  {temporary: noTemporary, padded: true}, // their names start with #
	where.Redshift:   {temporary: qualified, padded: true},
	where.Spark:      {temporary: qualified, padded: true, untied: true},
	where.Databricks: {temporary: qualified, padded: true, untied: true},
	where.ClickHouse: {temporary: qualified, padded: true},
	where.BigQuery:   {temporary: qualified, padded: true},
	where.Snowflake:  {temporary: unnoticed, padded: true},
}
