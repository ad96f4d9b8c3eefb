package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// Engines for which Python wheels are the way to get them: one process for each
// number of threads, which lives as long as the layout does, with all engines
// in it. It maps the same file that this process has read.

//go:embed python/peer.py
var pythonPeer []byte

//go:embed python/requirements.txt
var pythonRequirements []byte

func pythonPeers() []Peer {
	procs := make(map[int]*python) // by number of threads
	var setup error                // why there is no Python; found out once
	peer := func(name, engine string) Peer {
		return Peer{Name: name, Role: Other, Slow: true, Open: func(env *Env, d *Data, threads int) (Session, error) {
			if setup != nil {
				return nil, setup
			}
			p := procs[threads]
			if p == nil {
				var err error
				if p, err = startPython(env, d, threads); err != nil {
					if errors.Is(err, errSkipped) {
						setup = err
					}
					return nil, err
				}
				procs[threads] = p
			}
			p.users++
			return &pythonSession{python: p, engine: engine, close: func() {
				if p.users--; p.users == 0 {
					delete(procs, threads)
					p.stop()
				}
			}}, nil
		}}
	}
	return []Peer{
		peer("Polars is_in", "polars"),
		peer("Polars semi-join", "polars-join"),
		peer("pyarrow is_in", "pyarrow"),
		peer("DataFusion IN lists", "datafusion"),
	}
}

// python is a running process.
type python struct {
	users    int
	cmd      *exec.Cmd
	in       *json.Encoder
	out      *json.Decoder
	stdin    interface{ Close() error }
	versions map[string]string
	defined  *Case // the case the process knows last
	broken   error
}

// startPython makes the virtual environment if it is not there, and starts a
// process in it.
func startPython(env *Env, d *Data, threads int) (*python, error) {
	exe, err := venv(env)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errSkipped, err)
	}
	script := filepath.Join(env.Cache, "peer.py")
	if err := os.WriteFile(script, pythonPeer, 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command(exe, "-u", script)
	n := strconv.Itoa(threads)
	cmd.Env = append(os.Environ(), "POLARS_MAX_THREADS="+n, "OMP_NUM_THREADS="+n, "TOKIO_WORKER_THREADS="+n)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &python{cmd: cmd, in: json.NewEncoder(stdin), out: json.NewDecoder(bufio.NewReader(stdout)), stdin: stdin}
	_, sample := d.Part(Sample)
	_, oneBatch := d.Part(OneBatch)
	reply, err := p.ask(map[string]any{"do": "open", "path": d.Path, "threads": threads, "sample": sample, "one_batch": oneBatch})
	if err != nil {
		p.stop()
		return nil, err
	}
	p.versions = reply.Versions
	return p, nil
}

// venv returns the interpreter of an environment with the engines.
func venv(env *Env) (exe string, err error) {
	system, err := exec.LookPath("python3")
	if err != nil {
		return "", errors.New("there is no python3")
	}
	dir := filepath.Join(env.Cache, "venv")
	exe = filepath.Join(dir, "bin", "python")
	if runtime.GOOS == "windows" {
		exe = filepath.Join(dir, "Scripts", "python.exe")
	}
	installed := filepath.Join(dir, "requirements.txt")
	if have, err := os.ReadFile(installed); err == nil && bytes.Equal(have, pythonRequirements) {
		return exe, nil
	}
	env.Log("make a Python environment")
	if out, err := exec.Command(system, "-m", "venv", "--clear", dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("no virtual environment: %v: %s", err, lastLine(out))
	}
	wanted := filepath.Join(env.Cache, "requirements.txt")
	if err := os.WriteFile(wanted, pythonRequirements, 0o644); err != nil {
		return "", err
	}
	if out, err := exec.Command(exe, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "-r", wanted).CombinedOutput(); err != nil {
		return "", fmt.Errorf("pip: %v: %s", err, lastLine(out))
	}
	return exe, os.WriteFile(installed, pythonRequirements, 0o644)
}

func lastLine(out []byte) []byte {
	out = bytes.TrimSpace(out)
	return out[bytes.LastIndexByte(out, '\n')+1:]
}

// pythonReply is a line of the process.
type pythonReply struct {
	NS          int64             `json:"ns"`
	Answer      Answer            `json:"answer"`
	Versions    map[string]string `json:"versions"`
	Unsupported bool              `json:"unsupported"`
	Error       string            `json:"error"`
}

func (p *python) ask(message map[string]any) (pythonReply, error) {
	if p.broken != nil {
		return pythonReply{}, p.broken
	}
	var reply pythonReply
	if err := p.in.Encode(message); err != nil {
		p.broken = fmt.Errorf("the Python process is gone: %w", err)
		return reply, p.broken
	}
	if err := p.out.Decode(&reply); err != nil {
		p.broken = fmt.Errorf("the Python process is gone: %w", err)
		return reply, p.broken
	}
	if reply.Error != "" {
		return reply, errors.New(reply.Error)
	}
	return reply, nil
}

func (p *python) stop() {
	_ = p.stdin.Close() // ends its loop
	_ = p.cmd.Wait()
}

type pythonSession struct {
	*python
	engine string
	close  func()
}

func (s *pythonSession) Version() string { return s.versions[s.engine] }
func (s *pythonSession) Close()          { s.close() }

func (s *pythonSession) Prepare(c *Case) (Query, time.Duration, error) {
	if s.defined != c {
		if _, err := s.ask(map[string]any{"do": "define", "case": c.Name, "columns": c.Columns(), "rules": c.Rules}); err != nil {
			return nil, 0, err
		}
		s.defined = c
	}
	reply, err := s.ask(map[string]any{"do": "prepare", "engine": s.engine, "case": c.Name})
	if err == nil && reply.Unsupported {
		err = errNoKind
	}
	return &pythonQuery{s, c}, time.Duration(reply.NS), err
}

type pythonQuery struct {
	*pythonSession
	c *Case
}

func (q *pythonQuery) Close() {}

func (q *pythonQuery) Run(k Kind, p Part, check *Answer) (time.Duration, error) {
	reply, err := q.ask(map[string]any{
		"do": "run", "engine": q.engine, "case": q.c.Name, "kind": k, "part": p, "check": check != nil,
	})
	if check != nil {
		*check = reply.Answer
	}
	return time.Duration(reply.NS), err
}
