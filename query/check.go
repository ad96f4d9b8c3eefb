package query

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/predicate"
)

// Limits of a question.
const (
	MaxDimensions = 32
	MaxMeasures   = 64
	MaxFilters    = 64
	MaxTop        = 1 << 20 // of Top.N
	MaxRows       = 1 << 53 // of Limit and Offset
	MaxColumns    = 256     // of a page of rows
	MaxPage       = 100_000 // rows of a page
	maxName       = 255
	maxDepth      = 16
	maxArgs       = 32
)

// Check checks a question against the columns of a table and returns its plan.
// The columns are those that the session may see: any other name is an
// [ErrNoColumn], whether a hidden column has it or none.
//
// Every problem is reported, as an [*Error]. On error the Plan is zero.
func (q Query) Check(table []Column) (Plan, error) {
	c := checker{table: make(map[string]Column), used: make(map[string]Column)}
	for _, col := range table {
		if _, twice := c.table[col.Name]; twice {
			c.twice = append(c.twice, col.Name)
		}
		c.table[col.Name] = col
		c.names = append(c.names, predicate.Column{Name: col.Name, Type: col.describe(), Text: col.Kind == Text})
	}
	p := &plan{query: q.clone()}
	if len(q.Dimensions) == 0 && len(q.Measures) == 0 && len(q.Columns) == 0 {
		c.fail("", ErrEmpty)
	}
	for _, n := range []struct {
		name      string
		got, most int
	}{{"columns", len(q.Columns), MaxColumns}, {"dimensions", len(q.Dimensions), MaxDimensions}, {"measures", len(q.Measures), MaxMeasures}, {"filters", len(q.Filters), MaxFilters}} {
		if n.got > n.most {
			c.fail(n.name, fmt.Errorf("%w: got %d, want at most %d", ErrTooMany, n.got, n.most))
			return Plan{}, errors.Join(c.errs...)
		}
	}
	if len(q.Columns) > 0 {
		p.out = c.page(q)
	}
	for i, d := range q.Dimensions {
		path := fmt.Sprintf("dimensions[%d]", i)
		out := c.dimension(d, path)
		out.Name = c.output(d.Name(), path, `; set "as"`)
		p.out = append(p.out, out)
	}
	for i, m := range q.Measures {
		path := fmt.Sprintf("measures[%d]", i)
		out := c.measure(m, path)
		out.Name = c.output(m.Name(), path, `; set "as"`)
		p.out = append(p.out, out)
	}
	for i, f := range q.Filters {
		p.bounds = append(p.bounds, c.filter(f, fmt.Sprintf("filters[%d]", i)))
	}
	c.order(q)
	if c.errs != nil {
		return Plan{}, errors.Join(c.errs...)
	}
	p.columns = c.used
	return Plan{p}, nil
}

// clone returns a copy that shares no slice with q.
func (q Query) clone() Query {
	q.Columns, q.Dimensions, q.Measures = slices.Clone(q.Columns), slices.Clone(q.Dimensions), slices.Clone(q.Measures)
	q.Filters, q.Order = slices.Clone(q.Filters), slices.Clone(q.Order)
	return q
}

type checker struct {
	table   map[string]Column
	names   []predicate.Column
	twice   []string
	used    map[string]Column // nil if it does not matter
	outputs []string
	errs    []error
}

func (c *checker) fail(path string, err error) { c.errs = append(c.errs, &Error{path, err}) }

// column returns a column of the table.
func (c *checker) column(name, path string) (Column, bool) {
	col, ok := c.table[name]
	switch {
	case !ok:
		c.fail(path, fmt.Errorf("column %q: %w%s", name, ErrNoColumn, predicate.Near(c.names, name)))
		return Column{}, false
	case slices.Contains(c.twice, name):
		c.fail(path, fmt.Errorf("column %q: %w", name, predicate.ErrAmbiguous))
		return Column{}, false
	}
	if c.used != nil {
		c.used[name] = col
	}
	return col, true
}

// output checks a name of the answer. hint says how to mend it.
func (c *checker) output(name, path, hint string) string {
	switch {
	case name == "" || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		c.fail(path, fmt.Errorf("%w: want valid UTF-8 of 1 to %d bytes%s", ErrName, maxName, hint))
	case slices.Contains(c.outputs, name):
		c.fail(path, fmt.Errorf("%w: %q%s", ErrDuplicate, name, hint))
	}
	c.outputs = append(c.outputs, name)
	return name
}

