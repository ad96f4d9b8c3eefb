package flightduck

import (
	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/adapters/flightsql"
)

// Engine is a [flightsql.Engine] that runs one SELECT in DuckDB. The zero Engine has
// the default limits. It is safe for concurrent use.
type Engine struct {
	// Options limit a statement. MaxRows does not apply: the limits of the server do.
	// Without a Timeout, that of the server applies alone.
	Options duckdb.Options
}

var _ flightsql.Engine = Engine{}
