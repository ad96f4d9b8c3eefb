package main

import (
	stdsql "database/sql"
	"testing"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

func TestVisible(t *testing.T) {
	db, err := stdsql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	drv := sql.OpenDB(dialect.SQLite, db)
	defer drv.Close()
	drv.DB().SetMaxOpenConns(1)
	_, err = drv.DB().Exec(`CREATE TABLE orders (id INTEGER, region TEXT); INSERT INTO orders VALUES (1, 'US'), (2, 'a?b'), (3, NULL), (4, 'us'), (5, '')`)
	require.NoError(t, err)
	for _, tt := range []struct {
		p    predicate.Predicate
		want []int
	}{
		{predicate.Predicate{}, nil},
		{predicate.All(), []int{1, 2, 3, 4, 5}},
		{predicate.In("region", "US", "a?b"), []int{1, 2}},
		{predicate.HasValue("region"), []int{1, 2, 4}},
	} {
		got, err := orders(t.Context(), drv, Visible(tt.p, where.SQLite, "region"))
		require.NoError(t, err)
		require.Equal(t, tt.want, got, "%s", tt.p)
	}
	_, err = orders(t.Context(), drv, Visible(predicate.In("tenant", "x"), where.SQLite, "region"))
	require.ErrorContains(t, err, "no such column")

	// Behind a condition with a placeholder, in the dialect that numbers them.
	s := sql.Dialect(dialect.Postgres).Select("id").From(sql.Table("orders")).Where(sql.EQ("id", 7))
	Visible(predicate.In("region", "a?b", "$2"), where.PostgreSQL, "region")(s)
	query, args := s.Query()
	require.NoError(t, s.Err())
	require.Equal(t, []any{7}, args)
	require.Contains(t, query, `a?b`)
	require.Contains(t, query, `$2`)
}
