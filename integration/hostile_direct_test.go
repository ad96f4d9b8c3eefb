package integration

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/spice/direct"
)

// TestHostileDirect puts a temporary table or view in front of a table that is
// read: an error, and not its rows.
func TestHostileDirect(t *testing.T) {
	shadows := map[where.Dialect][]string{
		where.PostgreSQL: {"CREATE TEMP TABLE sales AS SELECT * FROM public.sales", "CREATE TEMP VIEW sales AS SELECT * FROM public.sales"},
		where.MariaDB:    {"CREATE TEMPORARY TABLE sales SELECT * FROM sales"},
		where.SQLite:     {"CREATE TEMP TABLE Sales (id bigint, region text)", "CREATE TEMP VIEW sales AS SELECT * FROM main.sales"},
		where.DuckDB:     {"CREATE TEMP TABLE SALES AS SELECT * FROM memory.main.sales", "CREATE TEMP VIEW sales AS SELECT * FROM memory.main.sales"},
	}
	for name, s := range tableEngines {
		t.Run(name, func(t *testing.T) {
			owner, _ := s.open(t)
			s.fill(t, owner, false)
			owner.SetMaxOpenConns(1) // temporary objects are of one connection
			table := &direct.Table{DB: owner, Dialect: s.dialect, Table: "sales"}
			read := func() error {
				r, err := table.Records(t.Context(), predicate.In("region", "US"), nil)
				if err != nil {
					return err
				}
				defer r.Release()
				for r.Next() {
				}
				return r.Err()
			}
			require.NoError(t, read())
			require.NotEmpty(t, shadows[s.dialect])
			for _, statement := range shadows[s.dialect] {
				_, err := owner.Exec(statement)
				require.NoError(t, err)
				require.ErrorIs(t, read(), direct.ErrShadowed, statement)
				drop := "DROP TABLE sales"
				if s.dialect != where.MariaDB && statement[12:16] == "VIEW" {
					drop = "DROP VIEW sales"
				}
				_, err = owner.Exec(drop)
				require.NoError(t, err)
				require.NoError(t, read())
			}
		})
	}
}

// TestTenantTypes reads by columns that are no text of any collation: uuid is
// compared as the text that the engine shows, a column called true works, and the
// catalog says which comparisons are exact.
func TestTenantTypes(t *testing.T) {
	const a, b = "0b0e8400-e29b-41d4-a716-446655440000", "0b0e8400-e29b-41d4-a716-446655440001"
	db := postgres(t)
	_, err := db.Exec(`CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
		CREATE TABLE sales (id bigint, tenant uuid, "true" text, free varchar COLLATE loose);
		INSERT INTO sales VALUES (1, '` + a + `', 'x', 'a'), (2, '` + b + `', 'y', 'A'), (3, NULL, NULL, NULL)`)
	require.NoError(t, err)
	lite := sqlite(t)
	_, err = lite.Exec("CREATE TABLE sales (id bigint, `true` text); INSERT INTO sales VALUES (1, 'x'), (2, 'y')")
	require.NoError(t, err)
	rows := func(table *direct.Table, p predicate.Predicate) (ids []int64) {
		r, err := table.Records(t.Context(), p, []string{"id", p.Columns()[0]})
		require.NoError(t, err)
		defer r.Release()
		for r.Next() {
			ids = append(ids, r.Record().Column(0).(*array.Int64).Int64Values()...)
		}
		require.NoError(t, r.Err())
		return ids
	}
	table := &direct.Table{DB: db, Dialect: where.PostgreSQL, Table: "public.sales"}
	require.Equal(t, []int64{1}, rows(table, predicate.In("tenant", a)))
	require.Equal(t, []int64{1, 2}, rows(table, predicate.In("tenant", a, b, "no uuid")))
	require.Empty(t, rows(table, predicate.In("tenant", "0B0E8400-E29B-41D4-A716-446655440000", "'")))
	require.Equal(t, []int64{1, 2}, rows(table, predicate.HasValue("tenant")))
	require.Equal(t, []int64{1}, rows(table, predicate.In("true", "x")))
	require.Equal(t, []int64{2}, rows(&direct.Table{DB: lite, Dialect: where.SQLite, Table: "sales"}, predicate.In("true", "y")))

	kinds, err := table.CatalogKinds(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]where.Kind{"true": where.ExactText}, kinds)
	table.Kinds = kinds
	require.Equal(t, []int64{1}, rows(table, predicate.In("true", "x")))
	require.Equal(t, []int64{2}, rows(table, predicate.In("free", "A")))
}
