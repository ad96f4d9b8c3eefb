// Package integration tests rowsight on real engines: what a fake would not do
// wrong, a database does. An engine that is not there is skipped, and the test
// says what is missing.
//
// The module stands outside the workspace, so that nobody needs its drivers who
// does not run it:
//
//	cd integration && GOWORK=off go test ./...
package integration
