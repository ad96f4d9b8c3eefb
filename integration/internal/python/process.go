// Package python runs engines that come as packages of Python, behind
// database/sql: a small program reads statements as lines of JSON and writes rows
// as lines of JSON.
//
//	In:  {"id": 1, "sql": "SELECT ?", "args": ["US"]}
//	Out: {"id": 1, "columns": ["a"], "rows": [["US"]]} or {"id": 1, "error": "why not"}
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

// A Process is such a program. It is safe for concurrent use and runs as many
// statements at a time as the program does.
type Process struct {
	name   string
	cmd    *exec.Cmd
	log    bytes.Buffer // what it prints; read it after the end
	db     *sql.DB
	inline func(query string, args []any) (string, error)

	mu      sync.Mutex
	in      io.WriteCloser
	last    int // the id of the last statement
	waiting map[int]chan<- answer
	ended   error
	out     *bufio.Reader // of receive
}

// Start starts a program that answers by the name of its engine, and waits until
// it is ready. inline writes arguments into a statement for an engine that takes
// none; nil sends them.
func Start(name string, cmd *exec.Cmd, inline func(query string, args []any) (string, error)) (*Process, error) {
	p := &Process{name: name, cmd: cmd, inline: inline, waiting: make(map[int]chan<- answer)}
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
	go p.receive()
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
	ID      int      `json:"id"` // of the statement; a program that answers in order may leave it out
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
	answer, err := p.send(ctx, query, args)
	if err != nil {
		return nil, err
	}
	a := <-answer
	return a.reply, a.err
}

type answer struct {
	*reply
	err error
}

// send writes a statement, and returns where its answer will be.
func (p *Process) send(ctx context.Context, query string, args []any) (<-chan answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.ended != nil {
		return nil, p.ended
	}
	p.last++
	line, err := json.Marshal(struct {
		ID   int    `json:"id"`
		SQL  string `json:"sql"`
		Args []any  `json:"args,omitempty"`
	}{p.last, query, args})
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("%s has ended: %w", p.name, err)
	}
	to := make(chan answer, 1)
	p.waiting[p.last] = to
	return to, nil
}

// receive hands answers to those who wait for them, until the program ends.
func (p *Process) receive() {
	for {
		r, err := p.read()
		p.mu.Lock()
		if r == nil {
			p.ended = err
			for id, to := range p.waiting {
				to <- answer{err: err}
				delete(p.waiting, id)
			}
			p.mu.Unlock()
			return
		}
		id := r.ID
		if id == 0 { // the oldest: the program answers in order
			for waiting := range p.waiting {
				if id == 0 || waiting < id {
					id = waiting
				}
			}
		}
		if to := p.waiting[id]; to != nil {
			to <- answer{r, err}
			delete(p.waiting, id)
		}
		p.mu.Unlock()
	}
}

// read reads an answer. It is nil at the end of the program, and with an error that
// the program answered otherwise.
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
		return &r, errors.New(p.name + ": " + r.Error)
	}
	return &r, nil
}
