// Package flightduck is an engine for package flightsql that runs free SQL in DuckDB.
//
//	server, err := flightsql.NewServer(store, flightduck.Engine{}, opts)
//
// Each statement runs in a database of its own, which holds the visible rows of the
// datasets that the statement names and can reach nothing else. Package duckdb has
// the details. DuckDB is linked through cgo, so this package is a module of its own.
// Build it with the tag duckdb_arrow: without the tag the engine refuses everything.
//
// The command rowsight-flight serves the folder of rowsight serve with this engine.
package flightduck
