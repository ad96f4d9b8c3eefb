package rlstest

import (
	"fmt"
	"time"

	"github.com/rowsight/rowsight/rls"
)

// A Report is the result of one case file. The zero Report is not OK.
type Report struct {
	File     string
	Results  []Result
	Problems []string // problems of the whole file
	Warnings []string
	Coverage Coverage
	Mutation *Mutation // nil without a mutation test
	Rows     int       // of the data
	Masks    int       // the number of different predicates
	Duration time.Duration
}

// OK reports whether at least one case ran, all cases passed, and the file has
// no other problem.
func (r *Report) OK() bool {
	passed, failed := r.Counts()
	return r != nil && passed > 0 && failed == 0 && len(r.Problems) == 0
}

// Counts returns the numbers of passed and failed cases.
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

// A Status is the result of a case. The zero Status is NotRun.
type Status uint8

// The states of a case.
const (
	NotRun Status = iota
	Failed
	Passed
)

var statuses = [...]string{NotRun: "not run", Failed: "failed", Passed: "passed"}

// String returns "not run", "failed" or "passed".
func (s Status) String() string {
	if int(s) < len(statuses) {
		return statuses[s]
	}
	return fmt.Sprintf("Status(%d)", uint8(s))
}

// A Result is the result of one case.
type Result struct {
	Name     string
	Because  string
	Pos      rls.Position
	Status   Status
	Visible  int      // visible rows; 0 after an error
	Reasons  []Reason // the reasons of a failure
	Warnings []string
	Duration time.Duration // of its checks; cases share masks
}

// A Reason is one failed check of a case.
type Reason struct {
	Pos           rls.Position // of the failed check in the case file
	Check         string       // the key of the check: count, all, none, only, rows, hidden, error; or degenerate
	Expected, Got string
	Rows          []string // some of the rows that are wrong
}

// String returns the reason on one line, without rows.
func (r Reason) String() string {
	return fmt.Sprintf("%s: %s: want %s, got %s", r.Pos, r.Check, r.Expected, r.Got)
}

// Coverage reports which rules the cases exercise. A case exercises a rule if
// the rule applies to its viewer and admits a row. Rules that name nobody or
// repeat another rule have no effect and do not count.
type Coverage struct {
	Rules     int // rules that can have an effect
	Exercised int
	Missing   []Uncovered // the other rules, in the order of the file
}

// An Uncovered rule is one that no case exercises.
type Uncovered struct {
	Pos    rls.Position
	Rule   string // text of the rule, or TagRules[1] and its key
	Reason string
}
