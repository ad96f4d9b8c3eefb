package direct_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice/direct"
)

// TestInexact: an error by which a database says that it would answer wrongly is
// [query.ErrDialect], so that the answer is computed from rows. Other errors are not.
func TestInexact(t *testing.T) {
	for _, tt := range []struct {
		dialect  where.Dialect
		text     string
		computed bool
		reason   string
	}{
		{where.MariaDB, "BIGINT UNSIGNED value is out of range in '(18446744073709551615 + octet_length(x))'", true, "a text that is sorted by a part of it"},
		{where.MariaDB, "the server has gone away", false, "no word of values"},
		{where.Spark, "[USER_RAISED_EXCEPTION] rowsight: a sum with more than 38 digits", true, "a sum that would be NULL"},
		{where.Trino, "rowsight: a time that is no whole number of microseconds", true, "a time that would be rounded"},
		{where.DuckDB, "value is out of range in", false, "DuckDB has no such error"},
	} {
		e := &engine{names: []string{"Region"}, types: []string{"TEXT"}, fail: map[string]error{"WITH rowsight_rows": errors.New(tt.text)}}
		source := &direct.Table{DB: e.db(t), Dialect: tt.dialect, Table: "main.sales"}
		schema, err := source.Schema(t.Context())
		require.NoError(t, err)
		plan, err := query.Query{Dimensions: []query.Dimension{{Column: "Region"}}}.Check(eval.Columns(schema))
		require.NoError(t, err)
		_, err = source.Answer(t.Context(), predicate.All(), plan, nil)
		require.ErrorContains(t, err, tt.text)
		require.Equal(t, tt.computed, errors.Is(err, query.ErrDialect), tt.reason)
	}
}
