package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A kind is what a JSON value is. Kinds combine: a column holds a set of them.
type kind uint8

const (
	kindNull kind = 1 << iota
	kindText
	kindBool
	kindInt    // fits int64
	kindBigInt // fits int64 but not, exactly, float64; always with kindInt
	kindFloat  // exactly the value of a float64, in shortest form
	kindOther  // objects, arrays, numbers that fit neither
)

// A member is one key of a JSON object. raw is its value as it stands.
type member struct {
	key  string
	raw  []byte
	kind kind
	at   int // offset of the key
}

// A jsonError is a mistake at an offset of a line.
type jsonError struct {
	at  int
	err error
}

func (e *jsonError) Error() string { return e.err.Error() }
func (e *jsonError) Unwrap() error { return e.err }

var errUTF8 = errors.New("text is not valid UTF-8")

// parser reads one line of JSON (RFC 8259), more strictly than encoding/json:
// a key may occur once, and text that is no Unicode is refused rather than
// replaced. Two hidden values must not become one that a rule admits.
type parser struct {
	line []byte
	at   int
}

// object reads a line that holds one object and nothing else, and appends its
// members to members.
func (p *parser) object(members []member) ([]member, error) {
	if !utf8.Valid(p.line) {
		for i := 0; i < len(p.line); {
			r, n := utf8.DecodeRune(p.line[i:])
			if r == utf8.RuneError && n == 1 {
				return nil, &jsonError{i, errUTF8}
			}
			i += n
		}
	}
	p.space()
	if !p.take('{') {
		return nil, p.want("an object: {")
	}
	for first := true; ; first = false {
		p.space()
		if first && p.take('}') {
			break
		}
		m := member{at: p.at}
		raw, err := p.text()
		if err != nil {
			return nil, err
		}
		if m.key, err = unquote(raw, m.at); err != nil {
			return nil, err
		}
		if p.space(); !p.take(':') {
			return nil, p.want("a colon")
		}
		p.space()
		start := p.at
		if m.kind, err = p.value(maxNesting); err != nil {
			return nil, err
		}
		m.raw = p.line[start:p.at]
		members = append(members, m)
		p.space()
		if p.take('}') {
			break
		}
		if !p.take(',') {
			return nil, p.want("a comma or }")
		}
	}
	if p.space(); p.at < len(p.line) {
		return nil, p.want("the end of the line")
	}
	return members, duplicate(members)
}

// duplicate returns an error for the first key that occurs twice.
func duplicate(members []member) error {
	if len(members) <= 16 {
		for i, m := range members {
			for _, before := range members[:i] {
				if m.key == before.key {
					return &jsonError{m.at, fmt.Errorf("the key %q a second time", m.key)}
				}
			}
		}
		return nil
	}
	seen := make(map[string]bool, len(members))
	for _, m := range members {
		if seen[m.key] {
			return &jsonError{m.at, fmt.Errorf("the key %q a second time", m.key)}
		}
		seen[m.key] = true
	}
	return nil
}

func (p *parser) want(what string) error {
	if p.at >= len(p.line) {
		return &jsonError{p.at, fmt.Errorf("the line ends, want %s", what)}
	}
	r, _ := utf8.DecodeRune(p.line[p.at:])
	return &jsonError{p.at, fmt.Errorf("got %q, want %s", r, what)}
}

