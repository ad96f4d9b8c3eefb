package query

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/predicate"
)

// ParseOptions configure [Parse]. A nil *ParseOptions is the default.
type ParseOptions struct {
	File string // the name in errors
	Max  int64  // the largest size in bytes; 0 is 1 MiB
}

// Parse reads a question in JSON, as [Query.MarshalJSON] writes it and
// docs/query.md describes it. An unknown field, a field given twice and a value of
// another type are errors. Every problem is reported with its line and column. On
// error the Query is zero. Parse does not know the table: [Query.Check] does.
func Parse(r io.Reader, opts *ParseOptions) (Query, error) {
	var o ParseOptions
	if opts != nil {
		o = *opts
	}
	if o.Max <= 0 {
		o.Max = 1 << 20
	}
	doc, err := jsondoc.Read(r, o.File, &jsondoc.Options{Max: o.Max})
	if err != nil {
		return Query{}, err
	}
	p := parser{doc}
	q := p.query(doc.Root)
	if err := doc.Err(); err != nil {
		return Query{}, err
	}
	return q, nil
}

type parser struct{ *jsondoc.Document }

type value = *jsondoc.Value

func (p parser) query(v value) (q Query) {
	p.Object(v, "", []jsondoc.Field{
		{Name: "columns", Decode: p.list(func(v value, field string) { q.Columns = append(q.Columns, p.String(v, field)) })},
		{Name: "dimensions", Decode: p.list(func(v value, field string) { q.Dimensions = append(q.Dimensions, p.dimension(v, field)) })},
		{Name: "measures", Decode: p.list(func(v value, field string) { q.Measures = append(q.Measures, p.measure(v, field)) })},
		{Name: "filters", Decode: p.list(func(v value, field string) { q.Filters = append(q.Filters, p.filter(v, field)) })},
		{Name: "order", Decode: p.list(func(v value, field string) { q.Order = append(q.Order, p.order(v, field)) })},
		{Name: "limit", Decode: func(v value, field string) { q.Limit = int64(p.Int(v, field)) }},
		{Name: "offset", Decode: func(v value, field string) { q.Offset = int64(p.Int(v, field)) }},
		{Name: "totals", Decode: func(v value, field string) { q.Totals = p.Bool(v, field) }},
	})
	return q
}

func (p parser) list(decode func(v value, field string)) func(v value, field string) {
	return func(v value, field string) {
		p.Each(v, field, func(_ int, v value, field string) { decode(v, field) })
	}
}

func (p parser) text(to *string) func(v value, field string) {
	return func(v value, field string) { *to = p.String(v, field) }
}

// number reads a number, or a text where a double of a JSON library would change
// digits.
func (p parser) number(to *string) func(v value, field string) {
	return func(v value, field string) {
		if v.Kind != jsondoc.Number && v.Kind != jsondoc.Text {
			p.Fail(v, field, fmt.Errorf("%w: found %s, want a number or a string", jsondoc.ErrType, v.Kind))
			return
		}
		*to = v.Text
	}
}

func (p parser) dimension(v value, field string) (d Dimension) {
	p.Object(v, field, []jsondoc.Field{
		{Name: "column", Must: true, Decode: p.text(&d.Column)},
		{Name: "cut", Decode: func(v value, field string) { d.Cut = Cut(p.oneOf(v, field, cutNames[1:])) }},
		{Name: "as", Decode: p.text(&d.As)},
	})
	return d
}

// oneOf returns the number of a name, from 1; 0 after a problem.
func (p parser) oneOf(v value, field string, names []string) int {
	text := p.String(v, field)
	for i, name := range names {
		if name == text {
			return i + 1
		}
	}
	if !p.Bad(v) {
		p.Fail(v, field, fmt.Errorf("%w: want %s", ErrValue, strings.Join(names, ", ")))
	}
	return 0
}

func (p parser) measure(v value, field string) (m Measure) {
	p.Object(v, field, []jsondoc.Field{
		{Name: "function", Must: true, Decode: func(v value, field string) { m.Func = Func(p.oneOf(v, field, funcNames[1:])) }},
		{Name: "of", Decode: func(v value, field string) { m.Of = p.expr(v, field, 0) }},
		{Name: "percent", Decode: p.number(&m.Percent)},
		{Name: "as", Decode: p.text(&m.As)},
	})
	return m
}

