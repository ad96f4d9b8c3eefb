// Package escapes lists statements that try to reach more than the rows a session
// sees: for tests of everything that runs SQL of a viewer. The session may open the
// dataset "sales" and not "secret".
package escapes

// Refused returns statements that an engine must refuse.
func Refused() []string {
	return []string{
		`SELECT * FROM read_csv('/etc/passwd')`, `SELECT * FROM '/etc/passwd'`, `SELECT * FROM "/etc/passwd"`, `SELECT * FROM read_text('/etc/passwd')`,
		`SELECT * FROM read_blob('/etc/passwd')`, `SELECT * FROM glob('/*')`, `SELECT * FROM parquet_scan('x')`, `SELECT * FROM read_json('x')`,
		`ATTACH '/x.db'`, `COPY sales TO '/x'`, `COPY (SELECT 1) TO '/x'`, `INSTALL httpfs`, `LOAD httpfs`, `PRAGMA database_list`, `SET memory_limit='1TB'`,
		`RESET lock_configuration`, `EXPORT DATABASE '/x'`, `CREATE TABLE x AS SELECT 1`, `DROP TABLE sales`, `INSERT INTO sales SELECT * FROM sales`, `DELETE FROM sales`,
		`UPDATE sales SET tenant = 't1'`, `CREATE MACRO f() AS 1`, `CALL pragma_version()`, `EXPLAIN SELECT * FROM sales`, `EXPLAIN ANALYZE SELECT 1`, `DESCRIBE sales`,
		`SHOW TABLES`, `SHOW ALL TABLES`, `SUMMARIZE sales`, `PREPARE p AS SELECT 1`, `EXECUTE p`, `BEGIN`, `CHECKPOINT`, `USE x`, `VACUUM`,
		`SELECT 1; SELECT 2`, `SELECT 1; DROP TABLE sales`, `CREATE TABLE x(a int); SELECT 1`, ``, `;`, `SELECT`,
		`SELECT * FROM secret`, `SELECT * FROM main.secret`, `SELECT * FROM memory.main.sales`, `SELECT * FROM main.sales`, `SELECT * FROM system.information_schema.tables`,
		`SELECT * FROM information_schema.tables`, `SELECT * FROM duckdb_settings()`, `SELECT * FROM duckdb_secrets()`, `SELECT * FROM pragma_table_info('sales')`,
		`SELECT * FROM pg_catalog.pg_class`, `SELECT * FROM sqlite_master`, `SELECT * FROM duckdb_tables`, `SELECT * FROM query('SELECT 1')`, `SELECT * FROM query_table('sales')`,
		`SELECT * FROM arrow_scan(1, 2, 3)`, `SELECT * FROM arrow_scan_dumb(1::UBIGINT, 2, 3)`, `SELECT * FROM seq_scan('sales')`, `SELECT * FROM which_secret('x', 'y')`,
		`WITH w AS (SELECT * FROM secret) SELECT * FROM w`, `SELECT (SELECT count(*) FROM secret)`, `SELECT 1 WHERE EXISTS (FROM secret)`,
		`SELECT * FROM sales WHERE tenant IN (SELECT tenant FROM secret)`, `FROM secret`, `SELECT * FROM sales UNION ALL SELECT * FROM secret`,
		`WITH w AS MATERIALIZED (SELECT content FROM read_text('/etc/passwd')) SELECT * FROM w`, `SELECT * FROM sales, LATERAL (SELECT * FROM secret)`,
		`PIVOT secret ON tenant USING count(*)`, `SELECT * FROM (PIVOT secret ON tenant USING count(*))`, `SELECT * FROM (DESCRIBE secret)`,
	}
}

// Blind returns statements that an engine may run: they show nothing but the visible
// rows, or fail.
func Blind() []string {
	return []string{
		`SELECT * FROM sales`, `SELECT getenv('HOME')`, `SELECT current_setting('memory_limit')`, `SELECT current_database()`, `SELECT 1/0`,
		`SELECT CAST(tenant AS INTEGER) FROM sales`, `SELECT error(tenant) FROM sales`, `SELECT max(tenant) FROM sales`, `SELECT min(tenant), list(DISTINCT tenant) FROM sales`,
		`SELECT * FROM sales ORDER BY CASE WHEN tenant = 't2' THEN 1 / 0 END`, `SELECT stats(tenant) FROM sales`, `SELECT approx_count_distinct(tenant) FROM sales`,
		`SELECT rowid, tenant FROM sales`, `SELECT * FROM sales TABLESAMPLE 50%`, `SELECT histogram(tenant) FROM sales`, `SELECT COLUMNS('.*') FROM sales`,
	}
}
