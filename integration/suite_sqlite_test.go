package integration

import (
	"testing"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate/where"
)

func TestSQLite(t *testing.T) {
	db := sqlite(t)
	suite.Run(t, &suite.DB{Owner: db, DB: db, T: suite.Traits{
		Dialect: where.SQLite,
		Types:   []string{"TEXT", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM", ""},
		Trap:    func(column string) string { return "json(" + column + ") IS NOT NULL" },
	}})
}
