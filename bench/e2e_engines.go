package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rowsight/rowsight/predicate/batch"
)

//go:embed python/files.py
var pythonFiles []byte

// An engine is one way to do the work, as a process.
type engine struct {
	name   string
	python string // the engine of files.py; "" is rowsight
}

// offers reports whether an engine has a way to do this.
func (e engine) offers(flow Flow, c *Case) bool {
	switch {
	case flow == SpiceToCount:
		return e.python == ""
	case e.python == "polars-join":
		return len(c.Rules) == 1 && len(c.Columns()) == 1 && c.Name != "F1"
	case e.python == "duckdb-join":
		return len(c.Rules) > 3 || len(c.Rules[0][c.Columns()[0]]) > 100
	}
	return true
}

// prepared is what a run needs: programs, data, rules.
type prepared struct {
	cfg     *e2eConfig
	self    string // this program
	command func(name string, args ...string) *exec.Cmd
	cli     string // rowsight
	python  string // an interpreter with the engines; "" if there is none
	script  string
	engines []engine
	notes   []string // what did not take part, and why
}

// prepareE2E builds the programs and makes data and rules, unless they are there.
func prepareE2E(cfg *e2eConfig) (*prepared, error) {
	p := &prepared{cfg: cfg, command: func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
		n := strconv.Itoa(cfg.threads)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+n, "POLARS_MAX_THREADS="+n, "ROWSIGHT_CPU="+batch.Form())
		return cmd
	}}
	dir := cfg.env.Cache
	suffix := ""
	if os.PathSeparator == '\\' {
		suffix = ".exe"
	}
	p.cli = filepath.Join(dir, "rowsight"+suffix)
	var err error
	if p.self, err = os.Executable(); err != nil {
		return nil, err
	}
	cfg.env.Log("build rowsight")
	cmd := exec.Command("go", "build", "-o", p.cli, ".")
	cmd.Dir, cmd.Env = filepath.Join("..", "cmd", "rowsight"), append(os.Environ(), "GOWORK=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build rowsight: %w: %s", err, out)
	}
	if _, err := p.child("data", dir, strconv.Itoa(cfg.rows)); err != nil {
		return nil, fmt.Errorf("make data: %w", err)
	}
	for _, c := range cfg.cases {
		if err := writeRules(p.rules(c), c); err != nil {
			return nil, err
		}
	}
	p.addEngine("rowsight", "")
	p.addEngine("DuckDB, IN lists", "duckdb-in")
	p.addEngine("DuckDB, semi-join", "duckdb-join")
	p.addEngine("Polars is_in", "polars-in")
	p.addEngine("Polars semi-join", "polars-join")
	inPython := func(e engine) bool { return e.python != "" }
	if !slices.ContainsFunc(p.engines, inPython) {
		return p, nil
	}
	if p.python, err = pythonWith(cfg.env); err != nil {
		p.notes = append(p.notes, err.Error())
		p.engines = slices.DeleteFunc(p.engines, inPython)
		return p, nil
	}
	p.script = filepath.Join(dir, "files.py")
	if err := os.WriteFile(p.script, pythonFiles, 0o644); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *prepared) addEngine(name, python string) {
	for _, part := range p.cfg.peers {
		if strings.Contains(strings.ToLower(name), strings.ToLower(part)) {
			p.engines = append(p.engines, engine{name, python})
			return
		}
	}
	if len(p.cfg.peers) == 0 {
		p.engines = append(p.engines, engine{name, python})
	}
}

// pythonWith returns an interpreter that has DuckDB and Polars: that of the
// system, or one in the cache folder of the other benchmark with them added.
func pythonWith(env *Env) (string, error) {
	if exe, ok := pythonOfSystem(); ok {
		return exe, nil
	}
	exe, err := venv(env)
	if err == nil && !hasEngines(exe) {
		var out []byte
		if out, err = exec.Command(exe, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "duckdb").CombinedOutput(); err != nil {
			err = fmt.Errorf("pip: %w: %s", err, lastLine(out))
		}
	}
	if err != nil {
		return "", fmt.Errorf("DuckDB and Polars: %w", err)
	}
	return exe, nil
}

// pythonOfSystem returns the interpreter that is installed, and whether it has the
// engines.
func pythonOfSystem() (exe string, ok bool) {
	exe, err := exec.LookPath("python3")
	return exe, err == nil && hasEngines(exe)
}

func hasEngines(exe string) bool {
	return exec.Command(exe, "-c", "import duckdb, polars").Run() == nil
}

func (p *prepared) file(extension string) string {
	return filepath.Join(p.cfg.env.Cache, fmt.Sprintf("sales-%s-%d-%d%s", Plain, p.cfg.rows, seed, extension))
}

func (p *prepared) arrow() string { return p.file(".arrow") }
func (p *prepared) rules(c *Case) string {
	return filepath.Join(p.cfg.env.Cache, "rules-"+c.Name+".csv")
}

// writeRules writes a case as a permission dataset of CSV.
func writeRules(path string, c *Case) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	columns := c.Columns()
	_ = w.Write(append([]string{"UserName"}, columns...)) // to memory
	for _, rule := range c.Rules {
		row := []string{viewer}
		for _, name := range columns {
			row = append(row, strings.Join(rule[name], ","))
		}
		_ = w.Write(row)
	}
	w.Flush()
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// once runs an engine once and measures the process.
func (p *prepared) once(e engine, m *measurement, c *Case, out string) (count int64, err error) {
	in := p.file(".parquet")
	if m.Flow == CSVToCSV {
		in = p.file(".csv")
	}
	args := []string{p.cli, "filter", "--rules", p.rules(c), "--max-characters", "-1", "--user", viewer, "--quiet", "-o", out, in}
	switch {
	case e.python != "":
		job := filepath.Join(p.cfg.env.Cache, "job.json")
		text, err := json.Marshal(map[string]any{"engine": e.python, "flow": m.Flow, "in": in, "out": out, "threads": p.cfg.threads, "rules": c.Rules})
		if err == nil {
			err = os.WriteFile(job, text, 0o644)
		}
		if err != nil {
			return 0, err
		}
		args = []string{p.python, p.script, job}
	case m.Flow == ParquetToCount || m.Flow == SpiceToCount:
		if m.Flow == SpiceToCount {
			in = p.file(".spice")
		}
		args = []string{p.self, "e2e-child", string(m.Flow), in, p.rules(c), c.Name}
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.cfg.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = p.command(args[0]).Env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err = cmd.Run()
	m.Wall = time.Since(start)
	if ctx.Err() != nil {
		return 0, fmt.Errorf("%w of %v", errTooSlow, p.cfg.timeout)
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, lastLine(stderr.Bytes()))
	}
	m.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	m.Peak = peakOf(cmd.ProcessState)
	m.Work = m.Wall
	if stdout.Len() > 0 {
		var reply struct {
			Version string `json:"version"`
			NS      int64  `json:"work_ns"`
			Count   int64  `json:"count"`
		}
		if err := json.Unmarshal(stdout.Bytes(), &reply); err != nil {
			return 0, err
		}
		count, m.Version = reply.Count, reply.Version
		if reply.NS > 0 {
			m.Work = time.Duration(reply.NS)
		}
	}
	m.Out = count
	if m.Flow == ParquetToParquet || m.Flow == CSVToCSV {
		info, err := os.Stat(out)
		if err != nil {
			return 0, errors.New("no file was written")
		}
		m.Out = info.Size()
	}
	return count, nil
}
