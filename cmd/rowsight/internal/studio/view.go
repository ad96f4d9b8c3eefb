package studio

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/explain"
	"github.com/rowsight/rowsight/rls/roster"
	"github.com/rowsight/rowsight/tagrules"
)

// A viewerSpec says whose rows are asked for: a user with groups, a member of
// groups without a name, or a session with tags.
type viewerSpec struct {
	User   string         `json:"user"`
	Groups []string       `json:"groups"`
	Tags   []tagrules.Tag `json:"tags"`
	Kind   string         `json:"kind"` // user or session
}

// principal makes the viewer that a spec names, with the groups of the roster.
func (s snapshot) principal(spec viewerSpec, rules *rls.Rules) (p namespace.Principal, notes []string, err error) {
	if spec.User == "" && len(spec.Groups) == 0 {
		return p, nil, &Problem{Code: "no-viewer", Text: "name a user or a group"}
	}
	identity := func(kind namespace.Kind, name string) (namespace.Identity, error) {
		if rules.FormatVersion() != rls.Version2 {
			return namespace.Identity{Namespace: rules.Namespace(), Name: name}, nil
		}
		a, err := namespace.ParseARN(name)
		if err == nil && a.Kind != kind {
			err = fmt.Errorf("got the ARN of a %s, want one of a %s", a.Kind, kind)
		}
		if err != nil {
			return namespace.Identity{}, &Problem{Code: "bad-viewer", Text: err.Error()}
		}
		if kind == namespace.KindUser {
			return namespace.ForARN(a).User, nil
		}
		return namespace.ForARN(namespace.ARN{}, a).Groups[0], nil
	}
	if spec.User != "" {
		if p.User, err = identity(namespace.KindUser, spec.User); err != nil {
			return namespace.Principal{}, nil, err
		}
	}
	for _, g := range spec.Groups {
		id, err := identity(namespace.KindGroup, g)
		if err != nil {
			return namespace.Principal{}, nil, err
		}
		p.Groups = append(p.Groups, id)
	}
	if s.users != nil && spec.User != "" {
		joined, err := s.users.Join(p, rules)
		switch {
		case errors.Is(err, roster.ErrNotListed):
			notes = append(notes, err.Error())
		case err != nil:
			return namespace.Principal{}, nil, &Problem{Code: "bad-viewer", Text: err.Error()}
		default:
			p = joined
		}
	}
	return p, notes, nil
}

// A view is the rows of one viewer.
type view struct {
	key       string
	who       string
	predicate predicate.Predicate
	explain   *explain.Viewer
	data      *dataset
	visible   []int32 // rows from 0
	notes     []string
	groups    []string

	once   sync.Once
	hidden []int32
}

func (v *view) hiddenRows() []int32 {
	v.once.Do(func() {
		next := 0
		for row := range v.data.rows {
			if next < len(v.visible) && int(v.visible[next]) == row {
				next++
				continue
			}
			v.hidden = append(v.hidden, int32(row))
		}
	})
	return v.hidden
}

// maxViews is how many views are kept: a page scrolls in one of them.
const maxViews = 6

// viewOf returns the rows of a viewer, from an earlier answer if nothing changed.
func (e *Engine) viewOf(ctx context.Context, spec viewerSpec) (*view, snapshot, error) {
	s := e.snapshot()
	text, err := json.Marshal([]any{s.rev, spec.Kind, spec.User, spec.Groups, secretTags(spec.Tags)})
	if err != nil {
		return nil, s, err
	}
	e.mu.Lock()
	for _, v := range e.views {
		if v.key == string(text) {
			e.mu.Unlock()
			return v, s, nil
		}
	}
	e.mu.Unlock()
	v, err := s.newView(ctx, spec)
	if err != nil {
		return nil, s, err
	}
	v.key = string(text)
	e.mu.Lock()
	if e.views = append(e.views, v); len(e.views) > maxViews {
		e.views = e.views[1:]
	}
	e.mu.Unlock()
	return v, s, nil
}

