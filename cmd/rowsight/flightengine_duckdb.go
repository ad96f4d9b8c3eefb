//go:build duckdb_arrow

package main

import (
	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/flightduck"
)

// flightEngine runs free SQL. It needs cgo.
func flightEngine() flightsql.Engine { return flightduck.Engine{} }
