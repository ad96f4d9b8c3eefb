//go:build !race

package source_test

const race = false
