//go:build !duckdb_arrow

package duckdb

import "context"

// insert copies nothing: the build tag duckdb_arrow is missing.
func (f *filler) insert(context.Context) (bool, error) { return false, nil }
