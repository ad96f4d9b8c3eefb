//go:build !duckdb_arrow

package flightduck

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/rowsight/rowsight/adapters/flightsql"
)

// Describe refuses every statement: the engine was built without the tag duckdb_arrow.
func (e Engine) Describe(context.Context, map[string]flightsql.Table, string, []any) (flightsql.Description, error) {
	return flightsql.Description{}, fmt.Errorf("%w: the server was built without the tag duckdb_arrow", flightsql.ErrStatement)
}

// Run refuses every statement.
func (e Engine) Run(context.Context, map[string]flightsql.Table, string, []any) (array.RecordReader, error) {
	return nil, fmt.Errorf("%w: the server was built without the tag duckdb_arrow", flightsql.ErrStatement)
}
