package studio

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls/exposure"
	"github.com/rowsight/rowsight/rls/roster"
)

// maxHeat is how many values of a column the page shows on their own.
const maxHeat = 60

// newSessionReport counts the rows of the data that each session sees.
func (e *Engine) newSessionReport(ctx context.Context, s snapshot) (*exposure.Report, error) {
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
	r := &exposure.Report{Rows: s.data.rows}
	columns, places := make([]*coded, len(names)), make([][]int, len(names))
	for i, name := range names {
		if columns[i], err = e.code(ctx, s.data, name); err != nil {
			return nil, err
		}
		var field exposure.Field
		field, places[i] = fieldOf(name, columns[i])
		r.Fields = append(r.Fields, field)
	}
	viewers := make([]int32, s.data.rows) // of each row
	for _, x := range s.sessions {
		viewer := exposure.Viewer{Viewer: roster.Viewer{Kind: "session", Name: x.Name}}
		viewer.Seen = make([][]int, len(names))
		for i := range names {
			viewer.Seen[i] = make([]int, len(r.Fields[i].Values))
		}
		p, err := config.For(x.Tags...)
		if err != nil {
			viewer.Err = err
		} else if err := s.rowsOf(ctx, p, names, func(at int) {
			viewer.Rows++
			viewers[at]++
			for i := range names {
				viewer.Seen[i][places[i][columns[i].codes[at]]]++
			}
		}); err != nil {
			return nil, err
		}
		for i := range names {
			for k, n := range viewer.Seen[i] {
				if n > 0 {
					r.Fields[i].Values[k].Viewers++
				}
			}
		}
		r.Viewers = append(r.Viewers, viewer)
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
func fieldOf(name string, c *coded) (exposure.Field, []int) {
	rows := make([]int, len(c.values))
	for _, n := range c.codes {
		rows[n]++
	}
	order := make([]int, 0, len(c.values))
	for n := 1; n < len(c.values); n++ {
		order = append(order, n)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(rows[b]-rows[a], strings.Compare(c.values[a], c.values[b])) })
	f, place := exposure.Field{Name: name}, make([]int, len(c.values))
	for i, n := range order {
		if i == maxHeat {
			break
		}
		place[n] = len(f.Values)
		f.Values = append(f.Values, exposure.Value{Text: c.values[n], Rows: rows[n]})
	}
	if rows[0] > 0 {
		place[0] = len(f.Values)
		f.Values = append(f.Values, exposure.Value{Null: true, Rows: rows[0]})
	}
	if len(order) > maxHeat {
		others := exposure.Value{Others: true}
		f.Others = len(order) - maxHeat
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