func secretTags(tags []tagrules.Tag) (pairs [][2]string) {
	for _, t := range tags {
		pairs = append(pairs, [2]string{t.Key, t.Value})
	}
	return pairs
}

func (s snapshot) newView(ctx context.Context, spec viewerSpec) (*view, error) {
	v := &view{data: s.data}
	var columns []string
	if spec.Kind == "session" {
		c, err := s.tags.config()
		if err != nil {
			return nil, err
		}
		p, err := c.For(spec.Tags...)
		if err != nil {
			return nil, &Problem{Code: "bad-viewer", Text: err.Error()}
		}
		if v.explain, err = explain.ForTags(c, spec.Tags...); err != nil {
			return nil, err
		}
		v.predicate, columns = p, c.Columns()
		about, err := c.Explain(spec.Tags...)
		if err != nil {
			return nil, err
		}
		for _, near := range about.Misses {
			v.notes = append(v.notes, fmt.Sprintf("the tag %q is ignored; the key of the rules is %q", near.Session, near.Rule))
		}
	} else {
		rules, err := s.now.read()
		if err != nil {
			return nil, refused(err)
		}
		p, notes, err := s.principal(spec, rules)
		if err != nil {
			return nil, err
		}
		if v.predicate, err = rules.For(p); err != nil {
			return nil, &Problem{Code: "limit", Text: err.Error()}
		}
		if v.explain, err = explain.For(rules, p); err != nil {
			return nil, err
		}
		v.notes, columns = notes, rules.Columns()
		for _, g := range p.Groups {
			v.groups = append(v.groups, g.Name)
		}
		if v.predicate.Op() == predicate.OpNone {
			for _, miss := range explain.Near(rules, p) {
				v.notes = append(v.notes, miss.String())
			}
		}
	}
	v.who = v.explain.Who()
	if s.data == nil {
		return v, nil
	}
	if err := s.data.fits(columns); err != nil {
		return nil, err
	}
	if err := s.rowsOf(ctx, v.predicate, columns, func(row int) { v.visible = append(v.visible, int32(row)) }); err != nil {
		return nil, err
	}
	return v, nil
}

// refused says that the rules do not load, which is not an error of the question.
func refused(err error) error {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return &Problem{Code: "refused-rules", Text: err.Error()}
}

type viewAnswer struct {
	Rev       int                 `json:"rev"`
	Who       string              `json:"who"`
	Groups    []string            `json:"groups"`
	Rows      int                 `json:"rows"`
	Visible   int                 `json:"visible"`
	HasData   bool                `json:"hasData"`
	Predicate predicate.Predicate `json:"predicate"`
	Text      string              `json:"text"`
	Notes     []string            `json:"notes"`
}

// view counts the rows of a viewer, and says which they are.
func (e *Engine) view(ctx context.Context, q struct {
	Viewer viewerSpec `json:"viewer"`
}) (*viewAnswer, error) {
	v, s, err := e.viewOf(ctx, q.Viewer)
	if err != nil {
		return nil, err
	}
	a := &viewAnswer{Rev: s.rev, Who: v.who, Groups: v.groups, HasData: v.data != nil, Predicate: v.predicate.Rows(), Notes: v.notes, Visible: len(v.visible)}
	if q.Viewer.Kind != "session" { // tag values are secrets (T8)
		a.Text = v.predicate.Rows().String()
	}
	if v.data != nil {
		a.Rows = v.data.rows
	}
	return a, nil
}

type rowsAnswer struct {
	Rev  int       `json:"rev"`
	Len  int       `json:"len"` // of the list that the window is of
	Rows []dataRow `json:"rows"`
}

