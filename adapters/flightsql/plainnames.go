package flightsql

import (
	"errors"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/query"
)

// find returns a table by its name: as it is written, or in any case if one table
// matches.
func find(tables map[string]Table, name string) (string, error) {
	if tables[name] != nil {
		return name, nil
	}
	found := ""
	for other := range tables {
		if strings.EqualFold(other, name) {
			if found != "" {
				return "", refused("%q: two datasets differ from this name in case alone", name)
			}
			found = other
		}
	}
	if found == "" {
		return "", refused("%q: no such dataset", name)
	}
	return found, nil
}

// column returns a column that the session sees, found like a table.
func (s *plainStatement) column(name string) (query.Column, error) {
	var found []query.Column
	for _, c := range s.columns {
		if c.Name == name {
			return c, nil
		}
		if strings.EqualFold(c.Name, name) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return query.Column{}, refused("%q: no such column", name)
	}
	return found[0], nil
}

// named puts the names of columns in place of what the statement calls them.
func (s *plainStatement) named() error {
	var errs []error
	name := func(text *string) {
		c, err := s.column(*text)
		if err != nil {
			errs = append(errs, err)
			return
		}
		*text = c.Name
	}
	for i := range s.selection.items {
		it := &s.selection.items[i]
		switch {
		case it.measure == nil:
			if it.as == "" {
				it.as = it.column // the result is called as the statement says
			}
			name(&it.column)
		default:
			if it.as == "" {
				it.as = it.name()
			}
			it.measure.Of = s.expr(it.measure.Of, &errs)
		}
	}
	if s.selection.where != nil {
		s.selection.where.each(func(c *condition) { name(&c.column) })
	}
	return errors.Join(errs...)
}

func (s *plainStatement) expr(e query.Expr, errs *[]error) query.Expr {
	args := slices.Collect(e.Args())
	for i, a := range args {
		args[i] = s.expr(a, errs)
	}
	switch e.Op() {
	case query.ExprColumn:
		c, err := s.column(e.Text())
		if err != nil {
			*errs = append(*errs, err)
		}
		return query.Col(c.Name)
	case query.ExprAdd:
		return query.Add(args[0], args[1:]...)
	case query.ExprSubtract:
		return query.Subtract(args[0], args[1], args[2:]...)
	case query.ExprMultiply:
		return query.Multiply(args[0], args[1:]...)
	}
	return e
}

// each calls a function for each comparison.
func (c *condition) each(do func(*condition)) {
	for _, p := range c.parts {
		p.each(do)
	}
	if c.parts == nil {
		do(c)
	}
}

// output returns a column of the result by its name, or by that of its column. What
// the result calls so comes first, as in SQL. A name in another case that is not the
// only one is refused: engines differ about it.
func (s *plainStatement) output(q query.Query, name string) (string, error) {
	same := func(name, column func(string) bool) (found []string) {
		for _, d := range q.Dimensions {
			if name(d.Name()) || d.Cut == query.Whole && column(d.Column) {
				found = append(found, d.Name())
			}
		}
		for _, m := range q.Measures {
			if name(m.Name()) {
				found = append(found, m.Name())
			}
		}
		return found
	}
	exact := func(text string) bool { return text == name }
	folded := func(text string) bool { return strings.EqualFold(text, name) }
	never := func(string) bool { return false }
	for _, found := range [][]string{same(exact, never), same(folded, exact), same(never, folded)} {
		switch {
		case len(found) > 1:
			return "", refused("%q: several columns of the result: want a name that one has", name)
		case len(found) > 0:
			return found[0], nil
		}
	}
	return "", refused("%q: no such column of the result", name)
}
