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
	question := struct {
		Columns    []any `json:"columns,omitempty"`
		Dimensions []any `json:"dimensions,omitempty"`
		Measures   []any `json:"measures,omitempty"`
		Filters    []any `json:"filters,omitempty"`
		Order      []any `json:"order,omitempty"`
		Limit      int64 `json:"limit,omitempty"`
		Offset     int64 `json:"offset,omitempty"`
		Totals     bool  `json:"totals,omitempty"`
	}{
		each(q.Columns, e.column), each(q.Dimensions, e.dimension), each(q.Measures, e.measure), each(q.Filters, e.filter), each(q.Order, e.order),
		q.Limit, q.Offset, q.Totals,
	}
	if e.err != nil {
		return nil, e.err
	}
	return json.Marshal(question)
}

func each[T any](all []T, form func(T) any) []any {
	forms := make([]any, len(all))
	for i, one := range all {
		forms[i] = form(one)
	}
	return forms
}

// An encoder returns the parts of a question in the form that package json writes. It
// keeps the first problem.
type encoder struct {
	values bool // of filters
	err    error
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// text refuses what is not UTF-8, which package json would replace.
func (e *encoder) text(s string) string {
	if !utf8.ValidString(s) {
		e.fail(fmt.Errorf("%w: a text is not valid UTF-8", ErrValue))
	}
	return s
}

func (e *encoder) column(name string) any { return e.text(name) }

func (e *encoder) dimension(d Dimension) any {
	return struct {
		Column string `json:"column"`
		Cut    string `json:"cut,omitempty"`
		As     string `json:"as,omitempty"`
	}{e.text(d.Column), d.Cut.String(), e.text(d.As)}
}

func (e *encoder) measure(m Measure) any {
	var of any
	if m.Of.Op() != ExprNone {
		of = e.expr(m.Of)
	}
	return struct {
		Func    string `json:"function"`
		Of      any    `json:"of,omitempty"`
		Percent string `json:"percent,omitempty"`
		As      string `json:"as,omitempty"`
	}{m.Func.String(), of, e.text(m.Percent), e.text(m.As)}
}

func (e *encoder) expr(x Expr) any {
	switch x.Op() {
	case ExprColumn:
		return e.text(x.Text())
	case ExprNumber:
		return map[string]string{"number": e.text(x.Text())}
	case ExprNone:
		e.fail(fmt.Errorf("%w: an operand is missing", ErrValue))
		return nil
	}
	return map[string][]any{x.Op().String(): each(x.n.args, e.expr)}
}

func (e *encoder) filter(f Filter) any {
	switch f := f.(type) {
	case Where:
		return map[string]any{"where": e.predicate(f.Predicate)}
	case Range:
		return map[string]any{"range": struct {
			Column string `json:"column"`
			From   string `json:"from,omitempty"`
			To     string `json:"to,omitempty"`
			Above  string `json:"above,omitempty"`
			Below  string `json:"below,omitempty"`
		}{e.text(f.Column), e.bound(f.From), e.bound(f.To), e.bound(f.Above), e.bound(f.Below)}}
	case Null:
		name := map[bool]string{false: "null", true: "notNull"}[f.Not]
		return map[string]any{name: map[string]string{"column": e.text(f.Column)}}
	case Top:
		return map[string]any{"top": struct {
			Column string `json:"column"`
			N      int64  `json:"n"`
			By     any    `json:"by"`
			Bottom bool   `json:"bottom,omitempty"`
		}{e.text(f.Column), f.N, e.measure(f.By), f.Bottom}}
	}
	e.fail(fmt.Errorf("%w: want Where, Range, Null or Top", ErrValue))
	return nil
}

func (e *encoder) bound(text string) string {
	if text != "" && !e.values {
		return "…"
	}
	return e.text(text)
}

func (e *encoder) predicate(p predicate.Predicate) any {
	if !e.values { // the columns, and not which values or how many
		return each(p.Restricted(), e.column)
	}
	text, err := p.MarshalJSON()
	if err != nil {
		e.fail(err)
	}
	return json.RawMessage(text)
}

func (e *encoder) order(o Order) any {
	return struct {
		By   string `json:"by"`
		Desc bool   `json:"desc,omitempty"`
	}{e.text(o.By), o.Desc}
}
