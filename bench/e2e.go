package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rowsight/rowsight/predicate/batch"
)

// A Flow is what goes in and what comes out.
type Flow string

// Flows.
const (
	ParquetToParquet Flow = "parquet-parquet"
	CSVToCSV         Flow = "csv-csv"
	ParquetToCount   Flow = "parquet-count"
	SpiceToCount     Flow = "spice-count" // beside ParquetToCount: the same rows, encrypted
)

// flows are all flows, in the order of the report.
var flows = []Flow{ParquetToParquet, CSVToCSV, ParquetToCount, SpiceToCount}

// e2eConfig says what to run.
type e2eConfig struct {
	env     *Env
	rows    int
	rounds  int
	threads int
	cases   []*Case
	flows   []Flow
	peers   []string
	timeout time.Duration
	check   bool
}

// runE2E is `bench e2e`: files in, files out, each engine in a process of its
// own. A process is small before it starts another one, whose peak memory
// would begin with its own: whatever needs memory, data and checks too, is a child.
func runE2E(args []string, stdout, stderr io.Writer) (code int, err error) {
	flags := flag.NewFlagSet("bench e2e", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var (
		cfg     e2eConfig
		only    = flags.String("only", "F1,F2,F3,F4", "comma-separated `cases`")
		flow    = flags.String("flows", "", "comma-separated `flows`: parquet-parquet, csv-csv, parquet-count, spice-count (default all)")
		peers   = flags.String("peers", "", "comma-separated `parts of names` of engines, such as rowsight,duckdb (default all)")
		cache   = flags.String("cache", "", "`folder` for data and programs (default rowsight-bench in the user's cache folder)")
		results = flags.String("results", "", "`file` of results: kept there, and added to by each run; the report is of all")
		out     = flags.String("out", "", "`file` for the report (default standard output)")
		dry     = flags.Bool("prepare", false, "make data and programs, and run nothing")
	)
	flags.IntVar(&cfg.rows, "rows", 2_000_000, "`rows` of the table")
	flags.IntVar(&cfg.rounds, "rounds", 3, "`rounds` of which the median is taken")
	flags.IntVar(&cfg.threads, "threads", runtime.NumCPU(), "`threads` of each engine")
	flags.DurationVar(&cfg.timeout, "timeout", 20*time.Second, "`time` for one run of an engine")
	flags.BoolVar(&cfg.check, "check", true, "compare the rows of the first round with the reference")
	if err := flags.Parse(args); err != nil {
		return 2, err
	}
	if cfg.rows < 1 || cfg.rounds < 1 || cfg.threads < 1 {
		return 2, errors.New("-rows, -rounds and -threads: want at least 1")
	}
	names := split(*only)
	cfg.cases = slices.DeleteFunc(Cases(), func(c *Case) bool { return !slices.Contains(names, c.Name) || len(c.Columns()) == 0 })
	if len(cfg.cases) != len(names) {
		return 2, fmt.Errorf("-only: got %q, want some of F1 to F4", *only)
	}
	cfg.flows = flows
	if *flow != "" {
		cfg.flows = nil
		for _, f := range split(*flow) {
			if !slices.Contains(flows, Flow(f)) {
				return 2, fmt.Errorf("-flows: got %q, want some of %v", f, flows)
			}
			cfg.flows = append(cfg.flows, Flow(f))
		}
	}
	cfg.peers = split(*peers)
	if cfg.env, err = newEnv(*cache, stderr); err != nil {
		return 2, err
	}
	cfg.env.Timeout = cfg.timeout
	found, err := prepareE2E(&cfg)
	if err != nil || *dry {
		return 0, err
	}
	if len(found.engines) == 0 {
		return 2, fmt.Errorf("-peers: no engine is called anything like %q", *peers)
	}
	all := e2eResults{}
	if *results != "" {
		if text, err := os.ReadFile(*results); err == nil {
			if err := json.Unmarshal(text, &all); err != nil {
				return 2, fmt.Errorf("%s: %w", *results, err)
			}
		}
	}
	start := time.Now()
	save := func() error {
		if *results == "" {
			return nil
		}
		text, err := json.MarshalIndent(all, "", "\t")
		if err != nil {
			return err
		}
		return os.WriteFile(*results, text, 0o644)
	}
	if err := found.run(&all, save); err != nil {
		return 2, err
	}
	machine := describeMachine(start, append([]string{"e2e"}, args...))
	report := reportE2E(all, machine, found.notes)
	if err := write(*out, start, report, stdout); err != nil {
		return 2, err
	}
	if wrong := all.wrong(); len(wrong) > 0 {
		return 1, fmt.Errorf("wrong answers:\n\t%s", strings.Join(wrong, "\n\t"))
	}
	return 0, nil
}

// A measurement is one run of one engine.
type measurement struct {
	Flow    Flow
	Case    string
	Rows    int
	Threads int
	Form    string // of the loops
	Engine  string
	Version string

	Wall, Work, CPU time.Duration // Work is without the start of an interpreter
	Peak            int64         // bytes of memory
	Out             int64         // bytes of the file, or the count
	Wrong, Err      string
}

// e2eResults are all measurements so far.
type e2eResults []measurement

func (all e2eResults) wrong() (lines []string) {
	for _, m := range all {
		if m.Wrong != "" {
			lines = append(lines, fmt.Sprintf("%s: %s %s: %s", m.Engine, m.Flow, m.Case, m.Wrong))
		}
	}
	return lines
}

// run runs every engine in turns, so that a disturbance falls on all of them.
// It saves after each case: a long run may be ended from outside.
func (p *prepared) run(all *e2eResults, save func() error) error {
	out, err := os.MkdirTemp(p.cfg.env.Cache, "out-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out)
	for _, flow := range p.cfg.flows {
		for _, c := range p.cfg.cases {
			failed := map[string]bool{}
			for round := range p.cfg.rounds {
				for _, e := range p.engines {
					if failed[e.name] || !e.offers(flow, c) {
						continue
					}
					m := measurement{Flow: flow, Case: c.Name, Rows: p.cfg.rows, Threads: p.cfg.threads, Engine: e.name, Form: batch.Form()}
					file := filepath.Join(out, "rows"+flow.extension())
					count, err := p.once(e, &m, c, file)
					if err == nil && round == 0 && p.cfg.check {
						m.Wrong, err = p.compare(flow, c, file, count)
					}
					if err != nil {
						m.Err, failed[e.name] = err.Error(), true
						p.cfg.env.Log("%s %s %s: %v", flow, c.Name, e.name, err)
					}
					*all = append(*all, m)
					if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
						return err
					}
				}
			}
			if err := save(); err != nil {
				return err
			}
			p.cfg.env.Log("%s %s", flow, c.Name)
		}
	}
	return nil
}

func (f Flow) extension() string {
	switch f {
	case ParquetToParquet:
		return ".parquet"
	case CSVToCSV:
		return ".csv"
	}
	return ".none"
}

// child runs this program for a step that needs memory of its own, and returns
// what it prints.
func (p *prepared) child(args ...string) (string, error) {
	cmd := p.command(p.self, append([]string{"e2e-child"}, args...)...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	return strings.TrimSpace(string(text)), err
}

// compare returns how the rows of a file, or a count, differ from the
// reference; "" if they do not.
func (p *prepared) compare(flow Flow, c *Case, file string, count int64) (string, error) {
	return p.child("check", p.arrow(), string(flow), c.Name, file, strconv.FormatInt(count, 10))
}
