package direct

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// shadowed returns [ErrShadowed] if a temporary table or view of the connection
// stands in front of the table, or could and is not noticed. Engines find one
// first where a name has no schema, and MySQL and MariaDB where it has one, too
// (S8).
func (t *Table) shadowed(ctx context.Context, conn *sql.Conn) error {
	if t.Table == "" {
		return nil
	}
	name, err := t.name()
	if err != nil {
		return err
	}
	hidden := fmt.Errorf("table %q: %w", t.Table, ErrShadowed)
	parts := strings.Split(t.Table, ".")
	switch d := dialects[t.Dialect]; d.temporary {
	case noTemporary, unnoticed:
		return nil
	case created:
		return temporaryMySQL(ctx, conn, name)
	case qualified:
		if len(parts) > 1 {
			return nil
		}
		return hidden
	case found:
		if len(parts) > 1 {
			return nil
		}
		text := parts[0]
		if d.names {
			text = name
		}
		literal, err := t.Dialect.Literal(text)
		if err != nil {
			return err
		}
		got, err := firstText(ctx, conn, fmt.Sprintf(d.find, literal), 0)
		if err == nil && got == "temporary" {
			err = hidden
		}
		return err
	}
	return hidden
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
