// Bench runs rowsight and its peers on the same data, in one interleaved run,
// and prints what each of them needs for a row.
//
//	GOWORK=off go run .                        Go peers, and Python engines if python3 is there
//	GOWORK=off go run -tags duckdb_arrow .     the same with DuckDB (cgo, Arrow results)
//	GOWORK=off go run . -small                 200,000 rows, under a minute
//	GOWORK=off go run . e2e                    files in, files out, as processes
//
// The README says what is measured and how to read it. The parts:
//
//	data_*.go     the table: seeded, generated once, cached as Arrow IPC files
//	cases.go      filters F1 to F6, and those that grow
//	answer.go     what is compared to find out that two peers show the same rows
//	peer.go       the interface of a peer; peer_*.go one peer a file
//	run.go        the interleaved run
//	compile.go, growth.go, allocs.go   the other three things worth knowing
//	e2e_*.go      files in, files out: the command beside DuckDB and Polars
//	report_*.go   Markdown
package main
