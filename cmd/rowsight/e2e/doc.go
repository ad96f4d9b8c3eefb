// Package e2e uses rowsight studio as people do: the built command, in headless
// Chromium. It is a module of its own, so that the command needs no browser
// driver.
//
//	cd cmd/rowsight/e2e && GOWORK=off go test ./...
//	cd cmd/rowsight/e2e && GOWORK=off go test -run TestScreenshots -screenshots ../../../docs/images
//
// Without Chromium the tests are skipped and say so, and without npm the test of
// accessibility.
package e2e
