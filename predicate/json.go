package predicate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MarshalJSON writes p as a tree of objects with the names of the [Op]s:
//
//	{"op":"none"}
//	{"op":"all"}
//	{"op":"in","column":"Region","values":["EMEA","US"]}
//	{"op":"has value","column":"Region"}
//	{"op":"and","args":[…]}
//	{"op":"or","args":[…]}
//
// The outermost object has a member "restricting" with the columns that p
// restricts without a condition, if there are any. Predicates that are the
// [Predicate.Same] give equal bytes. JSON cannot represent a column or value
// that is not valid UTF-8. Such a predicate, and one that is nested too deep to
// be read back, is an error that wraps [ErrEncoding].
//
// The document holds every value in full: see [Predicate.LogValue] for logs.
func (p Predicate) MarshalJSON() ([]byte, error) { return p.appendJSON(nil, 0) }

func (p Predicate) appendJSON(b []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, ErrTooDeep
	}
	var err error
	b = fmt.Appendf(b, `{"op":%q`, p.Op().String())
	switch p.Op() {
	case OpIn, OpHasValue:
		if b, err = appendJSONString(append(b, `,"column":`...), p.n.column); err != nil {
			return nil, fmt.Errorf("column %q: %w", p.n.column, err)
		}
	}
	switch p.Op() {
	case OpIn:
		b = append(b, `,"values":[`...)
		for i, v := range p.n.values {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSONString(b, v); err != nil {
				return nil, fmt.Errorf("column %q: value %d of %d: %w", p.n.column, i+1, len(p.n.values), err)
			}
		}
		b = append(b, ']')
	case OpAnd, OpOr:
		b = append(b, `,"args":[`...)
		for i, q := range p.n.args {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = q.appendJSON(b, depth+1); err != nil {
				return nil, err
			}
		}
		b = append(b, ']')
	}
	if beyond := p.unconditioned(); depth == 0 && len(beyond) > 0 {
		b = append(b, `,"restricting":`...)
		for i, name := range beyond {
			b = append(b, "[,"[min(i, 1)])
			if b, err = appendJSONString(b, name); err != nil {
				return nil, fmt.Errorf("column %q: %w", name, err)
			}
		}
		b = append(b, ']')
	}
	return append(b, '}'), nil
}

func appendJSONString(b []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, ErrEncoding
	}
	quoted, err := json.Marshal(s)
	return append(b, quoted...), err
}

// UnmarshalJSON reads what [Predicate.MarshalJSON] writes. The document need
// not be in canonical form. It is read strictly: an unknown "op", a field that
// is unknown, missing, duplicate, in another case or not allowed with "op", an
// empty list, an empty value, null, and data after the document are errors.
// UnmarshalJSON reports the first 100 problems, in order of position, each as a
// [*SyntaxError], and the number of further ones. On error p is the zero
// Predicate.
func (p *Predicate) UnmarshalJSON(data []byte) error {
	*p = Predicate{}
	text := string(data)
	if i := invalidAt(text); i >= 0 {
		return syntaxError(text, i, ErrEncoding)
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return syntaxError(text, syntaxAt(err, len(text)), fmt.Errorf("%w: not JSON from here on", ErrSyntax))
	}
	d := jsonReader{text: text, dec: json.NewDecoder(bytes.NewReader(data))}
	d.dec.UseNumber() // no number is wanted, so none is too large
	q := d.predicate(0)
	if d.problems > 0 {
		return d.err()
	}
	*p = q
	return nil
}

// syntaxAt returns the offset of what is not JSON. encoding/json reports the
// byte after it, and no byte of its own if the document just ends.
func syntaxAt(err error, size int) int {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || syntax.Error() == "unexpected end of JSON input" {
		return size
	}
	return max(int(syntax.Offset)-1, 0)
}

// maxProblems is how many problems of a document are listed. The next one says how
// many more there are.
const maxProblems = 100

// A jsonReader walks a document that is known to be JSON.
type jsonReader struct {
	text     string
	dec      *json.Decoder
	problems int   // how many there are
	lines    lines // once there is a problem
	errs     []error
	unlisted int // where the first problem stands that is not in errs
}

// fail reports a problem at offset.
func (d *jsonReader) fail(offset int, err error) {
	d.problems++
	switch {
	case d.problems == 1:
		d.lines = newLines(d.text)
	case d.problems == maxProblems+1:
		d.unlisted = offset
	}
	if d.problems <= maxProblems {
		d.errs = append(d.errs, d.lines.error(offset, err))
	}
}

// err returns the problems joined.
func (d *jsonReader) err() error {
	if more := d.problems - len(d.errs); more > 0 {
		return errors.Join(append(d.errs, d.lines.error(d.unlisted, fmt.Errorf("%w: more problems that are not listed: %d", ErrSyntax, more)))...)
	}
	return errors.Join(d.errs...)
}

// token returns the next token and where it starts. The document is valid
// JSON, so there is one.
func (d *jsonReader) token() (json.Token, int) {
	start := int(d.dec.InputOffset())
	start += len(d.text[start:]) - len(strings.TrimLeft(d.text[start:], " \t\r\n,:"))
	tok, _ := d.dec.Token()
	if s, ok := tok.(string); ok && strings.Contains(s, "\uFFFD") && halfSurrogate(d.text[start:d.dec.InputOffset()]) {
		d.fail(start, fmt.Errorf("%w: incomplete surrogate pair", ErrEncoding))
	}
	return tok, start
}

