// Package duckdb answers questions and free SQL with DuckDB, over the rows that a
// session sees and nothing else.
//
//	tables := map[string]duckdb.Table{"sales": duckdb.Of(sales, session)}
//	answer, err := duckdb.QuerySQL(ctx, tables, "SELECT Region, sum(Amount) FROM sales GROUP BY 1", nil, nil)
//
// Each call opens a database of its own in memory. The tables that the SQL names are
// read through their rules (each read leaves an audit record), and copied into the
// database with the columns that the SQL may need. So the SQL of a viewer runs where
// no hidden row is (Q7), and two sessions share nothing.
//
// The database is locked before the SQL runs: no files, no network, no extensions,
// no settings. [QuerySQL] parses the SQL and refuses all but one SELECT over the
// tables of the session: other statements, other tables, catalogs, and table
// functions but range, generate_series and unnest. Time, memory, threads and the
// number of rows are limited.
//
// DuckDB is linked statically through cgo, so this package is a module of its own.
//
// # Why rows are copied
//
// DuckDB can scan Arrow streams without a copy. But it pushes a condition column =
// value into the scan, and a stream of the Go binding does not filter: the query
// returns every row. A stream can also be read only once, so a table that is named
// twice is empty the second time. Tables have neither problem.
package duckdb
