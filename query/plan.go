package query

import (
	"maps"
	"slices"
)

// A Plan is a question whose names and types are checked against a table. It is
// immutable and safe for concurrent use. Engines refuse the zero Plan.
type Plan struct{ p *plan }

type plan struct {
	query   Query
	columns map[string]Column // that the question names
	out     []Column
	bounds  []Bounds // of each filter; zero for those that are no Range
}

// IsZero reports whether p is the zero Plan.
func (p Plan) IsZero() bool { return p.p == nil }

// Query returns the question. It must not be changed.
func (p Plan) Query() Query {
	if p.p == nil {
		return Query{}
	}
	return p.p.query
}

// Keys returns what stands in front of the measures in the answer: the dimensions,
// or the columns of a page of rows as dimensions that do not cut.
func (p Plan) Keys() []Dimension {
	q := p.Query()
	if len(q.Columns) == 0 {
		return slices.Clone(q.Dimensions)
	}
	keys := make([]Dimension, len(q.Columns))
	for i, name := range q.Columns {
		keys[i].Column = name
	}
	return keys
}

// Output returns the columns of the answer: the dimensions, and then the measures.
// Those of a page of rows are its columns.
func (p Plan) Output() []Column {
	if p.p == nil {
		return nil
	}
	return slices.Clone(p.p.out)
}

// Column returns a column of the question, or the zero Column for any other
// name.
func (p Plan) Column(name string) Column {
	if p.p == nil {
		return Column{}
	}
	return p.p.columns[name]
}

// Needs returns the names of all columns of dimensions, measures and filters,
// sorted.
func (p Plan) Needs() []string {
	if p.p == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(p.p.columns))
}

// FilterColumns returns the names of the columns of filters, sorted.
func (p Plan) FilterColumns() []string {
	var names []string
	for _, f := range p.Query().Filters {
		switch f := f.(type) {
		case Where:
			names = append(names, f.Predicate.Restricted()...)
		case Range:
			names = append(names, f.Column)
		case Null:
			names = append(names, f.Column)
		case Top:
			names = append(names, f.Column)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Type returns the type of an expression of the question.
func (p Plan) Type(e Expr) Column {
	if p.p == nil {
		return Column{}
	}
	c := checker{table: p.p.columns}
	return c.expr(e, "", 0)
}

// Bounds returns the bounds of the filter with the index filter, a [Range], as
// values of the type of its column. For an index without a filter they are
// Empty.
func (p Plan) Bounds(filter int) Bounds {
	if p.p == nil || filter < 0 || filter >= len(p.p.bounds) {
		return Bounds{Empty: true}
	}
	return p.p.bounds[filter]
}

// Result returns the type of a measure.
func (p Plan) Result(m Measure) Column {
	c := checker{table: p.p.columns}
	return c.measure(m, "")
}

// Percent returns the percentage of a [Percentile] as a fraction of whole numbers:
// 99.9 is 999 of 1000. For any other measure it returns 0 of 1.
func Percent(m Measure) (percent, of int64) {
	if percent, of, ok := percentOf(m.Percent); ok && m.Func == Percentile {
		return percent, of
	}
	return 0, 1
}
