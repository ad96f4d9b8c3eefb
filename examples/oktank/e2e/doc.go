// Package e2e reads the OkTank example as its users do: in headless Chromium.
// It is a module of its own, so that the example needs no browser driver.
//
//	cd examples/oktank/e2e && GOWORK=off go test ./...
//	cd examples/oktank/e2e && GOWORK=off go test -run TestScreenshots -screenshots ../../../docs/images
//
// Without Chromium the tests are skipped and say so.
package e2e
