package main

import "os"

// ending are the signals that end a command. WebAssembly has none, and asking whether one
// is ignored is a panic there.
var ending []os.Signal

// keepWriting has nothing to do.
func keepWriting() {}
