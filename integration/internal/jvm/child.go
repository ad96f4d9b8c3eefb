package jvm

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
)

// A Child is a program that runs until [Child.Stop], or until this process
// ends, however it ends.
type Child struct {
	name string
	log  string
	cmd  *exec.Cmd
	life io.Closer
	done chan struct{}
	err  error // of the program; read it after done
	once sync.Once
}

// watch runs a program, and kills it and all it started when the standard input
// ends, which it does when the process at its other end is gone. A program that
// ends by itself ends the script too.
const watch = `( "$@"; kill -TERM $$ ) & read -r _; kill -KILL 0`

// Run starts a program in a folder. What it prints goes to the file "log" there.
func Run(name, dir string, env []string, command string, args ...string) (*Child, error) {
	if _, err := exec.LookPath("sh"); err != nil {
		return nil, fmt.Errorf("sh is %w", ErrMissing)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the program has a handle of its own
	c := &Child{name: name, log: log.Name(), done: make(chan struct{})}
	c.cmd = exec.Command("sh", append([]string{"-c", watch, "sh", command}, args...)...)
	c.cmd.Dir, c.cmd.Env = dir, env
	c.cmd.Stdout, c.cmd.Stderr = log, log
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.life, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// Done is closed when the program has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Stop kills the program and waits for its end. It may be called twice.
func (c *Child) Stop() {
	c.once.Do(func() { c.life.Close() })
	<-c.done
}

// Failure is an error with the last lines that the program printed.
func (c *Child) Failure(what string) error {
	text, err := os.ReadFile(c.log)
	if err != nil {
		return fmt.Errorf("%s %s; its log: %w", c.name, what, err)
	}
	const last = 2000
	if len(text) > last {
		text = text[len(text)-last:]
	}
	return fmt.Errorf("%s %s; it printed last:\n%s", c.name, what, bytes.TrimSpace(text))
}
