package direct

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate/where"
)

// shadowed returns [ErrShadowed] if a temporary table or view of the connection
// stands in front of the table. Engines find one first where a name has no
// schema, and MySQL and MariaDB where it has one, too (S8). Other engines have
// none, or docs/direct-query.md says to name the schema.
func (t *Table) shadowed(ctx context.Context, conn *sql.Conn) error {
	if t.Table == "" {
		return nil
	}
	name, err := t.name()
	if err != nil {
		return err
	}
	parts := strings.Split(t.Table, ".")
	query := ""
	switch d := t.Dialect; {
	case d == where.MySQL || d == where.MariaDB:
		return temporaryMySQL(ctx, conn, name)
	case len(parts) > 1:
		return nil
	case d == where.PostgreSQL:
		// Not the type regclass, which is looked up once for a prepared statement.
		query = "SELECT 'temporary' FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(%s) AND relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()"
	case d == where.SQLite:
		query = "SELECT 'temporary' FROM temp.sqlite_master WHERE lower(name) = lower(%s) AND type IN ('table', 'view')"
	case d == where.DuckDB:
		query = "SELECT 'temporary' FROM system.main.duckdb_tables() AS o WHERE o.temporary AND o.table_name COLLATE NOCASE = %[1]s" +
			" UNION ALL SELECT 'temporary' FROM system.main.duckdb_views() AS o WHERE o.temporary AND NOT o.internal AND o.view_name COLLATE NOCASE = %[1]s"
	default:
		return nil
	}
	text := name
	if t.Dialect != where.PostgreSQL { // which reads the name as an identifier
		text = parts[0]
	}
	literal, err := t.Dialect.Literal(text)
	if err != nil {
		return err
	}
	found, err := firstText(ctx, conn, fmt.Sprintf(query, literal), 0)
	if err != nil {
		return err
	}
	if found == "temporary" {
		return fmt.Errorf("table %q: %w", t.Table, ErrShadowed)
	}
	return nil
}

// temporaryMySQL looks at the statement that would create the table, the only
// place that shows temporary ones without more rights than SELECT. A view may
// need more: then it is no temporary table, of which everything may be seen.
func temporaryMySQL(ctx context.Context, conn *sql.Conn, name string) error {
	statement, err := firstText(ctx, conn, "SHOW CREATE TABLE "+name, 1)
	if err != nil {
		return context.Cause(ctx)
	}
	if strings.HasPrefix(statement, "CREATE TEMPORARY ") {
		return fmt.Errorf("table %s: %w", name, ErrShadowed)
	}
	return nil
}

// firstText returns a column of the first row, "" if there is no row.
func firstText(ctx context.Context, conn *sql.Conn, query string, column int) (string, error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || column >= len(names) || !rows.Next() {
		return "", errors.Join(err, rows.Err())
	}
	cells, texts := make([]any, len(names)), make([]sql.RawBytes, len(names))
	for i := range cells {
		cells[i] = &texts[i]
	}
	err = rows.Scan(cells...)
	return string(texts[column]), err
}
