package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	code, err := dispatch(os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	os.Exit(code)
}

// dispatch runs a benchmark: files in and files out, or tables in memory.
func dispatch(args []string, stdout, stderr io.Writer) (code int, err error) {
	switch {
	case len(args) > 0 && args[0] == "e2e":
		return runE2E(args[1:], stdout, stderr)
	case len(args) > 0 && args[0] == "e2e-child":
		return runE2EChild(args[1:], stdout)
	}
	return run(args, stdout, stderr)
}

// run is main with its surroundings as arguments. The code is 1 if a peer gave
// a wrong answer that is not among the known ones.
func run(args []string, stdout, stderr io.Writer) (code int, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var (
		rows     = flags.Int("rows", 10_000_000, "rows of the plain `table`")
		dictRows = flags.Int("dict-rows", 0, "rows of the dictionary `table` (default a fifth of -rows)")
		rounds   = flags.Int("rounds", 5, "`rounds` of which the median is taken")
		budget   = flags.Duration("budget", 30*time.Second, "`time` for all rounds of one number; what would take longer is measured on a part of the table")
		timeout  = flags.Duration("timeout", 60*time.Second, "`time` for one run of an engine that can be stopped")
		least    = flags.Bool("least", false, "take the least of the rounds and not the median: for a machine with other work")
		only     = flags.String("only", "", "comma-separated `cases`, such as F1,F3 (default all)")
		peers    = flags.String("peers", "", "comma-separated `parts of names` of peers, such as rowsight,polars (default all)")
		kinds    = flags.String("kinds", "mask,rows", "comma-separated `kinds`")
		layouts  = flags.String("layouts", "plain,dict", "comma-separated `layouts`")
		threads  = flags.String("threads", "1,2", "comma-separated `numbers` of threads")
		small    = flags.Bool("small", false, "a run of less than a minute: 200,000 rows, 2 rounds, no Python")
		cache    = flags.String("cache", "", "`folder` for data and the Python environment (default rowsight-bench in the user's cache folder)")
		out      = flags.String("out", "", "`file` for the report, or a folder such as ../docs/bench to name it by date (default standard output)")
		profile  = flags.String("cpuprofile", "", "`file` for a CPU profile of the whole run; -only and -peers narrow it down")
	)
	if err := flags.Parse(args); err != nil {
		return 2, err
	}
	cfg := &Config{Rounds: *rounds, Least: *least, Budget: *budget, Rows: make(map[Layout]int)}
	if *small {
		set := make(map[string]bool)
		flags.Visit(func(f *flag.Flag) { set[f.Name] = true })
		if !set["rows"] {
			*rows, *dictRows = 200_000, 200_000
		}
		if !set["rounds"] {
			cfg.Rounds = 2
		}
		if !set["budget"] {
			cfg.Budget = 60 * time.Millisecond
		}
		if !set["timeout"] {
			*timeout = 500 * time.Millisecond
		}
	}
	if *dictRows == 0 {
		*dictRows = *rows / 5
	}
	if *rows < 1 || *dictRows < 1 || cfg.Rounds < 1 {
		return 2, fmt.Errorf("-rows, -dict-rows and -rounds: want at least 1")
	}
	for _, l := range split(*layouts) {
		n, ok := map[Layout]int{Plain: *rows, Dict: *dictRows}[Layout(l)]
		if !ok {
			return 2, fmt.Errorf("-layouts: got %q, want plain or dict", l)
		}
		cfg.Rows[Layout(l)] = n
	}
	for _, k := range split(*kinds) {
		if Kind(k) != Mask && Kind(k) != Rows {
			return 2, fmt.Errorf("-kinds: got %q, want mask or rows", k)
		}
		cfg.Kinds = append(cfg.Kinds, Kind(k))
	}
	for _, t := range split(*threads) {
		n, err := strconv.Atoi(t)
		if err != nil || n < 1 {
			return 2, fmt.Errorf("-threads: got %q, want a number from 1", t)
		}
		cfg.Threads = append(cfg.Threads, n)
	}
	cfg.Cases = Cases()
	if names := split(*only); len(names) > 0 {
		cfg.Cases = slices.DeleteFunc(cfg.Cases, func(c *Case) bool { return !slices.Contains(names, c.Name) })
		if len(cfg.Cases) != len(names) {
			return 2, fmt.Errorf("-only: got %q, want some of F1 to F6", *only)
		}
	}
	cfg.Peers = slices.DeleteFunc(Peers(), func(p Peer) bool {
		if *small && p.Slow {
			return true
		}
		parts := split(*peers)
		return len(parts) > 0 && !slices.ContainsFunc(parts, func(part string) bool {
			return strings.Contains(strings.ToLower(p.Name), strings.ToLower(part))
		})
	})
	if len(cfg.Peers) == 0 {
		return 2, fmt.Errorf("-peers: no peer is called anything like %q", *peers)
	}

	if cfg.Env, err = newEnv(*cache, stderr); err != nil {
		return 2, err
	}
	cfg.Env.Timeout = *timeout
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return 2, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return 2, err
		}
		defer pprof.StopCPUProfile()
	}
	start := time.Now()
	res, err := Run(cfg)
	if err != nil {
		return 2, err
	}
	report := Report(res, describeMachine(start, args))
	if err := write(*out, start, report, stdout); err != nil {
		return 2, err
	}
	if wrong := res.UnknownWrong(); len(wrong) > 0 {
		return 1, fmt.Errorf("wrong answers:\n\t%s", strings.Join(wrong, "\n\t"))
	}
	return 0, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func newEnv(cache string, stderr io.Writer) (*Env, error) {
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		cache = filepath.Join(dir, "rowsight-bench")
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	start := time.Now()
	return &Env{Cache: cache, Log: func(format string, args ...any) {
		fmt.Fprintf(stderr, "%6.1fs  %s\n", time.Since(start).Seconds(), fmt.Sprintf(format, args...))
	}}, nil
}

// write writes the report to a file, to a file named by date if out is a
// folder, or to stdout.
func write(out string, start time.Time, report string, stdout io.Writer) error {
	if out == "" {
		_, err := io.WriteString(stdout, report)
		return err
	}
	if info, err := os.Stat(out); err == nil && info.IsDir() {
		out = filepath.Join(out, start.Format("2006-01-02")+".md")
	}
	return os.WriteFile(out, []byte(report), 0o644)
}
