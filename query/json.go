package query

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/rowsight/rowsight/predicate"
)

// MarshalJSON writes q in the form of [Parse]. It omits zero fields, so equal
// questions give equal bytes. Text that is not valid UTF-8 and a nil filter are
// errors.
func (q Query) MarshalJSON() ([]byte, error) { return q.encode(true) }

// UnmarshalJSON reads q as [Parse] does. On an error q is the zero Query.
func (q *Query) UnmarshalJSON(data []byte) (err error) {
	*q, err = Parse(bytes.NewReader(data), &ParseOptions{Max: int64(len(data))})
	return err
}

// Shape returns a hash of the question without the values of its filters: the
// columns and functions, the names, the order and the limits. Audit records
// contain it, so you can find equal questions without recording values. It is
// "" for a question that cannot be written as JSON.
func (q Query) Shape() string {
	b, err := q.encode(false)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

func (q Query) encode(values bool) ([]byte, error) {
	e := encoder{values: values}
	e.open('{')
	list(&e, "columns", q.Columns, e.string)
	list(&e, "dimensions", q.Dimensions, e.dimension)
	list(&e, "measures", q.Measures, e.measure)
	list(&e, "filters", q.Filters, e.filter)
	list(&e, "order", q.Order, e.order)
	e.integer("limit", q.Limit)
	e.integer("offset", q.Offset)
	e.boolean("totals", q.Totals)
	e.close('}')
	if e.err != nil {
		return nil, e.err
	}
	return e.b, nil
}

// An encoder writes JSON. next says that something stands before in the list or
// object that is open.
type encoder struct {
	b      []byte
	next   bool
	values bool // of filters
	err    error
}

func (e *encoder) open(c byte)  { e.b, e.next = append(e.b, c), false }
func (e *encoder) close(c byte) { e.b, e.next = append(e.b, c), true }

func (e *encoder) comma() {
	if e.next {
		e.b = append(e.b, ',')
	}
	e.next = true
}

func (e *encoder) name(name string) {
	e.comma()
	e.b = append(append(append(e.b, '"'), name...), '"', ':')
}

func (e *encoder) string(s string) {
	if !utf8.ValidString(s) && e.err == nil {
		e.err = fmt.Errorf("%w: a text is not valid UTF-8", ErrValue)
	}
	quoted, err := json.Marshal(s)
	if err != nil && e.err == nil {
		e.err = err
	}
	e.b = append(e.b, quoted...)
}

func (e *encoder) text(name, s string) {
	if s != "" {
		e.name(name)
		e.string(s)
	}
}

func (e *encoder) integer(name string, n int64) {
	if n != 0 {
		e.name(name)
		e.b = fmt.Append(e.b, n)
	}
}

func (e *encoder) boolean(name string, is bool) {
	if is {
		e.name(name)
		e.b = append(e.b, "true"...)
	}
}

func list[T any](e *encoder, name string, all []T, write func(T)) {
	if len(all) == 0 {
		return
	}
	e.name(name)
	e.open('[')
	for _, one := range all {
		e.comma()
		write(one)
		e.next = true
	}
	e.close(']')
}

func (e *encoder) dimension(d Dimension) {
	e.open('{')
	e.name("column")
	e.string(d.Column)
	e.text("cut", d.Cut.String())
	e.text("as", d.As)
	e.close('}')
}

func (e *encoder) measure(m Measure) {
	e.open('{')
	e.name("function")
	e.string(m.Func.String())
	if m.Of.Op() != ExprNone {
		e.name("of")
		e.expr(m.Of)
	}
	e.text("percent", m.Percent)
	e.text("as", m.As)
	e.close('}')
}

func (e *encoder) expr(x Expr) {
	switch x.Op() {
	case ExprColumn:
		e.string(x.Text())
		return
	case ExprNone:
		if e.err == nil {
			e.err = fmt.Errorf("%w: an operand is missing", ErrValue)
		}
		return
	}
	e.open('{')
	if x.Op() == ExprNumber {
		e.text("number", x.Text())
	} else {
		list(e, x.Op().String(), x.n.args, e.expr)
	}
	e.close('}')
}

func (e *encoder) filter(f Filter) {
	e.open('{')
	switch f := f.(type) {
	case Where:
		e.name("where")
		e.predicate(f.Predicate)
	case Range:
		e.name("range")
		e.open('{')
		e.name("column")
		e.string(f.Column)
		for _, side := range [...][2]string{{"from", f.From}, {"to", f.To}, {"above", f.Above}, {"below", f.Below}} {
			if !e.values && side[1] != "" {
				side[1] = "…"
			}
			e.text(side[0], side[1])
		}
		e.close('}')
	case Null:
		e.name(map[bool]string{false: "null", true: "notNull"}[f.Not])
		e.open('{')
		e.name("column")
		e.string(f.Column)
		e.close('}')
	case Top:
		e.name("top")
		e.open('{')
		e.name("column")
		e.string(f.Column)
		e.name("n")
		e.b = fmt.Append(e.b, f.N)
		e.name("by")
		e.measure(f.By)
		e.next = true
		e.boolean("bottom", f.Bottom)
		e.close('}')
	default:
		if e.err == nil {
			e.err = fmt.Errorf("%w: want Where, Range, Null or Top", ErrValue)
		}
	}
	e.close('}')
}

func (e *encoder) predicate(p predicate.Predicate) {
	if !e.values { // the columns, and not which values or how many
		e.open('[')
		for _, name := range p.Restricted() {
			e.comma()
			e.string(name)
		}
		e.close(']')
		return
	}
	b, err := p.MarshalJSON()
	if err != nil && e.err == nil {
		e.err = err
	}
	e.b = append(e.b, b...)
}

func (e *encoder) order(o Order) {
	e.open('{')
	e.name("by")
	e.string(o.By)
	e.boolean("desc", o.Desc)
	e.close('}')
}
