// Package python runs engines that come as packages of Python, behind
// database/sql: a small program reads statements as lines of JSON and writes rows
// as lines of JSON.
//
//	In:  {"sql": "SELECT ?", "args": ["US"]}
//	Out: {"columns": ["a"], "rows": [["US"]]} or {"error": "why not"}
//
// Its first line says that it is ready. It ends at the end of its input.
package python

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// A Process is such a program. It is safe for concurrent use and runs one
// statement at a time.
type Process struct {
	name   string
	cmd    *exec.Cmd
	log    bytes.Buffer // what it prints; read it after the end
	db     *sql.DB
	inline func(query string, args []any) (string, error)

	mu  sync.Mutex
	in  io.WriteCloser
	out *bufio.Reader
}

// Start starts a program that answers by the name of its engine, and waits until
// it is ready. inline writes arguments into a statement for an engine that takes
// none; nil sends them.
func Start(name string, cmd *exec.Cmd, inline func(query string, args []any) (string, error)) (*Process, error) {
	p := &Process{name: name, cmd: cmd, inline: inline}
	cmd.Stderr = &p.log
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out = in, bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p.db = sql.OpenDB(connector{p})
	if _, err := p.read(); err != nil {
		p.Close()
		text := p.log.Bytes()
		return nil, fmt.Errorf("%w; %s printed last:\n%s", err, name, bytes.TrimSpace(text[max(0, len(text)-2000):]))
	}
	return p, nil
}

// DB returns the database. All its connections are one session.
func (p *Process) DB() *sql.DB { return p.db }

// Close ends the program.
func (p *Process) Close() {
	p.db.Close()
	p.in.Close()
	p.cmd.Wait() // ended is ended, however
}

type reply struct {
	Columns []string `json:"columns"`
	Types   []string `json:"types"` // may be left out
	Rows    [][]any  `json:"rows"`
	Error   string   `json:"error"`
}

// run executes a statement. The program cannot be told to stop one, so a context
// only keeps a statement from starting.
func (p *Process) run(ctx context.Context, query string, args []any) (*reply, error) {
	if p.inline != nil {
		var err error
		if query, err = p.inline(query, args); err != nil {
			return nil, err
		}
		args = nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	line, err := json.Marshal(struct {
		SQL  string `json:"sql"`
		Args []any  `json:"args,omitempty"`
	}{query, args})
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("%s has ended: %w", p.name, err)
	}
	return p.read()
}

func (p *Process) read() (*reply, error) {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("%s has ended: %w", p.name, err)
	}
	var r reply
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("what %s answered: %w", p.name, err)
	}
	if r.Error != "" {
		return nil, errors.New(p.name + ": " + r.Error)
	}
	return &r, nil
}
