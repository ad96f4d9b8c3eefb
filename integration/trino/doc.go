// Package trino runs a Trino cluster on the loopback interface of this machine,
// so that tests can ask an engine that is really distributed: a coordinator
// that only plans, and workers that hold and read the rows.
//
//	cluster, err := trino.Start(ctx, nil)
//	db, err := cluster.Open("alice")
//
// The server and its connectors "memory" and "tpch" come from Maven Central,
// about 225 MB once, and stay in the user's cache folder. What is needed is
// Maven and a Java of the right version; without them the error wraps
// [ErrMissing], and tests skip.
package trino
