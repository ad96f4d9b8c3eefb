package flightsql

import (
	"slices"

	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
)

// isPage reports whether a statement of rows needs a question: an order, an offset,
// or a condition that a read does not have.
func (s *plainStatement) isPage() (bool, error) {
	if s.selection.order != nil || s.selection.offset.kind != tokenEnd {
		return true, nil
	}
	for _, c := range s.selection.where.conjuncts() {
		if _, ok, err := s.predicate(c); err != nil || !ok {
			return true, err
		}
	}
	return false, nil
}

// page makes a question for a page of rows of the statement.
func (s *plainStatement) page() error {
	sel := s.selection
	items := sel.items
	if sel.star {
		for _, c := range s.columns {
			items = append(items, item{column: c.Name, as: c.Name})
		}
	}
	var q, names query.Query // names calls the columns as the result does
	for _, i := range items {
		if i.cut != query.Whole {
			return refused("date_trunc: want it with GROUP BY")
		}
		if slices.Contains(q.Columns, i.column) {
			return refused("column %q is there twice", i.column)
		}
		q.Columns = append(q.Columns, i.column)
		names.Dimensions = append(names.Dimensions, query.Dimension{Column: i.column, As: i.as})
	}
	var err error
	if q.Filters, err = s.filters(); err != nil {
		return err
	}
	for _, o := range sel.order {
		out, err := s.output(names, o.By)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(names.Dimensions, func(d query.Dimension) bool { return d.Name() == out })
		q.Order = append(q.Order, query.Order{By: q.Columns[at], Desc: o.Desc})
	}
	if sel.limit.kind == tokenEnd {
		return refused("rows with ORDER BY, OFFSET or a condition other than = and IN of text columns: want LIMIT, at most %d", query.MaxPage)
	}
	if err := s.check(q); err != nil {
		return err
	}
	s.fields = eval.Schema(s.plan.Output()).Fields()
	for i := range s.fields {
		s.fields[i].Name = items[i].as
	}
	return nil
}
