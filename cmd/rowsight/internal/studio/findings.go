package studio

import (
	"context"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/rls/vet"
	"github.com/rowsight/rowsight/tagrules"
)

// A pageFinding is a finding with its place on the page.
type pageFinding struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Title      string `json:"title"`
	URL        string `json:"url"`
	Severity   string `json:"severity"`
	File       string `json:"file"` // rules, tags, users
	Row        int    `json:"row"`  // -1 is the header, -2 no row
	Col        int    `json:"col"`  // -1 is the whole row
	Line       int    `json:"line,omitempty"`
	Thing      string `json:"thing,omitempty"`
	Reason     string `json:"reason"`
	Suggestion string `json:"suggestion,omitempty"`
	More       int    `json:"more,omitempty"`
	List       int    `json:"list,omitempty"` // of tag rules, from 1
	Fix        string `json:"fix,omitempty"`  // what one click does: trim, replace, …
	To         string `json:"to,omitempty"`   // what it writes

	ops []Op
}

type findingList struct {
	Rev      int           `json:"rev"`
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Notes    int           `json:"notes"`
	Findings []pageFinding `json:"findings"`
}

// wholeRow are findings about a rule and not about one of its cells.
var wholeRow = map[string]bool{"RS010": true, "RS011": true, "RS013": true, "RS014": true, "RS015": true, "RS035": true}

// wholeFile are findings about the file and not about its first line.
var wholeFile = map[string]bool{"RS007": true, "RS008": true, "RS009": true, "RS044": true}

// findings vets the rules and the tag rules.
func (e *Engine) findings(ctx context.Context, _ struct{}) (*findingList, error) {
	s := e.snapshot()
	list := &findingList{Rev: s.rev, Findings: []pageFinding{}}
	all, err := e.vet(ctx, s)
	if err != nil {
		return nil, err
	}
	kinds := make(map[string]vet.Kind)
	for _, k := range vet.Kinds() {
		kinds[k.ID] = k
	}
	for _, f := range all {
		k := kinds[f.ID]
		p := pageFinding{
			ID: f.ID, Name: k.Name, Title: k.Title, URL: k.URL(), Severity: f.Severity.String(), File: "rules", Row: -2, Col: -1,
			Line: f.Pos.Line, Thing: f.Thing, Reason: f.Reason, Suggestion: f.Suggestion, More: f.More,
		}
		switch {
		case f.ID >= "RS101":
			p.File = "tags"
			s.tags.place(f.Pos, &p)
		case s.users != nil && f.Pos.File != "" && f.Pos.File != s.rulesFile():
			p.File = "users"
		case f.ID == "RS009" && s.now.table != nil:
			e.offer(s, &p)
		case s.now != nil && s.now.table != nil && f.Pos.Line > 0 && !wholeFile[f.ID]:
			row, col, ok := s.now.table.At(f.Pos.Line, max(1, f.Pos.Column))
			if !ok {
				break
			}
			if p.Row = row; !wholeRow[f.ID] {
				p.Col = col
			}
			e.offer(s, &p)
			if slices.ContainsFunc(list.Findings, func(q pageFinding) bool { // one fix for one cell
				return p.Fix != "" && q.Fix != "" && q.Row == p.Row && q.Col == p.Col && q.To == p.To
			}) {
				p.Fix, p.To, p.ops = "", "", nil
			}
		}
		switch f.Severity {
		case vet.Error:
			list.Errors += 1 + f.More
		case vet.Warning:
			list.Warnings += 1 + f.More
		default:
			list.Notes += 1 + f.More
		}
		list.Findings = append(list.Findings, p)
	}
	return list, nil
}

func (s snapshot) rulesFile() string {
	if s.now == nil {
		return ""
	}
	return s.now.source.Options.File
}

// vet returns what package vet finds in the current version.
func (e *Engine) vet(ctx context.Context, s snapshot) ([]vet.Finding, error) {
	var all []vet.Finding
	if s.now != nil {
		source := s.now.source
		opts := &vet.Options{Rules: source.Options, Assumed: source.Assumed, Hint: source.Hint, Roster: s.users, Effort: effort(ctx), MaxPerID: 200}
		if s.data != nil {
			r, err := s.data.reader(ctx)
			if err != nil {
				return nil, err
			}
			defer r.Release()
			opts.Data = r
		}
		found, err := vet.CSV(strings.NewReader(s.now.csv()), opts)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if s.tags.now != nil {
		opts := &vet.TagOptions{Tags: &tagrules.Options{File: s.tags.now.file}, MaxPerID: 200}
		for _, x := range s.sessions {
			opts.Sessions = append(opts.Sessions, vet.Session{Name: x.Name, Tags: x.Tags})
		}
		if s.data != nil {
			r, err := s.data.reader(ctx)
			if err != nil {
				return nil, err
			}
			defer r.Release()
			opts.Data = r
		}
		found, err := vet.Tags(strings.NewReader(s.tags.now.text), opts)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// fix does what one click on a finding does. The finding must still be there.
func (e *Engine) fix(ctx context.Context, q struct {
	Rev int    `json:"rev"`
	ID  string `json:"id"`
	Row int    `json:"row"`
	Col int    `json:"col"`
	Fix string `json:"fix"`
	To  string `json:"to"`
}) (*state, error) {
	list, err := e.findings(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	for _, f := range list.Findings {
		if f.ID == q.ID && f.Row == q.Row && f.Col == q.Col && f.Fix == q.Fix && f.To == q.To && f.Fix != "" {
			if f.Fix == "commas" {
				return e.writeCommas(q.Rev)
			}
			return e.apply(q.Rev, func(t *Table) (*Table, error) {
				if f.Fix == "mark" {
					t = &Table{prefix: strings.TrimSuffix(t.prefix, byteOrderMark), records: t.records, tail: t.tail, delimiter: t.delimiter}
				}
				return t.Apply(f.ops...)
			})
		}
	}
	return nil, &Problem{Code: "gone", Text: "the finding is not there any more"}
}
