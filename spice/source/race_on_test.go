//go:build race

package source_test

// race says that the race detector watches, which makes reading much slower.
const race = true
