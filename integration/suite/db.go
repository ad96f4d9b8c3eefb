package suite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate/where"
)

// DB is an [Engine] for a driver of database/sql.
type DB struct {
	T     Traits
	Owner *sql.DB // makes the tables
	DB    *sql.DB // asks; may be the same where the engine knows no rights
	Grant string  // statement for each table, with %s for its name: GRANT SELECT ON %s TO viewer
}

// Traits returns d.T.
func (d *DB) Traits() Traits { return d.T }

// Load makes the table as the owner, with bound values.
func (d *DB) Load(ctx context.Context, t Table) error {
	quote := func(name string) string { s, _ := d.T.Dialect.Quote(name); return s }
	columns := []string{"id BIGINT"}
	for _, c := range t.Columns {
		columns = append(columns, quote(c)+" "+t.Type)
	}
	for _, statement := range []string{
		"DROP TABLE IF EXISTS " + t.Name,
		"CREATE TABLE " + t.Name + " (" + strings.Join(columns, ", ") + ")",
	} {
		if _, err := d.Owner.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	for rows := t.Rows; len(rows) > 0; {
		n := min(len(rows), 100)
		var b strings.Builder
		var args []any
		for i, r := range rows[:n] {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "(%d", r.ID)
			for _, c := range r.Cells {
				args = append(args, c)
				b.WriteString(", " + d.T.Dialect.Placeholder(len(args)))
			}
			b.WriteString(")")
		}
		if _, err := d.Owner.ExecContext(ctx, "INSERT INTO "+t.Name+" VALUES "+b.String(), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	if d.Grant == "" {
		return nil
	}
	_, err := d.Owner.ExecContext(ctx, fmt.Sprintf(d.Grant, t.Name))
	return err
}

// Ask executes the query on a connection of its own.
func (d *DB) Ask(ctx context.Context, query string, c where.Clause) (ids []int64, err error) {
	conn, err := d.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	run := func(statements []where.Statement) error {
		for _, s := range statements {
			if _, err := conn.ExecContext(ctx, s.SQL, s.Args...); err != nil {
				return err
			}
		}
		return nil
	}
	defer func() { err = errors.Join(err, run(c.Teardown())) }()
	if err := run(c.Setup()); err != nil {
		return nil, err
	}
	rows, err := conn.QueryContext(ctx, query, c.Args()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
