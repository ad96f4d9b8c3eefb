// Package spark runs Spark on this machine for tests: a local cluster, which is
// a master and workers in processes of their own, behind database/sql.
//
//	session, err := spark.Start(ctx, nil)
//	rows, err := session.DB().Query("SELECT ?", "US")
//
// Spark has no client in Go that can be had everywhere, so a small program in
// Python reads statements as lines of JSON and writes rows as lines of JSON. It
// comes with Spark from PyPI, about 430 MB once, in a virtual environment in the
// user's cache folder. What is needed is Python and a Java of the right version;
// without them the error wraps [ErrMissing], and tests skip.
package spark
