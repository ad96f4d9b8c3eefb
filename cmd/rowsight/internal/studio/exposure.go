package studio

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/exposure"
	"github.com/rowsight/rowsight/rls/roster"
)

// A pageViewer is a viewer as the page names it.
type pageViewer struct {
	Kind     string   `json:"kind"` // user or group
	Name     string   `json:"name"`
	Groups   []string `json:"groups,omitempty"`
	Unlisted bool     `json:"unlisted,omitempty"`
}

func newPageViewer(v roster.Viewer) pageViewer {
	return pageViewer{string(v.Kind), v.Name, v.Groups, v.Unlisted}
}

type viewerList struct {
	Viewers []pageViewer `json:"viewers"`
	Groups  []string     `json:"groups"`
	Total   int          `json:"total"`
}

// viewers returns the users and groups there are, of which those that contain a
// text: of the roster, and those that the rules name.
func (e *Engine) viewers(_ context.Context, q struct {
	Text string `json:"text"`
}) (*viewerList, error) {
	s := e.snapshot()
	list := &viewerList{Viewers: []pageViewer{}, Groups: []string{}}
	rules, err := s.now.read()
	if err != nil {
		return list, nil // the page says elsewhere why
	}
	all, err := roster.Viewers(s.users, rules)
	if err != nil {
		return nil, &Problem{Code: "bad-roster", Text: err.Error()}
	}
	groups := make(map[string]bool)
	list.Total = len(all)
	for _, v := range all {
		if v.Kind == namespace.KindGroup {
			groups[v.Name] = true
		}
		for _, g := range v.Groups {
			groups[g] = true
		}
		if len(list.Viewers) < maxChoices && contains(v.Name, q.Text) {
			list.Viewers = append(list.Viewers, newPageViewer(v))
		}
	}
	for r := range rules.All() {
		if r.Group() != "" {
			groups[r.Group()] = true
		}
	}
	list.Groups = slices.AppendSeq(list.Groups, maps.Keys(groups))
	slices.Sort(list.Groups)
	return list, nil
}

// exposureOf returns who sees what of the data.
func (s snapshot) exposureOf(ctx context.Context) (*exposure.Report, error) {
	rules, err := s.now.read()
	if err != nil {
		return nil, refused(err)
	}
	if s.data == nil {
		return nil, errNoData
	}
	if err := s.data.fits(rules.Columns()); err != nil {
		return nil, err
	}
	r, err := s.data.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	return exposure.NewReportContext(ctx, rules, r, &exposure.Options{Roster: s.users, MaxValues: 60})
}

type exposureAnswer struct {
	Rev       int             `json:"rev"`
	Rows      int             `json:"rows"`
	Everybody int             `json:"everybody"`
	Nobody    int             `json:"nobody"`
	Viewers   int             `json:"viewers"`
	Disabled  bool            `json:"disabled,omitempty"`
	Fields    []exposureField `json:"fields"`
}

type exposureField struct {
	Name   string          `json:"name"`
	Values []exposureValue `json:"values"`
}

type exposureValue struct {
	Text      string `json:"text"`
	Null      bool   `json:"null,omitempty"`
	Others    int    `json:"others,omitempty"` // so many values stand together
	Rows      int    `json:"rows"`
	Viewers   int    `json:"viewers"`
	Everybody int    `json:"everybody"`
	Nobody    int    `json:"nobody"`
}

// reportOf returns the exposure of the newest version, by "session" of the sessions of
// tag rules, from an earlier answer if nothing changed.
func (e *Engine) reportOf(ctx context.Context, by string) (*exposure.Report, snapshot, error) {
	s := e.snapshot()
	kept, exposureOf := &e.exposed, s.exposureOf
	if by == "session" {
		kept = &e.exposedSessions
		exposureOf = func(ctx context.Context) (*exposure.Report, error) { return e.newSessionReport(ctx, s) }
	}
	e.mu.Lock()
	cached := *kept
	e.mu.Unlock()
	if cached.report != nil && cached.rev == s.rev {
		return cached.report, s, nil
	}
	r, err := exposureOf(ctx)
	if err != nil {
		return nil, s, err
	}
	e.mu.Lock()
	*kept = exposed{s.rev, r}
	e.mu.Unlock()
	return r, s, nil
}

type exposed struct {
	rev    int
	report *exposure.Report
}

// exposure sums up who sees what.
func (e *Engine) exposure(ctx context.Context, q struct {
	By string `json:"by"` // session for the sessions of tag rules
}) (*exposureAnswer, error) {
	r, s, err := e.reportOf(ctx, q.By)
	if err != nil {
		return nil, err
	}
	a := &exposureAnswer{Rev: s.rev, Rows: r.Rows, Everybody: r.Everybody, Nobody: r.Nobody, Viewers: len(r.Viewers), Disabled: r.Disabled, Fields: []exposureField{}}
	for _, f := range r.Fields {
		field := exposureField{Name: f.Name, Values: []exposureValue{}}
		for _, v := range f.Values {
			value := exposureValue{Text: v.Text, Null: v.Null, Rows: v.Rows, Viewers: v.Viewers, Everybody: v.Everybody, Nobody: v.Nobody}
			if v.Others {
				value.Others = f.Others
			}
			field.Values = append(field.Values, value)
		}
		a.Fields = append(a.Fields, field)
	}
	return a, nil
}

type exposureRow struct {
	pageViewer
	Rules int    `json:"rules"`
	Rows  int    `json:"rows"`
	Seen  []int  `json:"seen"`
	By    []int  `json:"by"` // the rules that admit rows, as rows of the grid
	Error string `json:"error,omitempty"`
}