// expr reads a column as a text, or arithmetic as an object.
func (p parser) expr(v value, field string, depth int) (e Expr) {
	if v.Kind == jsondoc.Text {
		return Col(v.Text)
	}
	if depth > maxDepth {
		p.Fail(v, field, fmt.Errorf("%w: arithmetic nested more than %d deep", ErrTooMany, maxDepth))
		return Expr{}
	}
	n := 0
	operands := func(op ExprOp) func(v value, field string) {
		return func(v value, field string) {
			n++
			var args []Expr
			p.Each(v, field, func(_ int, v value, field string) { args = append(args, p.expr(v, field, depth+1)) })
			if len(args) < 2 {
				if !p.Bad(v) {
					p.Fail(v, field, fmt.Errorf("%w: got %d operands, want 2 or more", ErrValue, len(args)))
				}
				return
			}
			e = arithmetic(op, args[0], args[1:])
		}
	}
	p.Object(v, field, []jsondoc.Field{
		{Name: "column", Decode: func(v value, field string) { n++; e = Col(p.String(v, field)) }},
		{Name: "number", Decode: func(v value, field string) {
			n++
			var digits string
			p.number(&digits)(v, field)
			e = Num(digits)
		}},
		{Name: "add", Decode: operands(ExprAdd)},
		{Name: "subtract", Decode: operands(ExprSubtract)},
		{Name: "multiply", Decode: operands(ExprMultiply)},
	})
	if n != 1 && !p.Bad(v) {
		p.Fail(v, field, fmt.Errorf("%w: want one of column, number, add, subtract, multiply", ErrValue))
	}
	return e
}

func (p parser) filter(v value, field string) (f Filter) {
	n := 0
	set := func(g Filter) { n++; f = g }
	p.Object(v, field, []jsondoc.Field{
		{Name: "where", Decode: func(v value, field string) { set(Where{p.predicate(v, field)}) }},
		{Name: "range", Decode: func(v value, field string) { set(p.bounds(v, field)) }},
		{Name: "null", Decode: func(v value, field string) { set(Null{Column: p.onlyColumn(v, field)}) }},
		{Name: "notNull", Decode: func(v value, field string) { set(Null{Column: p.onlyColumn(v, field), Not: true}) }},
		{Name: "top", Decode: func(v value, field string) { set(p.top(v, field)) }},
	})
	if n != 1 && !p.Bad(v) {
		p.Fail(v, field, fmt.Errorf("%w: want one of where, range, null, notNull, top", ErrValue))
	}
	return f
}

func (p parser) onlyColumn(v value, field string) (name string) {
	p.Object(v, field, []jsondoc.Field{{Name: "column", Must: true, Decode: p.text(&name)}})
	return name
}

// predicate reads the form of [predicate.Predicate.MarshalJSON]. Its problems are
// placed in the whole document.
func (p parser) predicate(v value, field string) (q predicate.Predicate) {
	if p.Bad(v) {
		return q
	}
	err := q.UnmarshalJSON([]byte(p.Raw(v)))
	if err == nil {
		return q
	}
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, err := range all {
		var at *predicate.SyntaxError
		if errors.As(err, &at) {
			p.FailInside(v, at.Offset, field, at.Err)
			continue
		}
		p.Fail(v, field, err)
	}
	return predicate.Predicate{}
}

func (p parser) bounds(v value, field string) (r Range) {
	p.Object(v, field, []jsondoc.Field{
		{Name: "column", Must: true, Decode: p.text(&r.Column)},
		{Name: "from", Decode: p.number(&r.From)}, {Name: "to", Decode: p.number(&r.To)},
		{Name: "above", Decode: p.number(&r.Above)}, {Name: "below", Decode: p.number(&r.Below)},
	})
	return r
}

func (p parser) top(v value, field string) (t Top) {
	p.Object(v, field, []jsondoc.Field{
		{Name: "column", Must: true, Decode: p.text(&t.Column)},
		{Name: "n", Must: true, Decode: func(v value, field string) { t.N = int64(p.Int(v, field)) }},
		{Name: "by", Must: true, Decode: func(v value, field string) { t.By = p.measure(v, field) }},
		{Name: "bottom", Decode: func(v value, field string) { t.Bottom = p.Bool(v, field) }},
	})
	return t
}

func (p parser) order(v value, field string) (o Order) {
	p.Object(v, field, []jsondoc.Field{
		{Name: "by", Must: true, Decode: p.text(&o.By)},
		{Name: "desc", Decode: func(v value, field string) { o.Desc = p.Bool(v, field) }},
	})
	return o
}