// halfSurrogate reports whether a JSON string literal has an escape that is no
// character. The decoder would replace it, and so change the value.
func halfSurrogate(literal string) bool {
	code := func(at int) rune {
		n, _ := strconv.ParseUint(literal[at:at+4], 16, 16) // it is JSON, so they are there
		return rune(n)
	}
	for i := 0; i < len(literal); i++ {
		if literal[i] != '\\' {
			continue
		}
		i++
		if literal[i] != 'u' || !utf16.IsSurrogate(code(i+1)) {
			continue
		}
		rest := literal[i+5:]
		if !strings.HasPrefix(rest, `\u`) || utf16.DecodeRune(code(i+1), code(i+7)) == '\uFFFD' {
			return true
		}
		i += 10
	}
	return false
}

// skip skips the rest of a value of which tok is the first token.
func (d *jsonReader) skip(tok json.Token) {
	for depth := 0; ; tok, _ = d.token() {
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth <= 0 {
			return
		}
	}
}

const aValue = "a value"

// fields are what an object may hold; nil stands for a field that is not there
// or has a problem that was reported.
type fields struct {
	op, column *string
	values     []string
	args       []Predicate
	restricts  []string
}

func (d *jsonReader) predicate(depth int) Predicate {
	tok, at := d.token()
	if tok != json.Delim('{') {
		d.fail(at, mismatch(kind(tok), "an object"))
		d.skip(tok)
		return Predicate{}
	}
	if depth > maxDepth {
		d.fail(at, ErrTooDeep)
		d.skip(tok)
		return Predicate{}
	}
	problems := d.problems
	var f fields
	seen := make(map[string]bool)
	for d.dec.More() {
		key, at := d.token()
		name, _ := key.(string)
		if seen[name] {
			d.fail(at, fmt.Errorf("%w: field %q twice", ErrSyntax, name))
		}
		seen[name] = true
		d.field(&f, name, at, depth)
	}
	d.token()
	if d.problems > problems {
		return Predicate{}
	}
	delete(seen, "restricting") // it goes with every operator
	p, err := f.build(seen)
	if err != nil {
		d.fail(at, err)
	}
	return p.Restrict(f.restricts...)
}

func (d *jsonReader) field(f *fields, name string, at, depth int) {
	switch name {
	case "op":
		f.op = d.str("the name of an operator")
	case "column":
		f.column = d.str("the name of a column")
	case "values":
		d.list(func() {
			if s := d.str(aValue); s != nil {
				f.values = append(f.values, *s)
			}
		})
	case "args":
		d.list(func() { f.args = append(f.args, d.predicate(depth+1)) })
	case "restricting":
		if depth > 0 {
			d.fail(at, fmt.Errorf("%w: field %q of an operand, want it of the outermost object", ErrSyntax, name))
		}
		d.list(func() {
			if s := d.str("the name of a column"); s != nil {
				f.restricts = append(f.restricts, *s)
			}
		})
	default:
		d.fail(at, fmt.Errorf("%w: unknown field %q, want op, column, values, args or restricting", ErrSyntax, name))
		tok, _ := d.token()
		d.skip(tok)
	}
}

// build makes the predicate of which has says what fields were given.
func (f fields) build(has map[string]bool) (Predicate, error) {
	if f.op == nil {
		return Predicate{}, fmt.Errorf("%w: no field op", ErrSyntax)
	}
	wants, ok := operators[*f.op]
	if !ok {
		return Predicate{}, fmt.Errorf("%w: unknown op, want none, all, in, has value, and, or", ErrSyntax)
	}
	for _, name := range wants {
		if !has[name] {
			return Predicate{}, fmt.Errorf("%w: op %q has no field %s", ErrSyntax, *f.op, name)
		}
	}
	if len(has) > len(wants)+1 {
		return Predicate{}, fmt.Errorf("%w: op %q takes no other field than %s", ErrSyntax, *f.op,
			strings.Join(append([]string{"op"}, wants...), ", "))
	}
	switch *f.op {
	case "all":
		return All(), nil
	case "in":
		return In(*f.column, f.values...), nil
	case "has value":
		return HasValue(*f.column), nil
	case "and":
		return And(f.args[0], f.args[1:]...), nil
	case "or":
		return Or(f.args...), nil
	}
	return Predicate{}, nil
}

// operators are the fields of each, beside op.
var operators = map[string][]string{
	"none":      nil,
	"all":       nil,
	"in":        {"column", "values"},
	"has value": {"column"},
	"and":       {"args"},
	"or":        {"args"},
}

// str reads a string, or reports what else stands there and returns nil.
func (d *jsonReader) str(what string) *string {
	tok, at := d.token()
	s, ok := tok.(string)
	if !ok {
		d.fail(at, mismatch(kind(tok), what))
		d.skip(tok)
		return nil
	}
	if s == "" && what == aValue {
		d.fail(at, mismatch("an empty value", `a value: NULL and "" are in no set`))
	}
	return &s
}

// list calls item for every item of a list of at least one.
func (d *jsonReader) list(item func()) {
	tok, at := d.token()
	if tok != json.Delim('[') {
		d.fail(at, mismatch(kind(tok), "a list"))
		d.skip(tok)
		return
	}
	if !d.dec.More() {
		d.fail(at, mismatch("an empty list", "at least one item"))
	}
	for d.dec.More() {
		item()
	}
	d.token()
}

// kind names what a token starts.
func kind(tok json.Token) string {
	switch tok {
	case json.Delim('{'):
		return "an object"
	case json.Delim('['):
		return "a list"
	case nil:
		return "null"
	}
	switch tok.(type) {
	case string:
		return "a string"
	case bool:
		return "true or false"
	default:
		return "a number"
	}
}
