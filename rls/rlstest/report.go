package rlstest

import (
	"fmt"
	"time"

	"github.com/rowsight/rowsight/rls"
)

// A Report says what came of one case file. The zero Report is not OK: nothing
// was run.
type Report struct {
	File     string
	Results  []Result
	Problems []string // what fails the file as a whole
	Warnings []string
	Coverage Coverage
	Mutation *Mutation // nil if no mutants were asked for
	Rows     int       // of the data
	Masks    int       // how many different predicates were evaluated
	Duration time.Duration
}

// OK reports whether cases were run and all of them passed, and the file has no
// problem as a whole.
func (r *Report) OK() bool {
	passed, failed := r.Counts()
	return r != nil && passed > 0 && failed == 0 && len(r.Problems) == 0
}

// Counts returns how many cases passed and how many did not.
func (r *Report) Counts() (passed, failed int) {
	if r == nil {
		return 0, 0
	}
	for i := range r.Results {
		if r.Results[i].Status == Passed {
			passed++
		} else {
			failed++
		}
	}
	return passed, failed
}

// A Status says what came of a case. The zero Status is NotRun.
type Status uint8

// The states of a case.
const (
	NotRun Status = iota
	Failed
	Passed
)

// String returns "not run", "failed" or "passed".
func (s Status) String() string {
	switch s {
	case NotRun:
		return "not run"
	case Failed:
		return "failed"
	case Passed:
		return "passed"
	default:
		return fmt.Sprintf("Status(%d)", uint8(s))
	}
}

// A Result says what came of one case.
type Result struct {
	Name     string
	Because  string
	Pos      rls.Position
	Status   Status
	Visible  int      // rows the viewer sees; 0 if there was an error
	Reasons  []Reason // why the case fails
	Warnings []string
	Duration time.Duration // of its checks; a mask is shared by all cases that need it
}

// A Reason is one thing that a case asks for and that is not so.
type Reason struct {
	Pos           rls.Position // of what was asked for, in the case file
	Check         string       // its key: count, all, none, only, rows, hidden, error; or degenerate
	Expected, Got string
	Rows          []string // some of the rows that are wrong
}

// String returns the reason on one line, without rows.
func (r Reason) String() string {
	return fmt.Sprintf("%s: %s: want %s, got %s", r.Pos, r.Check, r.Expected, r.Got)
}

// Coverage says which rules the cases exercise. A rule is exercised if it
// applies to the viewer of a case and a row is visible through it. Rules that
// can have no effect, because they name nobody or repeat another, do not count.
type Coverage struct {
	Rules     int // that can have an effect
	Exercised int
	Missing   []Uncovered // the others, in the order of the file
}

// An Uncovered rule is one that no case exercises.
type Uncovered struct {
	Pos    rls.Position
	Rule   string // text of the rule, or TagRules[1] and its key
	Reason string
}
