package flightduck

import (
	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/adapters/flightsql"
)

// Engine is a [flightsql.Engine] that runs one SELECT in DuckDB. The zero Engine has
// the default limits. It is safe for concurrent use.
type Engine struct {
	// Options limit a statement. MaxRows does not apply: the limits of the server do.
	Options duckdb.Options
}

var _ flightsql.Engine = Engine{}

// tables are the tables of a session, as package duckdb gets them.
func tables(all map[string]flightsql.Table) map[string]duckdb.Table {
	out := make(map[string]duckdb.Table, len(all))
	for name, t := range all {
		out[name] = t
	}
	return out
}

// values are parameters as the driver binds them.
func values(args []any) []any {
	if args == nil {
		return nil
	}
	out := make([]any, len(args))
	for i, a := range args {
		if n, ok := a.(flightsql.Number); ok {
			a = string(n)
		}
		out[i] = a
	}
	return out
}
