package rlstest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/predicate"
)

const (
	withNothing    = "would pass with no row visible"
	withEverything = "would pass with every row visible"
)

// Run runs every case with Options.Workers goroutines and evaluates each
// different predicate once. The report does not depend on the number of
// goroutines.
//
// The Report contains the failures; see [Report.OK]. The error is the error of
// ctx and comes with the zero Report.
func (s *Suite) Run(ctx context.Context, opts *Options) (Report, error) {
	o, start := opts.filled(), time.Now()
	if s.Len() == 0 {
		return Report{File: s.File(), Problems: []string{ErrNoCases.Error()}}, ctx.Err()
	}
	r := Report{File: s.File(), Rows: s.data.rows, Results: make([]Result, len(s.cases))}
	for i, c := range s.cases {
		r.Results[i] = Result{Name: c.name, Because: c.because, Pos: c.pos}
	}
	runs := s.resolve()
	groups := group(runs)
	r.Masks = len(groups)
	everything := s.data.everything()
	err := parallel(ctx, o.Workers, len(groups), func(g int) {
		saw, err := runs[groups[g][0]].see(s.data)
		for _, i := range groups[g] {
			began := time.Now()
			s.judge(&r.Results[i], s.cases[i], saw, err, everything, &o)
			r.Results[i].Duration = time.Since(began)
		}
	})
	if err != nil {
		return Report{}, err
	}
	s.judgeFile(&r, everything, &o)
	r.Coverage = s.coverage(runs, r.Results)
	if n := len(r.Coverage.Missing); n > 0 && o.RequireCoverage {
		r.Problems = append(r.Problems, plain.Count(n, "rule")+" that no case exercises")
	}
	if o.Mutate {
		m, err := s.mutate(ctx, &o, runs, r.Results)
		if err != nil {
			return Report{}, err
		}
		r.Mutation = &m
		switch {
		case o.RequireKilled && len(m.Survivors) > 0:
			r.Problems = append(r.Problems, plain.Count(len(m.Survivors), "mutant")+" that no case kills")
		case o.RequireKilled && m.Tried == 0:
			r.Problems = append(r.Problems, "no mutant to try")
		}
	}
	r.Duration = time.Since(start)
	return r, nil
}

// run is what the rules say of a case: the rows its viewer may see, or why not.
type run struct {
	rows predicate.Predicate
	err  error
	key  string // equal for equal rows and equal errors
}

func (r *run) see(t *table) (seen, error) {
	if r.err != nil {
		return seen{}, r.err
	}
	return t.see(r.rows)
}

// resolve asks the rules about every case. Cases of one viewer are asked about
// once.
func (s *Suite) resolve() []run {
	runs := make([]run, len(s.cases))
	known := make(map[string]run)
	for i, c := range s.cases {
		if c.who == nil {
			rows, err := s.config.ForOptions(s.tagOpt, c.tags...)
			runs[i] = newRun(rows, err)
			continue
		}
		who := identify(*c.who)
		r, ok := known[who]
		if !ok {
			r = newRun(s.rules.For(*c.who))
			known[who] = r
		}
		runs[i] = r
	}
	return runs
}

func newRun(rows predicate.Predicate, err error) run {
	if err != nil {
		return run{err: err, key: "error " + err.Error()}
	}
	return run{rows: rows, key: rows.String()}
}

// group returns the numbers of the cases that see the same, in the order of the
// first of each.
func group(runs []run) [][]int {
	var groups [][]int
	number := make(map[string]int)
	for i := range runs {
		g, ok := number[runs[i].key]
		if !ok {
			g = len(groups)
			number[runs[i].key] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// judge fills in the result of a case.
func (s *Suite) judge(r *Result, c *testCase, saw seen, err error, everything seen, o *Options) {
	r.Visible = saw.count
	if !c.holds(s.data, saw, err) {
		r.Status = Failed
		r.Reasons = c.reasons(s, saw, err, max(0, o.Samples))
		return
	}
	r.Status = Passed
	for _, would := range c.degenerate(s.data, everything) {
		if o.Lenient {
			r.Warnings = append(r.Warnings, would)
			continue
		}
		r.Status = Failed
		r.Reasons = append(r.Reasons, Reason{
			Pos: c.pos, Check: "degenerate", Expected: "a case that wrong rules break", Got: "one that " + would + "; add a count",
		})
	}
}

// degenerate returns which rules of no use a passing case would pass with too.
//
// To see no row, or every row, is a fact that none, all or a count states to the
// last row; nothing could be added to such a case, and it is judged together
// with the others of its file. All other cases can say more: "only EMEA" is true
// of a viewer who sees nothing, until it says how many rows or names one.
func (c *testCase) degenerate(t *table, everything seen) (would []string) {
	if c.exact.how != howNot || c.err != "" {
		return nil
	}
	if c.holds(t, seen{}, nil) {
		would = append(would, withNothing)
	}
	if c.holds(t, everything, nil) {
		would = append(would, withEverything)
	}
	return would
}

// judgeFile looks for what no case shows alone: that all of them together would
// pass with rules of no use.
func (s *Suite) judgeFile(r *Report, everything seen, o *Options) {
	nothing, all := true, true
	for i, c := range s.cases {
		if r.Results[i].Status != Passed || len(r.Results[i].Warnings) > 0 {
			return // says so itself
		}
		nothing = nothing && c.holds(s.data, seen{}, nil)
		all = all && c.holds(s.data, everything, nil)
	}
	var would []string
	if nothing {
		would = append(would, "every case "+withNothing+"; add one of a viewer who sees a row")
	}
	if all {
		would = append(would, "every case "+withEverything+"; add one of a viewer whom a row is hidden from")
	}
	if o.Lenient {
		r.Warnings = append(r.Warnings, would...)
	} else {
		r.Problems = append(r.Problems, would...)
	}
}

// parallel calls do for 0 to n-1 in several goroutines, and returns the error of
// ctx if it is done before they are.
func parallel(ctx context.Context, workers, n int, do func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
