//go:build !duckdb_arrow

package main

import "github.com/rowsight/rowsight/adapters/flightsql"

// flightEngine is pure Go. The build tag duckdb_arrow makes it DuckDB.
func flightEngine() flightsql.Engine { return flightsql.Plain{} }
