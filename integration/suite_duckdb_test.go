package integration

import (
	"database/sql"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2" // driver "duckdb"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate/where"
)

func TestDuckDB(t *testing.T) {
	db := duckdb(t)
	suite.Run(t, &suite.DB{Owner: db, DB: db, T: suite.Traits{
		Dialect: where.DuckDB,
		Types:   []string{"VARCHAR", "VARCHAR COLLATE NOCASE", "VARCHAR COLLATE NOACCENT.NOCASE"},
		Cases:   120,
		Trap:    func(column string) string { return "CAST(" + column + " AS INTEGER) >= 0" },
	}})
}

func duckdb(t *testing.T) *sql.DB {
	db, err := sql.Open("duckdb", "?threads=1") // tables are small
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
