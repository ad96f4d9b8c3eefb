package integration

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/chdb"
	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate/where"
)

// TestClickHouse runs everything that is tried on ClickHouse, in one process.
func TestClickHouse(t *testing.T) {
	process, err := chdb.Start(t.Context())
	if errors.Is(err, chdb.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(process.Close)
	db := process.DB()
	t.Run("hostile", func(t *testing.T) {
		suite.RunHostile(t, oneSession(t, suite.Hostile{
			Dialect: where.ClickHouse,
			Types:   []string{"Nullable(String)", "LowCardinality(Nullable(String))"},
			Naive:   func(sql string) string { return sql },
			Safe:    true, // a function that is built in cannot be made anew
			Shadows: func(o suite.Object) (all []suite.Shadow) {
				if o.Kind != suite.Function {
					return nil
				}
				for _, name := range []string{o.Name, strings.ToUpper(o.Name), strings.ToLower(o.Name)} {
					all = append(all, suite.Shadow{Object: o, Create: []string{fmt.Sprintf("CREATE FUNCTION `%s` AS (a) -> 1", name)}, Drop: []string{fmt.Sprintf("DROP FUNCTION `%s`", name)}})
				}
				return all
			},
		}, &suite.DB{Owner: db}, db))
	})
	t.Run("suite", func(t *testing.T) {
		suite.Run(t, &suite.DB{Owner: db, DB: db, T: suite.Traits{
			Dialect: where.ClickHouse,
			Types:   []string{"Nullable(String)", "LowCardinality(Nullable(String))"},
			Temp:    []string{"rowsight_values"},
			Cases:   60,
			Trap:    func(column string) string { return "throwIf(NOT match(" + column + ", '^[0-9]+$')) = 0" },
		}})
	})
}
