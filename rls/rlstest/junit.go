package rlstest

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteJUnit writes reports as JUnit XML, which build servers read: a testsuite
// for each file and a testcase for each case. A problem of a whole file is a
// failed testcase. Coverage and mutants are properties.
func WriteJUnit(w io.Writer, reports []Report) error {
	all := junitSuites{Suites: []junitSuite{}}
	var took time.Duration
	for i := range reports {
		s := newJUnitSuite(&reports[i])
		all.Suites = append(all.Suites, s)
		all.Tests += s.Tests
		all.Failures += s.Failures
		took += reports[i].Duration
	}
	if len(reports) == 0 {
		s := junitSuite{Name: "rlstest", Time: seconds(0)}
		s.fail("files", ErrNoFiles.Error())
		all.Suites = append(all.Suites, s)
		all.Tests, all.Failures = 1, 1
	}
	all.Time = seconds(took)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string           `xml:"name,attr"`
	Tests      int              `xml:"tests,attr"`
	Failures   int              `xml:"failures,attr"`
	Errors     int              `xml:"errors,attr"`
	Skipped    int              `xml:"skipped,attr"`
	Time       string           `xml:"time,attr"`
	Properties *junitProperties `xml:"properties,omitempty"`
	Cases      []junitCase      `xml:"testcase"`
	Out        string           `xml:"system-out,omitempty"`
}

type junitProperties struct {
	Properties []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func newJUnitSuite(r *Report) junitSuite {
	s := junitSuite{Name: r.File, Time: seconds(r.Duration), Out: strings.Join(r.Warnings, "\n")}
	for i := range r.Results {
		c := &r.Results[i]
		jc := junitCase{
			Name: c.Name, Class: r.File, Time: seconds(c.Duration), File: c.Pos.File, Line: c.Pos.Line,
			Out: strings.Join(c.Warnings, "\n"),
		}
		if c.Status != Passed {
			jc.Failure = newJUnitFailure(c)
			s.Failures++
		}
		s.Tests++
		s.Cases = append(s.Cases, jc)
	}
	for i, problem := range r.Problems {
		s.fail(fmt.Sprintf("whole file %d", i+1), problem)
	}
	if s.Failures == 0 && !r.OK() {
		s.fail("whole file", ErrNoCases.Error())
	}
	var p junitProperties
	add := func(name string, value any) {
		p.Properties = append(p.Properties, junitProperty{name, fmt.Sprint(value)})
	}
	if r.Coverage.Rules > 0 {
		add("coverage.rules", r.Coverage.Rules)
		add("coverage.exercised", r.Coverage.Exercised)
		for _, m := range r.Coverage.Missing {
			add("coverage.missing", fmt.Sprintf("%s: %s: %s", m.Pos, m.Rule, m.Reason))
		}
	}
	if m := r.Mutation; m != nil {
		add("mutants.tried", m.Tried)
		add("mutants.killed", m.Killed)
		add("mutants.equivalent", m.Equivalent)
		for _, mutant := range m.Survivors {
			add("mutants.survivor", mutant)
		}
	}
	if p.Properties != nil {
		s.Properties = &p
	}
	return s
}

// fail adds a testcase that stands for the file as a whole.
func (s *junitSuite) fail(name, problem string) {
	s.Cases = append(s.Cases, junitCase{
		Name: name, Class: s.Name, Time: seconds(0), Failure: &junitFailure{Message: problem, Type: "file", Text: problem},
	})
	s.Tests++
	s.Failures++
}

func newJUnitFailure(c *Result) *junitFailure {
	f := &junitFailure{Message: c.Status.String(), Type: c.Status.String()}
	var b strings.Builder
	if c.Because != "" {
		fmt.Fprintf(&b, "because: %s\n", c.Because)
	}
	for i, reason := range c.Reasons {
		if i == 0 {
			f.Type = reason.Check
			f.Message = fmt.Sprintf("%s: want %s, got %s", reason.Check, reason.Expected, reason.Got)
		}
		fmt.Fprintln(&b, reason)
		for _, row := range reason.Rows {
			fmt.Fprintln(&b, "  "+row)
		}
	}
	f.Text = b.String()
	return f
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
