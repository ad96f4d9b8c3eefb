//go:build !(js && wasm)

// Command playground is the library behind the page of rowsight studio, for a
// browser without a server. scripts/playground builds it for js/wasm.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "this program runs in a browser: scripts/playground builds it")
	os.Exit(1)
}
