package studio

import (
	"context"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/rls"
)

// A gridRow is one rule as the page shows it.
type gridRow struct {
	Row   int        `json:"row"`
	Line  int        `json:"line"`
	Cells []gridCell `json:"cells"`
}

// A gridCell is the text of a cell, and the values of its list.
type gridCell struct {
	Text  string   `json:"text"`
	Items []string `json:"items,omitempty"`
	Error string   `json:"error,omitempty"` // why it is not a list
}

type gridRows struct {
	Rev  int       `json:"rev"`
	Len  int       `json:"len"`
	Rows []gridRow `json:"rows"`
	Text *string   `json:"text,omitempty"` // of a file that is not a table
}

// maxWindow is how many rows one answer has.
const maxWindow = 500

// rows returns a window of the rules.
func (e *Engine) rows(_ context.Context, q struct {
	From int `json:"from"`
	Len  int `json:"len"`
}) (*gridRows, error) {
	s := e.snapshot()
	if s.now == nil {
		return nil, errNoRules
	}
	out := &gridRows{Rev: s.rev, Rows: []gridRow{}}
	t := s.now.table
	if t == nil {
		text := s.now.text()
		out.Text = &text
		return out, nil
	}
	out.Len = t.Len()
	user, group := principals(t.Header(), s.now.source)
	for i := max(0, q.From); i < min(t.Len(), q.From+min(q.Len, maxWindow)); i++ {
		row := gridRow{Row: i, Line: t.Line(i)}
		for c, text := range t.Fields(i) {
			cell := gridCell{Text: text}
			if name := t.Header()[c]; name != user && name != group && text != "" {
				if _, err := rls.ParseCell(text); err != nil {
					cell.Error = err.Error()
				}
				cell.Items, _ = Items(text)
			}
			row.Cells = append(row.Cells, cell)
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// changed makes a change, if the page has seen the newest version, and returns the
// state after it.
func (e *Engine) changed(rev int, f func() error) (*state, error) {
	e.mu.Lock()
	err := error(errStale)
	if rev == e.rev {
		err = f()
	}
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return e.newState(), nil
}

// changeRules makes another version of the rules, from the one that the page has seen.
func (e *Engine) changeRules(rev int, f func(now *version) (*version, error)) (*state, error) {
	return e.changed(rev, func() error {
		if e.now == nil {
			return errNoRules
		}
		next, err := f(e.now)
		if err == nil && next.text() != e.now.text() {
			e.change(next)
		}
		return err
	})
}

// edit applies edits to the version that the page has seen.
func (e *Engine) edit(_ context.Context, q struct {
	Rev int  `json:"rev"`
	Ops []Op `json:"ops"`
}) (*state, error) {
	return e.apply(q.Rev, func(t *Table) (*Table, error) { return t.Apply(q.Ops...) })
}

func (e *Engine) apply(rev int, f func(*Table) (*Table, error)) (*state, error) {
	return e.changeRules(rev, func(now *version) (*version, error) {
		if now.table == nil {
			return nil, &Problem{Code: "not-a-table", Text: "the file is not a table yet: correct its text first"}
		}
		next, err := f(now.table)
		if err != nil {
			return nil, &Problem{Code: "refused", Text: err.Error()}
		}
		return &version{source: now.source, table: next}, nil
	})
}

// paste puts what a spreadsheet copied over cells.
func (e *Engine) paste(_ context.Context, q struct {
	Rev  int    `json:"rev"`
	Row  int    `json:"row"`
	Col  int    `json:"col"`
	Text string `json:"text"`
}) (*state, error) {
	return e.apply(q.Rev, func(t *Table) (*Table, error) {
		ops, err := t.Paste(q.Row, q.Col, ParsePaste(q.Text))
		if err != nil {
			return nil, err
		}
		return t.Apply(ops...)
	})
}

// setText replaces the text of a file that is not a table.
func (e *Engine) setText(_ context.Context, q struct {
	Rev  int    `json:"rev"`
	Text string `json:"text"`
}) (*state, error) {
	return e.changeRules(q.Rev, func(now *version) (*version, error) { return newVersion(now.source, q.Text), nil })
}

// moves answers undo and redo: by goes to another version.
func (e *Engine) moves(by func() bool) call {
	return with(func(context.Context, struct{}) (*state, error) {
		e.mu.Lock()
		if by() {
			e.rev++
		}
		e.mu.Unlock()
		return e.newState(), nil
	})
}

// repair makes plain CSV of a file that cannot be read, as rowsight fix does.
func (e *Engine) repair(ctx context.Context, q struct {
	Rev int `json:"rev"`
}) (*state, error) {
	s := e.snapshot()
	if s.now == nil {
		return nil, errNoRules
	}
	text, changes, err := e.host.Repair(ctx, s.files.Rules, []byte(s.now.text()))
	if err != nil {
		return nil, &Problem{Code: "no-repair", Text: err.Error()}
	}
	return e.changed(q.Rev, func() error {
		e.change(newVersion(s.now.source.plain(), string(text)))
		e.repairs = changes
		return nil
	})
}

type found struct {
	Rows []int `json:"rows"`
}

// find returns the rules with a text in any cell, in any case.
func (e *Engine) find(_ context.Context, q struct {
	Text string `json:"text"`
}) (*found, error) {
	s := e.snapshot()
	if s.now == nil || s.now.table == nil {
		return nil, errNoRules
	}
	out := &found{Rows: []int{}}
	for i := range s.now.table.Len() {
		if slices.ContainsFunc(s.now.table.Fields(i), func(f string) bool { return contains(f, q.Text) }) {
			out.Rows = append(out.Rows, i)
		}
	}
	return out, nil
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