// page checks a question for rows, and returns the types of their columns.
func (c *checker) page(q Query) (out []Column) {
	for _, other := range []struct {
		name  string
		given bool
	}{{"dimensions", len(q.Dimensions) > 0}, {"measures", len(q.Measures) > 0}, {"totals", q.Totals}} {
		if other.given {
			c.fail(other.name, fmt.Errorf("%w: columns list rows: want columns alone, or dimensions and measures", ErrValue))
		}
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		c.fail("limit", fmt.Errorf("%w: got %d, want 1 to %d for a page of rows", ErrValue, q.Limit, MaxPage))
	}
	for i, name := range q.Columns {
		path := fmt.Sprintf("columns[%d]", i)
		col, ok := c.column(name, path)
		if ok && col.Kind == Other {
			c.fail(path, fmt.Errorf("%w: column %q is %s, which has no value in an answer", ErrType, name, col.describe()))
		}
		col.Name = c.output(name, path, "")
		out = append(out, col)
	}
	return out
}

// dimension returns the type of a dimension.
func (c *checker) dimension(d Dimension, path string) Column {
	col, ok := c.column(d.Column, path+".column")
	if !ok {
		return Column{}
	}
	switch {
	case d.Cut > Hour:
		c.fail(path+".cut", fmt.Errorf("%w: %s", ErrValue, d.Cut))
	case d.Cut != Whole && col.Kind != Date && col.Kind != Time:
		c.fail(path+".cut", fmt.Errorf("%w: column %q is %s, want a date or a time", ErrType, d.Column, col.describe()))
	case d.Cut == Hour && col.Kind == Date:
		c.fail(path+".cut", fmt.Errorf("%w: column %q is %s, want a time", ErrType, d.Column, col.describe()))
	case d.Cut != Whole && d.Cut != Hour:
		return Column{Kind: Date}
	}
	c.groups(col, d.Column, path+".column")
	return col
}

// groups checks that rows can be grouped by values of a type.
func (c *checker) groups(t Column, what, path string) {
	if !t.Kind.ordered() && t.Kind != Bool || t.Kind == Float {
		c.fail(path, fmt.Errorf("%w: %s is %s, which does not make groups", ErrType, what, t.describe()))
	}
}

// measure returns the type of a measure.
func (c *checker) measure(m Measure, path string) Column {
	if m.Func == 0 || m.Func > Percentile {
		c.fail(path+".function", fmt.Errorf("%w: %q: want count, countDistinct, sum, avg, min, max, median or percentile", ErrValue, m.Func))
		return Column{}
	}
	if m.Func == Percentile {
		if _, _, ok := percentOf(m.Percent); !ok {
			c.fail(path+".percent", fmt.Errorf("%w: want a number above 0 and at most 100, with at most 6 digits after the point", ErrValue))
		}
	} else if m.Percent != "" {
		c.fail(path+".percent", fmt.Errorf("%w: only for percentile", ErrValue))
	}
	if m.Of.Op() == ExprNone && m.Func == Count {
		return Column{Kind: Int}
	}
	before := len(c.errs)
	t := c.expr(m.Of, path+".of", 0)
	if len(c.errs) > before {
		return Column{}
	}
	wrong := func(want string) {
		c.fail(path+".of", fmt.Errorf("%w: %s of %s, want %s", ErrType, m.Func, t.describe(), want))
	}
	switch m.Func {
	case Count:
		return Column{Kind: Int}
	case CountDistinct:
		c.groups(t, m.Of.String(), path+".of")
		return Column{Kind: Int}
	case Min, Max, Percentile:
		if !t.Kind.ordered() {
			wrong("text, a number, a date or a time")
		}
		return t
	}
	if !t.Kind.numeric() {
		wrong("a number")
		return Column{}
	}
	if t.Kind == Float {
		return Column{Kind: Float}
	}
	_, scale := t.digits()
	switch m.Func {
	case Avg:
		scale += AvgDigits
	case Median:
		scale++
	}
	if scale > MaxPrecision {
		c.fail(path+".of", fmt.Errorf("%w after the point", ErrTooWide))
	}
	return Column{Kind: Decimal, Precision: MaxPrecision, Scale: scale}
}

// AvgDigits is the number of additional digits after the point in the average
// of integers and decimals.
const AvgDigits = 6

