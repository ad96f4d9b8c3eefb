package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
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

// table describes what rules may restrict: tenant_id and the cast of shop are
// compared as text.
var table = []predicate.Column{{Name: "tenant_id", Text: true}, {Name: "shop", Text: true}, {Name: "amount", Type: "integer"}}

// loadRules reads a permission dataset from a table, and checks that it fits.
func loadRules(ctx context.Context, db *sql.DB) (*rls.Rules, error) {
	rows, err := db.QueryContext(ctx, `SELECT "UserName", "tenant_id" FROM rules`)
	if err != nil {
		return nil, err
	}
	rules, err := rls.ReadSQL(rows, nil) // closes rows
	if err != nil {
		return nil, err
	}
	return rules, rules.Check(table)
}

// addRule lets a user see the rows of some tenants. A list without a tenant is
// refused: its cell would be empty, and an empty cell admits every row.
func addRule(ctx context.Context, db *sql.DB, user string, tenants ...string) error {
	if user == "" || len(tenants) == 0 || slices.Contains(tenants, "") {
		return errors.New("want a user and tenants")
	}
	for _, cell := range rls.Cells(slices.Values(tenants), rls.MaxRunes) {
		if _, err := db.ExecContext(ctx, `INSERT INTO rules VALUES ($1, $2)`, user, cell); err != nil {
			return err
		}
	}
	return nil
}

// orders returns the ids of the visible orders, with database/sql.
func orders(ctx context.Context, db *sql.DB, p predicate.Predicate) (ids []int64, err error) {
	condition, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: column, Kind: kind})
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
	condition, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: column, Kind: kind, FirstArg: 2}) // $1 is ours
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

// column returns the SQL of a restricted column. It returns "" for other names,
// and Lower then returns an error.
func column(name string) string {
	switch name {
	case "tenant_id": // uuid, see kind
		return `orders.tenant_id`
	case "shop": // bigint
		return `CAST(orders.shop AS text)`
	}
	return ""
}

// kind says that tenant_id is a uuid, which PostgreSQL compares without a cast.
func kind(name string) where.Kind {
	if name == "tenant_id" {
		return where.UUID
	}
	return where.Text
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
		`CREATE INDEX orders_tenant ON orders (tenant_id)`,
		`CREATE INDEX orders_shop ON orders ((CAST(shop AS text)))`,
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
		columns := column
		if p.Columns()[0] == "region" {
			columns = where.Known(where.PostgreSQL, "orders", "region")
		}
		condition, err := where.Lower(p, where.PostgreSQL, &where.Options{Column: columns, Kind: kind})
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

	require.NoError(t, addRule(t.Context(), db, "Bo", "a,b", "c"))
	for _, tenants := range [][]string{nil, {""}, {"a", ""}} {
		require.Error(t, addRule(t.Context(), db, "Bo", tenants...), "a rule without a tenant would admit every row")
	}
	rules, err = loadRules(t.Context(), db)
	require.NoError(t, err)
	p, err = rules.For(namespace.Named("Bo"))
	require.NoError(t, err)
	require.Equal(t, `tenant_id in ("a,b", "c")`, p.Rows().String())
}

// TestDatabasesPageSQLite: what the page says about an index of a cast.
func TestDatabasesPageSQLite(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "orders.db"))
	require.NoError(t, err)
	defer db.Close()
	for _, statement := range []string{
		`CREATE TABLE orders (id INTEGER PRIMARY KEY, shop INTEGER)`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO orders SELECT i, i % 100 FROM n`,
		`CREATE INDEX orders_shop ON orders (CAST(shop AS TEXT))`,
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err, statement)
	}
	asText := func(name string) string {
		if name == "shop" {
			return `CAST(orders.shop AS TEXT)`
		}
		return ""
	}
	condition, err := where.Lower(predicate.In("shop", "7"), where.SQLite, &where.Options{Column: asText})
	require.NoError(t, err)
	var n int
	require.NoError(t, db.QueryRow("SELECT count(*) FROM orders WHERE "+condition.SQL(), condition.Args()...).Scan(&n))
	require.Equal(t, 20, n)
	var id, parent, unused int
	var plan string
	require.NoError(t, db.QueryRow("EXPLAIN QUERY PLAN SELECT id FROM orders WHERE "+condition.SQL(), condition.Args()...).Scan(&id, &parent, &unused, &plan))
	require.Contains(t, plan, "INDEX orders_shop")
}
