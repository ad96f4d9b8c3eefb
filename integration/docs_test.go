package integration

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls"
)

// The code of docs/databases.md.

// loadRules reads a permission dataset from a table.
func loadRules(ctx context.Context, db *sql.DB) (*rls.Rules, error) {
	rows, err := db.QueryContext(ctx, `SELECT "UserName", "tenant_id" FROM rules`)
	if err != nil {
		return nil, err
	}
	return rls.ReadSQL(rows, nil) // closes rows
}

// orders returns the ids of the visible orders, with database/sql.
func orders(ctx context.Context, db *sql.DB, p predicate.Predicate) (ids []int64, err error) {
	condition, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: column})
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT id FROM orders WHERE "+condition.SQL()+" ORDER BY id", condition.Args()...)
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

// ordersPgx does the same with pgx, for orders of at least some amount.
func ordersPgx(ctx context.Context, conn *pgx.Conn, p predicate.Predicate, amount int) ([]int64, error) {
	condition, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: column, FirstArg: 2}) // $1 is ours
	if err != nil {
		return nil, err
	}
	args := append([]any{amount}, condition.Args()...)
	rows, err := conn.Query(ctx, "SELECT id FROM orders WHERE amount >= $1 AND ("+condition.SQL()+") ORDER BY id", args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// column returns the SQL of a restricted column as text. It returns "" for
// other names, and Lower then returns an error.
func column(name string) string {
	switch name {
	case "tenant_id": // uuid
		return `CAST(orders.tenant_id AS text)`
	case "shop": // bigint
		return `CAST(orders.shop AS text)`
	}
	return ""
}

// TestDatabasesPage runs the code of docs/databases.md on PostgreSQL.
func TestDatabasesPage(t *testing.T) {
	db := postgres(t)
	for _, statement := range []string{
		`CREATE TABLE rules ("UserName" text, "tenant_id" text)`,
		`INSERT INTO rules VALUES ('Martha', '00000000-0000-0000-0000-000000000007')`,
		`CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id uuid, shop bigint, amount int, region text)`,
		`INSERT INTO orders SELECT i, lpad(to_hex(i % 1000), 32, '0')::uuid, i % 1000, i, 'R' || i % 1000 FROM generate_series(1, 20000) i`,
		`INSERT INTO orders VALUES (20001, NULL, NULL, 1, NULL)`,
		`CREATE INDEX orders_tenant ON orders ((CAST(tenant_id AS text)) COLLATE "C")`,
		`CREATE INDEX orders_shop ON orders ((CAST(shop AS text)) COLLATE "C")`,
		`CREATE INDEX orders_region ON orders (region)`,
		`ANALYZE orders`,
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	rules, err := loadRules(t.Context(), db)
	require.NoError(t, err)
	p, err := rules.For(namespace.Named("Martha"))
	require.NoError(t, err)
	ids, err := orders(t.Context(), db, p)
	require.NoError(t, err)
	require.Len(t, ids, 20)
	require.EqualValues(t, 7, ids[0])

	var dir string
	require.NoError(t, db.QueryRow(`SHOW unix_socket_directories`).Scan(&dir))
	conn, err := pgx.Connect(t.Context(), "host="+dir+" user=rowsight dbname=postgres")
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.Background())) }()
	large, err := ordersPgx(t.Context(), conn, predicate.In("shop", "7"), 10_000)
	require.NoError(t, err)
	require.Len(t, large, 10, "the same rows, without the small orders")
	require.EqualValues(t, 10_007, large[0])

	_, err = orders(t.Context(), db, predicate.In("amount", "7"))
	require.ErrorIs(t, err, where.ErrColumn, "no rule may name another column")

	for _, p := range []predicate.Predicate{p, predicate.In("shop", "7"), predicate.In("region", "R7")} {
		var columns func(string) string = column
		if p.Columns()[0] == "region" {
			columns = nil // quoted as it is
		}
		condition, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: columns})
		require.NoError(t, err)
		rows, err := db.Query("EXPLAIN SELECT id FROM orders WHERE "+condition.SQL(), condition.Args()...)
		require.NoError(t, err)
		var plan strings.Builder
		for rows.Next() {
			var line string
			require.NoError(t, rows.Scan(&line))
			fmt.Fprintln(&plan, line)
		}
		require.NoError(t, rows.Err())
		require.Contains(t, plan.String(), "Index", "the condition uses the index: %s", condition.SQL())
	}
}