// A dataRow is a row of the data with the reason why it is visible or hidden.
type dataRow struct {
	Row     int            `json:"row"` // from 1, as in messages
	Visible bool           `json:"visible"`
	Cells   []*string      `json:"cells"`
	Why     explain.Answer `json:"why"`
	By      []int          `json:"by"`   // the rules that admit it, as rows of the grid
	Near    []int          `json:"near"` // the rules that come nearest
}

// list returns the rows that are asked for: all of them is nil.
func (v *view) list(only string) (rows []int32, all bool) {
	switch only {
	case "visible":
		return v.visible, false
	case "hidden":
		return v.hiddenRows(), false
	}
	return nil, true
}

// viewRows returns a window of the rows of a viewer.
func (e *Engine) viewRows(ctx context.Context, q struct {
	Viewer viewerSpec `json:"viewer"`
	Only   string     `json:"only"` // visible, hidden, or all
	From   int        `json:"from"`
	Len    int        `json:"len"`
}) (*rowsAnswer, error) {
	v, s, err := e.viewOf(ctx, q.Viewer)
	if err != nil {
		return nil, err
	}
	if v.data == nil {
		return nil, errNoData
	}
	rows, all := v.list(q.Only)
	out := &rowsAnswer{Rev: s.rev, Len: len(rows), Rows: []dataRow{}}
	if all {
		out.Len = v.data.rows
	}
	for at := max(0, q.From); at < min(out.Len, q.From+min(q.Len, maxWindow)); at++ {
		row := at
		if !all {
			row = int(rows[at])
		}
		r, err := e.dataRow(v, s, row)
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, r)
	}
	return out, nil
}

func (e *Engine) dataRow(v *view, s snapshot, row int) (dataRow, error) {
	r := dataRow{Row: row + 1}
	var err error
	if r.Cells, err = e.texts(v.data, row); err != nil {
		return r, err
	}
	rec, i := v.data.at(row)
	if r.Why, err = v.explain.At(rec, i); err != nil {
		return r, err
	}
	_, r.Visible = slices.BinarySearch(v.visible, int32(row))
	r.Why.Row, r.Why.Who = row+1, ""
	r.By, r.Near = []int{}, []int{}
	for _, rule := range r.Why.By {
		if rule.List == 0 {
			r.By = append(r.By, s.gridRow(rule.Pos.Line)...)
		}
	}
	for _, miss := range r.Why.Nearest {
		if miss.Rule.List == 0 {
			r.Near = append(r.Near, s.gridRow(miss.Rule.Pos.Line)...)
		}
	}
	return r, nil
}

type textAnswer struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// maxExport is how many rows are written into one file of the page.
const maxExport = 100_000

// viewCSV writes the visible rows for a spreadsheet. A spreadsheet runs cells
// that begin like a formula: such a cell gets an apostrophe in front.
func (e *Engine) viewCSV(ctx context.Context, q struct {
	Viewer viewerSpec `json:"viewer"`
}) (*textAnswer, error) {
	v, _, err := e.viewOf(ctx, q.Viewer)
	if err != nil {
		return nil, err
	}
	if v.data == nil {
		return nil, errNoData
	}
	if len(v.visible) > maxExport {
		return nil, &Problem{Code: "too-many", Text: fmt.Sprintf("got %d rows, want at most %d: rowsight filter writes them all", len(v.visible), maxExport)}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	var names []string
	for _, f := range v.data.schema.Fields() {
		names = append(names, guard(f.Name))
	}
	if err := w.Write(names); err != nil {
		return nil, err
	}
	for _, row := range v.visible {
		texts, err := e.texts(v.data, int(row))
		if err != nil {
			return nil, err
		}
		record := make([]string, len(texts))
		for i, t := range texts {
			if t != nil {
				record[i] = guard(*t)
			}
		}
		if err := w.Write(record); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return &textAnswer{Name: "visible.csv", Text: b.String()}, w.Error()
}

// guard keeps a spreadsheet from running a text as a formula.
func guard(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