func (p *parser) space() {
	for p.at < len(p.line) {
		switch p.line[p.at] {
		case ' ', '\t', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) take(c byte) bool {
	if p.at < len(p.line) && p.line[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) word(s string) bool {
	if bytes.HasPrefix(p.line[p.at:], []byte(s)) {
		p.at += len(s)
		return true
	}
	return false
}

// value passes over one value and returns its kind.
func (p *parser) value(depth int) (kind, error) {
	if p.at >= len(p.line) {
		return 0, p.want("a value")
	}
	switch c := p.line[p.at]; {
	case c == '"':
		_, err := p.text()
		return kindText, err
	case c == '{' || c == '[':
		return kindOther, p.nested(depth)
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	case p.word("null"):
		return kindNull, nil
	case p.word("true"), p.word("false"):
		return kindBool, nil
	}
	return 0, p.want("a value")
}

// nested passes over an object or array.
func (p *parser) nested(depth int) error {
	if depth == 0 {
		return &jsonError{p.at, fmt.Errorf("nested deeper than %d", maxNesting)}
	}
	object, end := p.line[p.at] == '{', byte(']')
	if object {
		end = '}'
	}
	p.at++
	if p.space(); p.take(end) {
		return nil
	}
	for {
		p.space()
		if object {
			if _, err := p.text(); err != nil {
				return err
			}
			if p.space(); !p.take(':') {
				return p.want("a colon")
			}
			p.space()
		}
		if _, err := p.value(depth - 1); err != nil {
			return err
		}
		if p.space(); p.take(end) {
			return nil
		}
		if !p.take(',') {
			return p.want("a comma or " + string(end))
		}
	}
}

// text passes over a string and returns it, quotes included.
func (p *parser) text() ([]byte, error) {
	start, escapes := p.at, false
	if !p.take('"') {
		return nil, p.want("a quote")
	}
	for p.at < len(p.line) {
		switch c := p.line[p.at]; {
		case c == '"':
			p.at++
			raw := p.line[start:p.at]
			if escapes {
				if _, err := unquote(raw, start); err != nil {
					return nil, err
				}
			}
			return raw, nil
		case c == '\\':
			escapes = true
			p.at += 2
		case c < ' ':
			return nil, p.want("no control character")
		default:
			p.at++
		}
	}
	return nil, &jsonError{start, errors.New("a quote that is never closed")}
}

// unquote returns the text of a string that lies at offset at of its line.
func unquote(raw []byte, at int) (string, error) {
	in := raw[1 : len(raw)-1]
	if bytes.IndexByte(in, '\\') < 0 {
		return string(in), nil
	}
	out := make([]byte, 0, len(in))
	for i := 0; i < len(in); i++ {
		if in[i] != '\\' {
			out = append(out, in[i])
			continue
		}
		i++ // a backslash is never last: text passed over what follows
		switch c := in[i]; c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, n := escaped(in[i-1:])
			if n == 0 {
				return "", &jsonError{at + i, errors.New("an escape that is no character")}
			}
			out = utf8.AppendRune(out, r)
			i += n - 2
		default:
			return "", &jsonError{at + i, fmt.Errorf("unknown escape \\%c", c)}
		}
	}
	return string(out), nil
}

// escaped decodes the \uXXXX at the start of in, or the pair of them that
// stands for one character, and returns how long it is; 0 if it is neither.
func escaped(in []byte) (rune, int) {
	hex := func(b []byte) rune {
		if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
			return -1
		}
		n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
		if err != nil || b[2] == '+' {
			return -1
		}
		return rune(n)
	}
	high := hex(in)
	switch {
	case high < 0 || 0xDC00 <= high && high < 0xE000:
		return 0, 0
	case high < 0xD800 || high >= 0xE000:
		return high, 6
	}
	low := hex(in[6:])
	if low < 0xDC00 || low >= 0xE000 {
		return 0, 0
	}
	return (high-0xD800)<<10 + (low - 0xDC00) + 0x10000, 12
}

// number passes over a number and tells which Arrow type holds it exactly.
func (p *parser) number() (kind, error) {
	start, whole := p.at, true
	p.take('-')
	digits := func() bool {
		from := p.at
		for p.at < len(p.line) && '0' <= p.line[p.at] && p.line[p.at] <= '9' {
			p.at++
		}
		return p.at > from
	}
	if !p.take('0') && !digits() {
		return 0, p.want("a digit")
	}
	if p.take('.') {
		if whole = false; !digits() {
			return 0, p.want("a digit")
		}
	}
	if p.take('e') || p.take('E') {
		if whole = false; !p.take('-') {
			p.take('+')
		}
		if !digits() {
			return 0, p.want("a digit")
		}
	}
	return numberKind(string(p.line[start:p.at]), whole), nil
}

func numberKind(s string, whole bool) kind {
	if whole && s != "-0" {
		n, err := strconv.ParseInt(s, 10, 64)
		switch {
		case err != nil:
			return kindOther
		case n > 1<<53 || n < -1<<53:
			return kindInt | kindBigInt
		}
		return kindInt
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || decimal(s) != decimal(strconv.FormatFloat(f, 'g', -1, 64)) {
		return kindOther
	}
	return kindFloat
}

// decimal writes a number in a form that equal numbers share: its digits
// without outer zeros, and their exponent.
func decimal(s string) string {
	s, negative := strings.CutPrefix(s, "-")
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	exp, err := strconv.Atoi(exponent)
	if exponent != "" && err != nil {
		return s // too large an exponent to compare: equal only to itself
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	exp -= len(fraction)
	trimmed := strings.TrimRight(digits, "0")
	if exp += len(digits) - len(trimmed); trimmed == "" {
		exp = 0
	}
	return fmt.Sprint(negative, trimmed, "e", exp)
}
