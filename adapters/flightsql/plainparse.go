package flightsql

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/recovered"
	"github.com/rowsight/rowsight/query"
)

// A selection is a statement of [Plain].
type selection struct {
	distinct, star bool
	items          []item
	table          string
	where          *condition
	group          []groupKey
	order          []query.Order
	limit, offset  operand
	params         int // the number of parameters
}

// An item is a column of the result: a dimension or a measure.
type item struct {
	column  string
	cut     query.Cut
	measure *query.Measure
	as      string
}

func (i item) name() string {
	if i.measure != nil {
		m := *i.measure
		m.As = i.as
		return m.Name()
	}
	return query.Dimension{Column: i.column, As: i.as}.Name()
}

// A condition is a comparison, or AND or OR of conditions.
type condition struct {
	op     string // and, or, =, <, <=, >, >=, in, null, notnull
	column string
	values []operand
	parts  []*condition
}

// An operand is a value: a text, a number, or a parameter.
type operand struct {
	kind  tokenKind // tokenEnd is none
	text  string
	param int // from 1
}

type parser struct {
	tokens []token
	at     int
	depth  int
	out    selection
	marks  bool // parameters are ?
	digits bool // parameters are $1
}

// maxDepth bounds nested parentheses.
const maxDepth = 50

// isSyntax reports whether an error is one of the parser's own: it holds a place and
// what was wanted there.
func isSyntax(err error) bool { return errors.Is(err, ErrStatement) }

// parse reads a statement. Errors name places and wanted words.
func parse(sql string) (s selection, err error) {
	all, err := tokens(sql)
	if err != nil {
		return selection{}, err
	}
	p := &parser{tokens: all}
	defer func() {
		if failed := recovered.Error(recover(), isSyntax); failed != nil {
			s, err = selection{}, failed
		}
	}()
	p.selection()
	return p.out, nil
}

