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
		// quoted names of other datasets
		`SELECT * FROM "secret"`, `SELECT * FROM "SECRET"`, `SELECT * FROM "main"."secret"`, `SELECT * FROM "memory"."main"."secret"`, `SELECT * FROM "sales"."secret"`,
		`SELECT * FROM "sales;secret"`, `SELECT * FROM "sales""secret"`, `SELECT "secret".* FROM "secret"`, `TABLE secret`, `TABLE "secret"`, `SELECT * FROM sales JOIN "secret" USING (tenant)`,
		// names that common table expressions shadow
		`WITH sales AS (SELECT * FROM secret) SELECT * FROM sales`, `WITH sales AS (SELECT * FROM main.sales) SELECT * FROM sales`, `WITH w AS (SELECT 1) SELECT * FROM w, secret`,
		`SELECT * FROM (WITH duckdb_tables AS (SELECT 1) SELECT 1), duckdb_tables`, `WITH "/etc/passwd" AS (SELECT 1) SELECT * FROM "/etc/passwd"`,
		`WITH RECURSIVE w AS (SELECT tenant FROM secret UNION SELECT tenant FROM w) SELECT * FROM w`, `WITH information_schema AS (SELECT 1) SELECT * FROM information_schema.tables`,
		// tables by name at run time
		`SELECT * FROM query_table(['sales', 'secret'])`, `SELECT * FROM query_table('secret', true)`, `SELECT * FROM query('FROM secret')`, `FROM query_table('secret')`,
		`SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM secret'))`, `PRAGMA json_execute_serialized_sql('x')`,
		// secrets and settings
		`CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')`, `DROP SECRET s`, `SELECT * FROM duckdb_secrets(redact => false)`, `FROM duckdb_secrets()`,
		`SET lock_configuration = false`, `SET enable_external_access = true`, `SET disabled_optimizers = 'filter_pushdown'`, `SET VARIABLE x = 1`, `RESET memory_limit`, `PRAGMA threads = 1`,
		`PRAGMA enable_external_access`, `SHOW memory_limit`, `SELECT * FROM duckdb_settings`, `SELECT * FROM pragma_user_agent()`,
		// catalogs and other table functions
		`SELECT * FROM INFORMATION_SCHEMA.COLUMNS`, `SELECT * FROM "information_schema"."tables"`, `SELECT * FROM duckdb_columns()`, `SELECT * FROM duckdb_logs()`,
		`SELECT * FROM pragma_storage_info('sales')`, `SELECT * FROM pragma_show_tables()`, `SELECT * FROM sniff_csv('/etc/passwd')`, `SELECT * FROM read_parquet('/x')`,
		`SELECT * FROM parquet_metadata('/x')`, `SELECT * FROM read_ndjson('/x')`, `SELECT * FROM test_all_types()`, `SELECT * FROM duckdb_extensions()`, `SELECT * FROM (SHOW TABLES)`,
		`SELECT * FROM (SUMMARIZE secret)`, `SELECT * FROM system.main.duckdb_tables`, `SELECT * FROM temp.main.sales`,
		// statements
		`DETACH memory`, `FORCE INSTALL httpfs`, `IMPORT DATABASE '/x'`, `COPY FROM DATABASE memory TO other`, `CREATE VIEW v AS SELECT 1`, `CREATE TEMP TABLE x (a INT)`, `ALTER TABLE sales ADD COLUMN x INT`,
		`CREATE OR REPLACE MACRO sum(x) AS 1`, `CREATE TYPE t AS INT`, `CREATE SEQUENCE s`, `COMMENT ON TABLE sales IS 'x'`, `ANALYZE`, `MERGE INTO sales USING secret ON true WHEN MATCHED THEN DELETE`,
		`WITH w AS (SELECT 1) INSERT INTO sales SELECT * FROM w`, `DEALLOCATE p`, `COMMIT`, `ROLLBACK`, `EXECUTE IMMEDIATE 'SELECT 1'`,
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
		// errors with values
		`SELECT CAST(tenant AS DATE) FROM sales`, `SELECT tenant::TIME FROM sales`, `SELECT strptime(tenant, '%Y') FROM sales`, `SELECT json(tenant) FROM sales`,
		`SELECT CASE WHEN EXISTS (SELECT 1 FROM sales WHERE tenant = 't2') THEN error('yes') END`, `SELECT 1 / (SELECT count(*) FROM sales WHERE tenant = 't2')`,
		`SELECT (SELECT tenant FROM sales)`, `SELECT list_extract([1], count(*)) FROM sales WHERE tenant = 'T1'`,
		// names that shadow, and functions about the database
		`WITH secret AS (SELECT * FROM sales) SELECT * FROM secret`, `WITH secret AS (SELECT * FROM secret) SELECT * FROM secret`, `WITH RECURSIVE sales AS (SELECT tenant FROM sales) SELECT * FROM sales`,
		`WITH a AS (WITH sales AS (SELECT 'x' AS tenant) SELECT * FROM sales) SELECT * FROM a, sales`, `SELECT sales.* FROM sales AS secret, sales`,
		`SELECT getvariable('x')`, `SELECT current_setting('lock_configuration')`, `SELECT current_schemas(true)`, `SELECT nextval('s')`, `SELECT write_log('x')`, `SELECT pg_typeof(sales) FROM sales`,
		`SELECT setseed(0.5), random()`, `SELECT json_serialize_sql('SELECT * FROM secret')`, `SELECT which_secret('x', 'y')`, `SELECT txid_current()`, `SELECT version()`,
	}
}