type exposureWindow struct {
	Len  int           `json:"len"`
	Rows []exposureRow `json:"rows"`
}

// exposureRows returns a window of the heat map of one column.
func (e *Engine) exposureRows(ctx context.Context, q struct {
	Field int    `json:"field"`
	From  int    `json:"from"`
	Len   int    `json:"len"`
	Text  string `json:"text"`
	Sort  string `json:"sort"` // name, most, least
	By    string `json:"by"`   // session for the sessions of tag rules
}) (*exposureWindow, error) {
	r, s, err := e.reportOf(ctx, q.By)
	if err != nil {
		return nil, err
	}
	var list []exposure.Viewer
	for _, v := range r.Viewers {
		if contains(v.Name, q.Text) {
			list = append(list, v)
		}
	}
	switch q.Sort {
	case "most":
		slices.SortStableFunc(list, func(a, b exposure.Viewer) int { return b.Rows - a.Rows })
	case "least":
		slices.SortStableFunc(list, func(a, b exposure.Viewer) int { return a.Rows - b.Rows })
	}
	out := &exposureWindow{Len: len(list), Rows: []exposureRow{}}
	for i := max(0, q.From); i < min(len(list), q.From+min(q.Len, maxWindow)); i++ {
		v := list[i]
		row := exposureRow{pageViewer: newPageViewer(v.Viewer), Rules: v.Rules, Rows: v.Rows, Seen: []int{}, By: []int{}}
		if q.Field >= 0 && q.Field < len(v.Seen) {
			row.Seen = v.Seen[q.Field]
		}
		if v.Err != nil {
			row.Error = v.Err.Error()
		}
		for _, by := range v.By {
			row.By = append(row.By, s.gridRow(by.Rule.Pos().Line)...)
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// gridRow returns the row of the grid that the rule at a line stands in, if it is a grid.
func (s snapshot) gridRow(line int) []int {
	if s.now == nil || s.now.table == nil {
		return nil
	}
	if row, _, ok := s.now.table.At(line, 1); ok {
		return []int{row}
	}
	return nil
}

type accessAnswer struct {
	Values  map[string]string `json:"values"`
	Viewers []access          `json:"viewers"`
	Refused []access          `json:"refused"`
	Open    bool              `json:"open,omitempty"` // the rules are disabled: everybody sees the rows

	Sessions []string `json:"sessions,omitempty"` // that see the row by tag rules
}

type access struct {
	pageViewer
	Rules []int                `json:"rules"`
	Rows  *predicate.Predicate `json:"rows,omitempty"` // which of the rows, if not all of them
	Error string               `json:"error,omitempty"`
}

func (s snapshot) access(a exposure.Answer, only string) *accessAnswer {
	out := &accessAnswer{Values: a.Values, Viewers: []access{}, Refused: []access{}, Open: a.NotEnforced}
	for _, x := range a.Access {
		if only != "" && x.Viewer.Name != only {
			continue
		}
		v := access{pageViewer: newPageViewer(x.Viewer), Rules: []int{}}
		for _, r := range x.Rules {
			v.Rules = append(v.Rules, s.gridRow(r.Pos().Line)...)
		}
		if x.Rows.Op() != predicate.OpAll {
			v.Rows = &x.Rows
		}
		out.Viewers = append(out.Viewers, v)
	}
	for _, x := range a.Refused {
		out.Refused = append(out.Refused, access{pageViewer: newPageViewer(x.Viewer), Error: x.Err.Error(), Rules: []int{}})
	}
	return out
}

// who lists the viewers who see one row of the data, from 1.
func (e *Engine) who(_ context.Context, q struct {
	Row int `json:"row"`
}) (*accessAnswer, error) {
	s := e.snapshot()
	if s.data == nil {
		return nil, errNoData
	}
	if q.Row < 1 || q.Row > s.data.rows {
		return nil, &Problem{Code: "bad-question", Text: "the data has no such row"}
	}
	sessions, err := e.sessionsOf(s, q.Row-1)
	if err != nil {
		return nil, err
	}
	if s.now == nil && s.tags.now != nil {
		return &accessAnswer{Viewers: []access{}, Refused: []access{}, Sessions: sessions}, nil
	}
	rules, err := s.now.read()
	if err != nil {
		return nil, refused(err)
	}
	if err := s.data.fits(rules.Columns()); err != nil {
		return nil, err
	}
	index, err := exposure.NewIndex(rules, s.users)
	if err != nil {
		return nil, err
	}
	values, err := e.named(s.data, q.Row-1, rules.Columns())
	if err != nil {
		return nil, err
	}
	a := index.Row(func(column string) (string, bool) { return values[column], values[column] != "" })
	if a.Values == nil {
		a.Values = values
	}
	out := s.access(a, "")
	out.Sessions = sessions
	return out, nil
}

// exposureRules lists the rules because of which a viewer sees rows with a value,
// or the viewers who do if none is named.
func (e *Engine) exposureRules(_ context.Context, q struct {
	Viewer string `json:"viewer"`
	Column string `json:"column"`
	Value  string `json:"value"` // "" is no value
}) (*accessAnswer, error) {
	s := e.snapshot()
	rules, err := s.now.read()
	if err != nil {
		return nil, refused(err)
	}
	index, err := exposure.NewIndex(rules, s.users)
	if err != nil {
		return nil, err
	}
	a, err := index.Values(map[string]string{q.Column: q.Value})
	if errors.Is(err, exposure.ErrColumn) {
		return nil, &Problem{Code: "bad-question", Text: err.Error()}
	}
	if err != nil {
		return nil, err
	}
	return s.access(a, strings.TrimSpace(q.Viewer)), nil
}
