package rlstest

import (
	"context"
	"io/fs"
	"strings"
	"testing"
)

// Run runs every case file in fsys and its folders as a subtest, and every case
// as a subtest of its file. It fails if there is no case file; see [Find].
//
//	func TestRules(t *testing.T) { rlstest.Run(t, os.DirFS("rules")) }
//
// A case that would pass without any rules fails; see [RunOptions] to change
// it.
func Run(t *testing.T, fsys fs.FS) {
	t.Helper()
	RunOptions(t, fsys, nil)
}

// RunOptions is [Run] with options. It logs rules that no case exercises and
// mutants that no case kills. With RequireCoverage and RequireKilled, these
// fail.
func RunOptions(t *testing.T, fsys fs.FS, opts *Options) {
	t.Helper()
	files, err := Find(fsys, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			suite, err := LoadOptions(fsys, file, opts)
			if err != nil {
				t.Fatal(err)
			}
			report, err := suite.Run(t.Context(), opts)
			if err != nil {
				t.Fatal(err)
			}
			report.replay(t)
		})
	}
}

// replay makes a subtest of every result.
func (r *Report) replay(t *testing.T) {
	t.Helper()
	for i := range r.Results {
		c := &r.Results[i]
		t.Run(c.Name, func(t *testing.T) {
			for _, warning := range c.Warnings {
				t.Logf("%s: warning: %s", c.Pos, warning)
			}
			if c.Status == Passed {
				return
			}
			if c.Because != "" {
				t.Logf("because: %s", c.Because)
			}
			for _, reason := range c.Reasons {
				t.Error(strings.Join(append([]string{reason.String()}, reason.Rows...), "\n  "))
			}
			t.Fail() // whatever the reasons are
		})
	}
	for _, warning := range r.Warnings {
		t.Logf("warning: %s", warning)
	}
	for _, m := range r.Coverage.Missing {
		t.Logf("%s: %s: %s", m.Pos, m.Rule, m.Reason)
	}
	if r.Mutation != nil {
		for _, m := range r.Mutation.Survivors {
			t.Logf("no case kills %s", m)
		}
	}
	for _, problem := range r.Problems {
		t.Error(problem)
	}
	if !r.OK() {
		t.Fail()
	}
}

// RunAll runs every case file in fsys and its folders without package testing,
// and returns reports. If [Load] refuses a file, its report has the problems
// and no results, and the other files still run. The error is the error of
// [Find] or of ctx.
func RunAll(ctx context.Context, fsys fs.FS, opts *Options) ([]Report, error) {
	files, err := Find(fsys, opts)
	if err != nil {
		return nil, err
	}
	reports := make([]Report, 0, len(files))
	for _, file := range files {
		suite, err := LoadOptions(fsys, file, opts)
		if err != nil {
			reports = append(reports, Report{File: file, Problems: problemsOf(err)})
			continue
		}
		report, err := suite.Run(ctx, opts)
		if err != nil {
			return nil, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

// problemsOf returns the texts of the errors that an error joins.
func problemsOf(err error) (texts []string) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []string{err.Error()}
	}
	for _, e := range joined.Unwrap() {
		texts = append(texts, problemsOf(e)...)
	}
	return texts
}
