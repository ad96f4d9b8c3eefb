// Package integration tests rowsight on real engines: what a fake would not do
// wrong, a database does. An engine that is not there is skipped, and the test
// says what is missing.
//
// Package suite says what every engine is asked: conditions of package where on
// hostile rows, compared row by row with what a predicate means, and again
// without the condition, when they must fail. A new engine implements
// suite.Engine in a file of its own.
//
// PostgreSQL and MariaDB are started on a socket in a temporary folder, as
// another user if the tests run as root, and asked as a role that is bound by
// what it is granted; SQLite and DuckDB run in the process.
// ClickHouse runs as a library, chDB, in a process of Python.
//
// The tests TestHostile… read from the SQL that is sent what it names, have a user
// define that anew, and compare the rows; the control is the same SQL without
// schemas, which is fooled.
//
// The module stands outside the workspace, so that nobody needs its drivers who
// does not run it:
//
//	cd integration && GOWORK=off go test ./...
//
// ROWSIGHT_SEED chooses other random predicates.
package integration