func (p *parser) fail(format string, args ...any) {
	panic(fmt.Errorf("%w: at byte %d: %s", ErrStatement, p.tokens[p.at].at+1, fmt.Sprintf(format, args...)))
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// word takes keywords, if they come next.
func (p *parser) word(words ...string) bool {
	for i, w := range words {
		if p.at+i >= len(p.tokens) || p.tokens[p.at+i].kind != tokenName || !strings.EqualFold(p.tokens[p.at+i].text, w) {
			return false
		}
	}
	p.at += len(words)
	return true
}

// sign takes a sign, if it comes next.
func (p *parser) sign(text string) bool {
	if t := p.peek(); t.kind != tokenSign || t.text != text {
		return false
	}
	p.at++
	return true
}

func (p *parser) want(ok bool, what string) {
	if !ok {
		p.fail("want %s", what)
	}
}

// reserved are words that are no names, unless they are quoted.
var reserved = []string{"select", "distinct", "from", "where", "group", "by", "order", "limit", "offset", "and", "or", "not", "in", "is", "null", "between", "as", "asc", "desc",
	"union", "except", "intersect", "having", "join", "on", "with", "over", "case", "exists", "like", "fetch", "window", "qualify", "values"}

func (p *parser) name(what string) string {
	t := p.peek()
	if t.kind == tokenQuoted && t.text != "" || t.kind == tokenName && !slices.Contains(reserved, strings.ToLower(t.text)) {
		p.at++
		return t.text
	}
	p.fail("want %s", what)
	return ""
}

// list appends one part, and more after commas.
func list[T any](p *parser, all []T, one func() T) []T {
	all = append(all, one())
	for p.sign(",") {
		all = append(all, one())
	}
	return all
}

func (p *parser) selection() {
	s := &p.out
	p.want(p.word("select"), "SELECT: this server has one statement, SELECT ... FROM one dataset")
	s.distinct = p.word("distinct")
	if p.sign("*") {
		s.star = true
	} else {
		s.items = list(p, s.items, p.item)
	}
	p.want(p.word("from"), "FROM")
	s.table = p.name("the name of a dataset")
	if p.word("where") {
		s.where = p.or()
	}
	if p.word("group", "by") {
		s.group = list(p, nil, p.groupName)
	}
	if p.word("order", "by") {
		s.order = list(p, nil, p.orderName)
	}
	if p.word("limit") {
		s.limit = p.number()
	}
	if p.word("offset") {
		s.offset = p.number()
	}
	p.sign(";")
	p.want(p.peek().kind == tokenEnd, "the end of the statement: one dataset, WHERE, GROUP BY, ORDER BY, LIMIT and OFFSET are all that this server knows")
}

// A groupKey is what GROUP BY names.
type groupKey struct {
	name   string
	column bool // by a name, which a column of the dataset may have, too
}

// groupName is a column, or the number of one.
func (p *parser) groupName() groupKey {
	named := p.peek().kind != tokenNumber && (p.at+1 >= len(p.tokens) || p.tokens[p.at+1].text != "(")
	return groupKey{p.place("the name of a column"), named}
}

func (p *parser) place(what string) string {
	if t := p.peek(); t.kind == tokenNumber {
		n, err := strconv.Atoi(t.text)
		if err != nil || n < 1 || n > len(p.out.items) {
			p.fail("want the number of a column of the result")
		}
		p.at++
		return p.out.items[n-1].name()
	}
	if p.at+1 < len(p.tokens) && p.tokens[p.at+1].text == "(" { // an expression as it stands in the list
		i := p.item()
		if i.cut == query.Whole {
			return i.name()
		}
		for _, other := range p.out.items {
			if other.cut == i.cut && strings.EqualFold(other.column, i.column) {
				return other.name()
			}
		}
		p.fail("want date_trunc as it stands after SELECT")
	}
	return p.name(what)
}

func (p *parser) orderName() query.Order {
	o := query.Order{By: p.place("the name of a column of the result")}
	if p.word("desc") {
		o.Desc = true
	} else {
		p.word("asc")
	}
	return o
}

// functions are the measures, and their names in SQL.
var functions = map[string]query.Func{
	"count": query.Count, "sum": query.Sum, "avg": query.Avg, "min": query.Min, "max": query.Max, "median": query.Median,
}

var cuts = map[string]query.Cut{
	"year": query.Year, "quarter": query.Quarter, "month": query.Month, "week": query.Week, "day": query.Day, "hour": query.Hour,
}

func (p *parser) item() (i item) {
	t := p.peek()
	call := t.kind == tokenName && p.at+1 < len(p.tokens) && p.tokens[p.at+1].text == "(" && p.tokens[p.at+1].kind == tokenSign
	switch {
	case call && strings.EqualFold(t.text, "date_trunc"):
		p.at += 2
		text := p.next()
		cut, ok := cuts[strings.ToLower(text.text)]
		p.want(ok && text.kind == tokenText, "'year', 'quarter', 'month', 'week', 'day' or 'hour'")
		p.want(p.sign(","), ",")
		i.cut, i.column = cut, p.name("the name of a column")
		p.want(p.sign(")"), ")")
	case call:
		f, ok := functions[strings.ToLower(t.text)]
		p.want(ok, "count, sum, avg, min, max, median or date_trunc: other functions are not known here")
		p.at += 2
		m := query.Measure{Func: f}
		switch {
		case f == query.Count && p.sign("*"):
		case f == query.Count && p.word("distinct"):
			m.Func, m.Of = query.CountDistinct, query.Col(p.name("the name of a column"))
		default:
			m.Of = p.sum()
		}
		p.want(p.sign(")"), ")")
		i.measure = &m
	default:
		i.column = p.name("a column, or count(*)")
	}
	if p.word("as") {
		i.as = p.name("a name")
	} else if t := p.peek(); t.kind == tokenQuoted || t.kind == tokenName && !slices.Contains(reserved, strings.ToLower(t.text)) {
		i.as = p.name("a name")
	}
	return i
}

// sum is arithmetic of columns and numbers.
func (p *parser) sum() query.Expr {
	e := p.product()
	for {
		switch {
		case p.sign("+"):
			e = query.Add(e, p.product())
		case p.sign("-"):
			e = query.Subtract(e, p.product())
		default:
			return e
		}
	}
}

func (p *parser) product() query.Expr {
	e := p.factor()
	for p.sign("*") {
		e = query.Multiply(e, p.factor())
	}
	return e
}

func (p *parser) factor() query.Expr {
	if p.sign("(") {
		p.deeper()
		e := p.sum()
		p.want(p.sign(")"), ")")
		p.depth--
		return e
	}
	if t := p.peek(); t.kind == tokenNumber {
		p.at++
		return query.Num(t.text)
	}
	return query.Col(p.name("a column or a number"))
}

func (p *parser) deeper() {
	if p.depth++; p.depth > maxDepth {
		p.fail("want at most %d nested parentheses", maxDepth)
	}
}

func (p *parser) or() *condition {
	c := &condition{op: "or", parts: []*condition{p.and()}}
	for p.word("or") {
		c.parts = append(c.parts, p.and())
	}
	return c.alone()
}

func (p *parser) and() *condition {
	c := &condition{op: "and", parts: []*condition{p.test()}}
	for p.word("and") {
		c.parts = append(c.parts, p.test())
	}
	return c.alone()
}

// alone takes AND and OR of one condition away.
func (c *condition) alone() *condition {
	if len(c.parts) == 1 {
		return c.parts[0]
	}
	return c
}

func (p *parser) test() *condition {
	if p.sign("(") {
		p.deeper()
		c := p.or()
		p.want(p.sign(")"), ")")
		p.depth--
		return c
	}
	c := &condition{column: p.name("the name of a column")}
	switch {
	case p.word("is", "not", "null"):
		c.op = "notnull"
	case p.word("is", "null"):
		c.op = "null"
	case p.word("between"):
		low := p.value()
		p.want(p.word("and"), "AND")
		return &condition{op: "and", parts: []*condition{{op: ">=", column: c.column, values: []operand{low}}, {op: "<=", column: c.column, values: []operand{p.value()}}}}
	case p.word("in"):
		p.want(p.sign("("), "(")
		c.op, c.values = "in", list(p, nil, p.value)
		p.want(p.sign(")"), ")")
	default:
		for _, op := range []string{"=", "<=", ">=", "<", ">"} {
			if p.sign(op) {
				if op == "<" && p.sign(">") {
					p.at--
					break
				}
				c.op, c.values = op, []operand{p.value()}
				return c
			}
		}
		p.fail("want =, <, <=, >, >=, IN, BETWEEN, IS NULL or IS NOT NULL: no other test is known here")
	}
	return c
}

func (p *parser) value() operand {
	minus := p.sign("-")
	t := p.next()
	switch {
	case t.kind == tokenNumber && minus:
		return operand{kind: tokenNumber, text: "-" + t.text}
	case minus:
	case t.kind == tokenText || t.kind == tokenNumber:
		return operand{kind: t.kind, text: t.text}
	case t.kind == tokenParam:
		return p.param(t)
	case t.kind == tokenName && (strings.EqualFold(t.text, "date") || strings.EqualFold(t.text, "timestamp")) && p.peek().kind == tokenText:
		return operand{kind: tokenText, text: p.next().text}
	}
	if t.kind != tokenEnd {
		p.at--
	}
	p.fail("want a text in single quotes, a number, or a parameter")
	return operand{}
}

func (p *parser) param(t token) operand {
	if t.text == "" {
		p.marks = true
		p.out.params++
		p.want(!p.digits, "parameters of one kind, ? or $1")
		return operand{kind: tokenParam, param: p.out.params}
	}
	p.digits = true
	n, _ := strconv.Atoi(t.text)
	p.want(!p.marks, "parameters of one kind, ? or $1")
	p.want(n > 0, "a parameter from $1")
	p.out.params = max(p.out.params, n)
	return operand{kind: tokenParam, param: n}
}

func (p *parser) number() operand {
	t := p.next()
	switch t.kind {
	case tokenNumber:
		return operand{kind: tokenNumber, text: t.text}
	case tokenParam:
		return p.param(t)
	}
	p.fail("want a number or a parameter")
	return operand{}
}
