//go:build !wasm

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// ending are the signals that end a command.
var ending = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// keepWriting lets a write to a pipe that nobody reads be an error. Without it, the
// write kills the process before it can tidy up.
func keepWriting() { signal.Ignore(syscall.SIGPIPE) }
