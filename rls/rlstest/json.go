package rlstest

import (
	"encoding/json"
	"io"

	"github.com/rowsight/rowsight/rls"
)

// WriteJSON writes reports as one JSON document for programs:
//
//	{
//	  "ok": false, "passed": 1, "failed": 1,
//	  "files": [{
//	    "file": …, "ok": …, "rows": …, "seconds": …, "problems": […], "warnings": […],
//	    "cases": [{"name", "because", "file", "line", "column", "status", "visible", "seconds",
//	               "warnings", "reasons": [{"check", "file", "line", "column", "expected", "got", "rows"}]}],
//	    "coverage": {"rules", "exercised", "missing": [{"file", "line", "column", "rule", "reason"}]},
//	    "mutation": {"possible", "tried", "killed", "equivalent", "seconds",
//	                 "survivors": [{"file", "line", "column", "kind", "what"}]}
//	  }]
//	}
//
// "failed" is the number of failures as in JUnit: cases that did not pass, and
// problems of whole files. "ok" is true if it is 0. No reports count as one
// failure. Lists are never null. Every key is always present, except "mutation"
// if mutation did not run.
func WriteJSON(w io.Writer, reports []Report) error {
	doc := jsonDoc{Files: []jsonFile{}}
	if len(reports) == 0 {
		doc.Failed = 1
	}
	for i := range reports {
		r := &reports[i]
		passed, _ := r.Counts()
		doc.Passed += passed
		doc.Failed += newJUnitSuite(r).Failures
		doc.Files = append(doc.Files, newJSONFile(r))
	}
	doc.OK = doc.Failed == 0
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

type jsonDoc struct {
	OK     bool       `json:"ok"`
	Passed int        `json:"passed"`
	Failed int        `json:"failed"`
	Files  []jsonFile `json:"files"`
}

type jsonFile struct {
	File     string        `json:"file"`
	OK       bool          `json:"ok"`
	Rows     int           `json:"rows"`
	Seconds  float64       `json:"seconds"`
	Problems []string      `json:"problems"`
	Warnings []string      `json:"warnings"`
	Cases    []jsonCase    `json:"cases"`
	Coverage jsonCoverage  `json:"coverage"`
	Mutation *jsonMutation `json:"mutation,omitempty"`
}

type jsonPos struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonCase struct {
	Name    string `json:"name"`
	Because string `json:"because"`
	jsonPos
	Status   string       `json:"status"`
	Visible  int          `json:"visible"`
	Seconds  float64      `json:"seconds"`
	Warnings []string     `json:"warnings"`
	Reasons  []jsonReason `json:"reasons"`
}

type jsonReason struct {
	Check string `json:"check"`
	jsonPos
	Expected string   `json:"expected"`
	Got      string   `json:"got"`
	Rows     []string `json:"rows"`
}

type jsonCoverage struct {
	Rules     int             `json:"rules"`
	Exercised int             `json:"exercised"`
	Missing   []jsonUncovered `json:"missing"`
}

type jsonUncovered struct {
	jsonPos
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

type jsonMutation struct {
	Possible   int          `json:"possible"`
	Tried      int          `json:"tried"`
	Killed     int          `json:"killed"`
	Equivalent int          `json:"equivalent"`
	Seconds    float64      `json:"seconds"`
	Survivors  []jsonMutant `json:"survivors"`
}

type jsonMutant struct {
	jsonPos
	Kind string `json:"kind"`
	What string `json:"what"`
}

func newJSONFile(r *Report) jsonFile {
	f := jsonFile{
		File: r.File, OK: r.OK(), Rows: r.Rows, Seconds: r.Duration.Seconds(), Problems: nonNil(r.Problems), Warnings: nonNil(r.Warnings),
		Cases:    make([]jsonCase, 0, len(r.Results)),
		Coverage: jsonCoverage{Rules: r.Coverage.Rules, Exercised: r.Coverage.Exercised, Missing: []jsonUncovered{}},
	}
	for i := range r.Results {
		c := &r.Results[i]
		jc := jsonCase{
			Name: c.Name, Because: c.Because, jsonPos: posOf(c.Pos), Status: c.Status.String(), Visible: c.Visible,
			Seconds: c.Duration.Seconds(), Warnings: nonNil(c.Warnings), Reasons: []jsonReason{},
		}
		for _, reason := range c.Reasons {
			jc.Reasons = append(jc.Reasons, jsonReason{reason.Check, posOf(reason.Pos), reason.Expected, reason.Got, nonNil(reason.Rows)})
		}
		f.Cases = append(f.Cases, jc)
	}
	for _, m := range r.Coverage.Missing {
		f.Coverage.Missing = append(f.Coverage.Missing, jsonUncovered{posOf(m.Pos), m.Rule, m.Reason})
	}
	if m := r.Mutation; m != nil {
		f.Mutation = &jsonMutation{m.Possible, m.Tried, m.Killed, m.Equivalent, m.Duration.Seconds(), []jsonMutant{}}
		for _, s := range m.Survivors {
			f.Mutation.Survivors = append(f.Mutation.Survivors, jsonMutant{posOf(s.Pos), string(s.Kind), s.What})
		}
	}
	return f
}

func posOf(p rls.Position) jsonPos { return jsonPos{p.File, p.Line, p.Column} }

// nonNil returns a list that is [] in JSON if it is empty.
func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
