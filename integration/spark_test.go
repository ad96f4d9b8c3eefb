package integration

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/spark"
	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate/where"
)

// TestSpark runs everything that is tried on Spark, on a local cluster of two
// workers.
func TestSpark(t *testing.T) {
	if testing.Short() {
		t.Skip("Spark takes longer to start than short tests take")
	}
	// Each predicate is asked once, so to compile it takes longer than to run it.
	session, err := spark.Start(t.Context(), &spark.Options{Config: map[string]string{
		"spark.sql.codegen.wholeStage":  "false",
		"spark.sql.codegen.factoryMode": "NO_CODEGEN",
	}})
	if errors.Is(err, spark.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, session.Close()) })
	db := session.DB()
	t.Run("hostile", func(t *testing.T) { hostileSpark(t, db) })
	suite.RunBatches(t, &suite.Batches{FilterOnly: true, DB: suite.DB{Owner: db, DB: db, T: suite.Traits{
		Dialect: where.Spark,
		Types:   []string{"STRING", "STRING COLLATE UTF8_LCASE"},
		Cases:   15,
		Trap:    func(column string) string { return "CAST(" + column + " AS INTEGER) >= 0" },
	}}}, 40)
}
