package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
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

// A member is one key of a JSON object. raw is the unchanged text of its value.
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

// parser reads one line of JSON (RFC 8259), more strictly than encoding/json:
// a key may occur once, at any depth, and text that is no Unicode is refused rather
// than replaced. Two hidden values must not become one that a rule admits. The zero
// parser is ready.
type parser struct {
	in  bytes.Buffer
	dec *jsontext.Decoder
}

// object reads a line that holds one object and nothing else, and appends its
// members to members. They hold parts of the line.
func (p *parser) object(line []byte, members []member) ([]member, error) {
	p.in = *bytes.NewBuffer(line)
	if p.dec == nil {
		p.dec = jsontext.NewDecoder(&p.in)
	} else {
		p.dec.Reset(&p.in)
	}
	if kind := p.dec.PeekKind(); kind != '{' {
		if _, err := p.dec.ReadToken(); err != nil {
			return nil, p.fail(line, err)
		}
		rest := bytes.TrimLeft(line, " \t\r")
		return nil, &jsonError{len(line) - len(rest), fmt.Errorf("got %q, want an object: {", rest[0])}
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return nil, p.fail(line, err)
	}
	for p.dec.PeekKind() == '"' {
		key, err := p.dec.ReadValue()
		if err != nil {
			return nil, p.fail(line, err)
		}
		m := member{at: int(p.dec.InputOffset()) - len(key)}
		if m.key, err = unquote(key); err != nil {
			return nil, &jsonError{m.at, err}
		}
		raw, err := p.dec.ReadValue()
		if err != nil {
			return nil, p.fail(line, err)
		}
		end := int(p.dec.InputOffset())
		m.raw = line[end-len(raw) : end]
		m.kind = kindOf(m.raw)
		members = append(members, m)
	}
	if _, err := p.dec.ReadToken(); err != nil { // the closing brace
		return nil, p.fail(line, err)
	}
	if rest := bytes.TrimLeft(line[p.dec.InputOffset():], " \t\r"); len(rest) > 0 {
		r, _ := utf8.DecodeRune(rest)
		return nil, &jsonError{len(line) - len(rest), fmt.Errorf("got %q, want the end of the line", r)}
	}
	return members, nil
}

// fail gives an error of the decoder its place in the line. It leaves out the path,
// which names keys that the place names too.
func (p *parser) fail(line []byte, err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case !errors.As(err, &syntax):
		return &jsonError{len(line), errors.New("the line ends in the middle of a value")}
	case errors.Is(err, jsontext.ErrDuplicateName):
		return &jsonError{int(syntax.ByteOffset), fmt.Errorf("the key %q a second time", syntax.JSONPointer.LastToken())}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &jsonError{int(syntax.ByteOffset), errors.New("the line ends in the middle of a value")}
	}
	return &jsonError{int(syntax.ByteOffset), syntax.Err}
}

// kindOf returns the kind of a value that is JSON.
func kindOf(raw []byte) kind {
	switch raw[0] {
	case '"':
		return kindText
	case '{', '[':
		return kindOther
	case 'n':
		return kindNull
	case 't', 'f':
		return kindBool
	}
	return numberKind(string(raw), !bytes.ContainsAny(raw, ".eE"))
}

// unquote returns the text of a JSON string.
func unquote(raw []byte) (string, error) {
	if in := raw[1 : len(raw)-1]; bytes.IndexByte(in, '\\') < 0 {
		return string(in), nil
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	return string(text), err
}

const shortNumber = 20 // characters

// numberKind tells which Arrow type holds a number exactly.
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
	if err == nil && len(s) <= shortNumber {
		var b [2 * shortNumber]byte
		if string(strconv.AppendFloat(b[:0], f, 'f', -1, 64)) == s {
			return kindFloat // as most are written
		}
	}
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