// expr returns the type of an expression.
func (c *checker) expr(e Expr, path string, depth int) Column {
	if depth > maxDepth {
		c.fail(path, fmt.Errorf("%w: arithmetic nested more than %d deep", ErrTooMany, maxDepth))
		return Column{}
	}
	switch e.Op() {
	case ExprColumn:
		col, _ := c.column(e.Text(), path)
		return col
	case ExprNumber:
		n, scale, ok := parseDecimal(e.Text())
		if !ok {
			c.fail(path, fmt.Errorf("%w: want a number in decimal digits", ErrValue))
			return Column{}
		}
		if max(precisionOf(n), scale) > MaxPrecision {
			c.fail(path, ErrTooWide)
		}
		return Column{Kind: Decimal, Precision: max(precisionOf(n), scale), Scale: scale}
	case ExprAdd, ExprSubtract, ExprMultiply:
	default:
		c.fail(path, fmt.Errorf("%w: want a column, a number or arithmetic", ErrValue))
		return Column{}
	}
	if len(e.n.args) > maxArgs {
		c.fail(path, fmt.Errorf("%w operands: got %d, want at most %d", ErrTooMany, len(e.n.args), maxArgs))
		return Column{}
	}
	before := len(c.errs)
	var t Column
	for i, a := range e.n.args {
		at := fmt.Sprintf("%s.%s[%d]", path, e.Op(), i)
		u := c.expr(a, at, depth+1)
		if len(c.errs) == before && !u.Kind.numeric() {
			c.fail(at, fmt.Errorf("%w: %s is %s, want a number", ErrType, a, u.describe()))
		}
		if i == 0 {
			t = u
			continue
		}
		if t = combine(e.Op(), t, u); t.Kind == Decimal && t.Precision > MaxPrecision {
			c.fail(at, ErrTooWide)
			return Column{}
		}
	}
	return t
}

// combine returns the type of arithmetic of two numbers: exact if both are.
func combine(op ExprOp, a, b Column) Column {
	if a.Kind == Float || b.Kind == Float {
		return Column{Kind: Float}
	}
	ap, as := a.digits()
	bp, bs := b.digits()
	if op == ExprMultiply {
		return Column{Kind: Decimal, Precision: ap + bp, Scale: as + bs}
	}
	scale := max(as, bs)
	return Column{Kind: Decimal, Precision: max(ap-as, bp-bs) + scale + 1, Scale: scale}
}

// filter checks a filter, and returns the bounds of a Range.
func (c *checker) filter(f Filter, path string) Bounds {
	switch f := f.(type) {
	case Where:
		if err := predicate.CheckColumns(c.names, f.Predicate.Restricted()...); err != nil {
			c.fail(path+".where", err)
		}
		for _, name := range f.Predicate.Restricted() {
			if col, ok := c.table[name]; ok {
				c.used[name] = col
			}
		}
	case Range:
		if col, ok := c.column(f.Column, path+".range.column"); ok {
			b, err := boundsOf(f, col)
			if err != nil {
				c.fail(path+".range", err)
			}
			return b
		}
	case Null:
		c.column(f.Column, path+".null.column")
	case Top:
		if col, ok := c.column(f.Column, path+".top.column"); ok {
			c.groups(col, f.Column, path+".top.column")
		}
		if f.N < 1 || f.N > MaxTop {
			c.fail(path+".top.n", fmt.Errorf("%w: got %d, want 1 to %d", ErrValue, f.N, MaxTop))
		}
		before := len(c.errs)
		if t := c.measure(f.By, path+".top.by"); len(c.errs) == before && !t.Kind.numeric() {
			c.fail(path+".top.by", fmt.Errorf("%w: %s, want a number", ErrType, t.describe()))
		}
	default:
		c.fail(path, fmt.Errorf("%w: want Where, Range, Null or Top", ErrValue))
	}
	return Bounds{Empty: true}
}

// order checks the order, the limit and the offset.
func (c *checker) order(q Query) {
	seen := make(map[string]bool)
	for i, o := range q.Order {
		path := fmt.Sprintf("order[%d].by", i)
		switch {
		case !slices.Contains(c.outputs, o.By):
			c.fail(path, fmt.Errorf("%w: %q: want the name of a dimension, measure or column of the answer", ErrName, o.By))
		case seen[o.By]:
			c.fail(path, fmt.Errorf("%w: %q", ErrDuplicate, o.By))
		}
		seen[o.By] = true
	}
	for _, n := range []struct {
		name string
		got  int64
	}{{"limit", q.Limit}, {"offset", q.Offset}} {
		if n.got < 0 || n.got > MaxRows {
			c.fail(n.name, fmt.Errorf("%w: got %d, want 0 to %d", ErrValue, n.got, int64(MaxRows)))
		}
	}
}
