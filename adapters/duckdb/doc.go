// Package duckdb answers questions and free SQL with DuckDB, from the rows that
// a session sees.
//
//	tables := map[string]duckdb.Table{"sales": duckdb.Of(sales, session)}
//	answer, err := duckdb.QuerySQL(ctx, tables, "SELECT Region, sum(Amount) FROM sales GROUP BY 1", nil, nil)
//
// Each call has its own database in memory. It reads the tables that the SQL
// names through their rules, which writes an audit record for each, and copies
// the columns that the SQL may need into the database. So the SQL of a viewer
// runs in a database without hidden rows (Q7), and sessions share nothing.
//
// The database is locked before rows are copied into it: no files, no network, no
// extensions, no settings. [QuerySQL] parses the SQL and accepts only one
// SELECT from the tables of the session. It refuses other statements, other
// tables, catalogs, and all table functions except range, generate_series and
// unnest. Time, memory, threads and the number of rows are limited.
//
// Opening a database takes about 12 ms, half of the time of a question over 10,000 rows.
// [Options.Spare] opens the next one in the background. No database serves two calls.
//
// DuckDB is linked statically through cgo, so this package is a separate
// module.
//
// [Query] answers questions of package query. The store keeps the answers, if it keeps
// any. Results of free SQL are not kept.
//
// # Why rows are copied
//
// DuckDB can scan Arrow streams without a copy. But it pushes a condition
// column = value into the scan, and a stream of the Go binding does not filter,
// so the query returns every row. A stream can also be read only once, so a
// second use of the table in a query returns no rows. Tables have neither
// problem. With the build tag duckdb_arrow, a stream without a condition fills
// the table; without it, the values are appended one by one.
package duckdb
