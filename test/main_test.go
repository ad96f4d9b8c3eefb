package test

import (
	"log"
	"os"
	"testing"
)

// TestMain moves to the root of the repository: every path of these tests
// starts there.
func TestMain(m *testing.M) {
	if err := os.Chdir(".."); err != nil {
		log.Fatal(err)
	}
	os.Exit(m.Run())
}
