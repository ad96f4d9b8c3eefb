package studio

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// A sessionReport says how many rows each session sees.
type sessionReport struct {
	exposureAnswer
	rows []exposureRow
	seen [][][]int // by session, field and value
}

// maxHeat is how many values of a column the page shows on their own.
const maxHeat = 60

// newSessionReport counts the rows of the data that each session sees.
func (e *Engine) newSessionReport(ctx context.Context, s snapshot) (*sessionReport, error) {
	config, err := s.tags.config()
	if err != nil {
		return nil, err
	}
	if s.data == nil {
		return nil, errNoData
	}
	names := config.Columns()
	if err := s.data.fits(names); err != nil {
		return nil, err
	}
	r := &sessionReport{exposureAnswer: exposureAnswer{Rev: s.rev, Rows: s.data.rows, Viewers: len(s.sessions), Fields: []exposureField{}}}
	columns, places := make([]*coded, len(names)), make([][]int, len(names))
	for i, name := range names {
		if columns[i], err = e.code(ctx, s.data, name); err != nil {
			return nil, err
		}
		var field exposureField
		field, places[i] = fieldOf(name, columns[i])
		r.Fields = append(r.Fields, field)
	}
	viewers := make([]int32, s.data.rows) // of each row
	for _, x := range s.sessions {
		row := exposureRow{pageViewer: pageViewer{Kind: "session", Name: x.Name}, Seen: []int{}, By: []int{}}
		seen := make([][]int, len(names))
		for i := range names {
			seen[i] = make([]int, len(r.Fields[i].Values))
		}
		p, err := config.For(x.Tags...)
		if err != nil {
			row.Error = err.Error()
		} else if err := s.rowsOf(ctx, p, names, func(at int) {
			row.Rows++
			viewers[at]++
			for i := range names {
				seen[i][places[i][columns[i].codes[at]]]++
			}
		}); err != nil {
			return nil, err
		}
		for i := range names {
			for k, n := range seen[i] {
				if n > 0 {
					r.Fields[i].Values[k].Viewers++
				}
			}
		}
		r.rows, r.seen = append(r.rows, row), append(r.seen, seen)
	}
	for at, n := range viewers {
		everybody, nobody := int(n) == len(s.sessions) && n > 0, n == 0
		if everybody {
			r.Everybody++
		}
		if nobody {
			r.Nobody++
		}
		for i := range names {
			v := &r.Fields[i].Values[places[i][columns[i].codes[at]]]
			if everybody {
				v.Everybody++
			}
			if nobody {
				v.Nobody++
			}
		}
	}
	return r, nil
}

// fieldOf returns the values of a column, those with most rows first, and where
// each of them is counted.
func fieldOf(name string, c *coded) (exposureField, []int) {
	rows := make([]int, len(c.values))
	for _, n := range c.codes {
		rows[n]++
	}
	order := make([]int, 0, len(c.values))
	for n := 1; n < len(c.values); n++ {
		order = append(order, n)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(rows[b]-rows[a], strings.Compare(c.values[a], c.values[b])) })
	f, place := exposureField{Name: name, Values: []exposureValue{}}, make([]int, len(c.values))
	for i, n := range order {
		if i == maxHeat {
			break
		}
		place[n] = len(f.Values)
		f.Values = append(f.Values, exposureValue{Text: c.values[n], Rows: rows[n]})
	}
	if rows[0] > 0 {
		place[0] = len(f.Values)
		f.Values = append(f.Values, exposureValue{Null: true, Rows: rows[0]})
	}
	if len(order) > maxHeat {
		others := exposureValue{Others: len(order) - maxHeat}
		for _, n := range order[maxHeat:] {
			place[n] = len(f.Values)
			others.Rows += rows[n]
		}
		f.Values = append(f.Values, others)
	}
	return f, place
}

// rowsOf calls f for each row of the data that a condition selects.
func (s snapshot) rowsOf(ctx context.Context, p predicate.Predicate, columns []string, f func(row int)) error {
	filter, err := batch.Bind(p.Restrict(columns...), s.data.schema, nil)
	if err != nil {
		return err
	}
	for k, rec := range s.data.records {
		if err := ctx.Err(); err != nil {
			return err
		}
		mask, err := filter.Mask(rec)
		if err != nil {
			return err
		}
		for i := range mask.Len() {
			if mask.Value(i) {
				f(s.data.before[k] + i)
			}
		}
		mask.Release()
	}
	return nil
}

// sessionReportOf is reportOf for the sessions of tag rules.
func (e *Engine) sessionReportOf(ctx context.Context) (*sessionReport, error) {
	s := e.snapshot()
	e.mu.Lock()
	cached := e.exposed
	e.mu.Unlock()
	if cached.sessions != nil && cached.sessions.Rev == s.rev {
		return cached.sessions, nil
	}
	r, err := e.newSessionReport(ctx, s)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.exposed.sessions = r
	e.mu.Unlock()
	return r, nil
}

// sessionRows returns a window of the heat map of sessions.
func (e *Engine) sessionRows(ctx context.Context, field, from, n int, text, order string) (*exposureWindow, error) {
	r, err := e.sessionReportOf(ctx)
	if err != nil {
		return nil, err
	}
	var list []exposureRow
	for i, row := range r.rows {
		if contains(row.Name, text) {
			if field >= 0 && field < len(r.seen[i]) {
				row.Seen = r.seen[i][field]
			}
			list = append(list, row)
		}
	}
	switch order {
	case "most":
		slices.SortStableFunc(list, func(a, b exposureRow) int { return b.Rows - a.Rows })
	case "least":
		slices.SortStableFunc(list, func(a, b exposureRow) int { return a.Rows - b.Rows })
	}
	out := &exposureWindow{Len: len(list), Rows: []exposureRow{}}
	for i := max(0, from); i < min(len(list), from+min(n, maxWindow)); i++ {
		out.Rows = append(out.Rows, list[i])
	}
	return out, nil
}
