package flightsql

import (
	"strconv"
	"time"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

// conjuncts returns the conditions that all must hold.
func (c *condition) conjuncts() (all []*condition) {
	switch {
	case c == nil:
		return nil
	case c.op != "and":
		return []*condition{c}
	}
	for _, p := range c.parts {
		all = append(all, p.conjuncts()...)
	}
	return all
}

// predicate returns a condition of text columns as a predicate; ok says that it is one.
func (s *plainStatement) predicate(c *condition) (p predicate.Predicate, ok bool, err error) {
	switch c.op {
	case "and", "or":
		all := make([]predicate.Predicate, 0, len(c.parts))
		for _, part := range c.parts {
			q, ok, err := s.predicate(part)
			if err != nil || !ok {
				return predicate.Predicate{}, ok, err
			}
			all = append(all, q)
		}
		if c.op == "and" {
			return predicate.And(all[0], all[1:]...), true, nil
		}
		return predicate.Or(all...), true, nil
	case "=", "in":
		col, err := s.column(c.column)
		if err != nil || col.Kind != query.Text {
			return predicate.Predicate{}, false, err
		}
		values := make([]string, 0, len(c.values))
		for _, o := range c.values {
			v, err := s.text(o, col)
			if err != nil {
				return predicate.Predicate{}, false, err
			}
			values = append(values, v)
		}
		return predicate.In(col.Name, values...), true, nil
	}
	return predicate.Predicate{}, false, nil
}

// text returns a value that a text column is compared with. NULL and "" are in no set
// of a predicate, so they are refused.
func (s *plainStatement) text(o operand, col query.Column) (string, error) {
	text := o.text
	switch o.kind {
	case tokenParam:
		if s.args == nil {
			return "?", nil
		}
		v, ok := s.args[o.param-1].(string)
		if !ok {
			return "", refused("parameter %d: column %q: want a text", o.param, col.Name)
		}
		text = v
	case tokenText:
	default:
		return "", refused("column %q: want a text in single quotes", col.Name)
	}
	if text == "" {
		return "", refused("column %q: want a text that is not empty", col.Name)
	}
	return text, nil
}

// filter returns a condition of a question.
func (s *plainStatement) filter(c *condition) (query.Filter, error) {
	p, ok, err := s.predicate(c)
	if err != nil {
		return nil, err
	}
	if ok {
		return query.Where{Predicate: p}, nil
	}
	if c.parts != nil {
		return nil, refused("OR: want = and IN of text columns")
	}
	if c.op == "null" || c.op == "notnull" {
		return query.Null{Column: c.column, Not: c.op == "notnull"}, nil
	}
	col, err := s.column(c.column)
	if err != nil {
		return nil, err
	}
	switch {
	case col.Kind == query.Text || col.Kind == query.Bool || col.Kind == query.Other:
		return nil, refused("column %q: a column of type %s has no ranges", col.Name, col.Kind)
	case len(c.values) != 1:
		return nil, refused("column %q: IN with several values: want a text column", col.Name)
	}
	v, err := s.bound(c.values[0], col)
	if err != nil {
		return nil, err
	}
	r := query.Range{Column: col.Name}
	switch c.op {
	case "=", "in":
		r.From, r.To = v, v
	case ">=":
		r.From = v
	case ">":
		r.Above = v
	case "<=":
		r.To = v
	default:
		r.Below = v
	}
	return r, nil
}

// filters returns the conditions of a question.
func (s *plainStatement) filters() (all []query.Filter, err error) {
	for _, c := range s.selection.where.conjuncts() {
		f, err := s.filter(c)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// bound returns a bound of a range as package query reads it.
func (s *plainStatement) bound(o operand, col query.Column) (string, error) {
	if o.kind != tokenParam {
		return o.text, nil
	}
	s.params[o.param-1] = query.Column{Name: s.params[o.param-1].Name, Kind: col.Kind, Precision: col.Precision, Scale: col.Scale, UTC: col.UTC}
	if s.args == nil {
		switch col.Kind {
		case query.Date:
			return "2000-01-01", nil
		case query.Time:
			return "2000-01-01T00:00:00Z", nil
		}
		return "0", nil
	}
	switch v := s.args[o.param-1].(type) {
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case Number:
		return string(v), nil
	case string:
		return v, nil
	case time.Time:
		if col.Kind == query.Date {
			return v.Format(time.DateOnly), nil
		}
		return v.UTC().Format(time.RFC3339Nano), nil
	}
	return "", refused("parameter %d: column %q: want a number or a date", o.param, col.Name)
}
