//go:build !cgo || !duckdb_arrow

package main

import "fmt"

// duckdbPeers stands in for DuckDB in a program that was built without it.
func duckdbPeers() []Peer {
	return []Peer{{Name: "DuckDB", Role: Other, Open: func(*Env, *Data, int) (Session, error) {
		return nil, fmt.Errorf("%w: build with cgo and -tags duckdb_arrow", errSkipped)
	}}}
}
