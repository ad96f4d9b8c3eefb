package predicate

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads a predicate from the form that [Predicate.String] writes:
//
//	predicate  = union [ "restricting" column { "," column } ] .
//	union      = conjunction { "or" conjunction } .
//	conjunction = term { "and" term } .
//	term       = "all" | "none" | "(" union ")" |
//	             column "in" "(" value { "," value } ")" |
//	             column "has" "value" .
//	column     = name | quoted .
//	value      = quoted .
//
// A name is letters A to Z in either case, digits and underscores, not starting
// with a digit; every other column, and one called like a key word, is quoted.
// A quoted text is a Go string literal in double quotes; bytes that are not
// UTF-8 are written as \x and two digits. Key words are lower case. White space
// is free between tokens. A value is never empty, because "" is in no set (S2).
//
// The text need not be in canonical form; the result is. On error it returns
// the zero Predicate and a [*SyntaxError].
func Parse(s string) (Predicate, error) {
	if i := invalidAt(s); i >= 0 {
		return Predicate{}, syntaxError(s, i, ErrEncoding)
	}
	ps := parser{text: s}
	ps.next()
	p := ps.union(0)
	if ps.tok == "restricting" {
		p = p.Restrict(ps.columns()...)
		ps.want(tokEnd, `"," or the end`)
	} else {
		ps.want(tokEnd, `"and", "or", "restricting" or the end`)
	}
	if ps.err != nil {
		return Predicate{}, ps.err
	}
	return p, nil
}

// MustParse is [Parse] for predicates written in a program. It panics if s is
// not a predicate.
func MustParse(s string) Predicate {
	p, err := Parse(s)
	if err != nil {
		panic(fmt.Sprintf("predicate.MustParse: %v", err))
	}
	return p
}

// A token is one of these kinds, or the text itself for key words and
// punctuation.
type token string

const (
	tokEnd    token = "the end"
	tokName   token = "a name"
	tokQuoted token = "a quoted text"
	tokOpen   token = "an unterminated or malformed quoted text"
	tokOther  token = "a character that starts nothing"
)

// A parser looks one token ahead. After the first error every token is tokEnd,
// so that all loops stop.
type parser struct {
	text  string
	at    int    // where tok starts
	rest  int    // where the text after tok starts
	tok   token  // what stands at at
	value string // of a tokName or tokQuoted
	err   error
}

func (ps *parser) union(depth int) Predicate {
	args := []Predicate{ps.conjunction(depth)}
	for ps.tok == "or" {
		ps.next()
		args = append(args, ps.conjunction(depth))
	}
	return Or(args...)
}

func (ps *parser) conjunction(depth int) Predicate {
	args := []Predicate{ps.term(depth)}
	for ps.tok == "and" {
		ps.next()
		args = append(args, ps.term(depth))
	}
	return And(args[0], args[1:]...)
}

func (ps *parser) term(depth int) Predicate {
	switch ps.tok {
	case "all":
		ps.next()
		return All()
	case "none":
		ps.next()
		return Predicate{}
	case "(":
		if depth == maxDepth {
			ps.fail(ErrTooDeep)
			return Predicate{}
		}
		ps.next()
		p := ps.union(depth + 1)
		ps.want(")", `"and", "or" or ")"`)
		return p
	case tokName, tokQuoted:
		return ps.condition()
	}
	ps.fail(mismatch(ps.found(), `a column, "all", "none" or "("`))
	return Predicate{}
}

// columns reads what stands behind "restricting".
func (ps *parser) columns() (names []string) {
	for ps.tok != tokEnd {
		ps.next()
		if ps.tok != tokName && ps.tok != tokQuoted {
			ps.fail(mismatch(ps.found(), "a column"))
			break
		}
		names = append(names, ps.value)
		if ps.next(); ps.tok != "," {
			break
		}
	}
	return names
}

// condition reads what stands after a column, and the column.
func (ps *parser) condition() Predicate {
	column := ps.value
	ps.next()
	if ps.tok == "has" {
		ps.next()
		ps.want("value", `"value"`)
		return HasValue(column)
	}
	ps.want("in", `"in" or "has value"`)
	ps.want("(", `"("`)
	var values []string
	for {
		if ps.tok == tokQuoted && ps.value == "" {
			ps.fail(mismatch("an empty value", `a value: NULL and "" are in no set`))
		}
		values = append(values, ps.value)
		ps.want(tokQuoted, "a quoted value")
		if ps.tok != "," {
			break
		}
		ps.next()
	}
	ps.want(")", `"," or ")"`)
	return In(column, values...)
}

// want skips the token if it is tok, and fails with what was wanted otherwise.
func (ps *parser) want(tok token, what string) {
	if ps.tok != tok {
		ps.fail(mismatch(ps.found(), what))
		return
	}
	ps.next()
}

func (ps *parser) found() string {
	switch ps.tok {
	case tokEnd, tokName, tokQuoted, tokOpen, tokOther:
		return string(ps.tok)
	default:
		return strconv.Quote(string(ps.tok))
	}
}

func (ps *parser) fail(err error) {
	if ps.err == nil {
		ps.err = syntaxError(ps.text, ps.at, err)
	}
	ps.at, ps.rest = len(ps.text), len(ps.text)
	ps.tok = tokEnd
}

func (ps *parser) next() {
	s := strings.TrimLeft(ps.text[ps.rest:], " \t\r\n")
	ps.at = len(ps.text) - len(s)
	n := 0
	switch {
	case s == "":
		ps.tok = tokEnd
	case s[0] == '"':
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			ps.tok = tokOpen
			return
		}
		ps.tok, n = tokQuoted, len(quoted)
		ps.value, _ = strconv.Unquote(quoted) // a quoted prefix unquotes
	case strings.ContainsRune("(),", rune(s[0])):
		ps.tok, n = token(s[:1]), 1
	default:
		for n < len(s) && nameByte(s[n], n > 0) {
			n++
		}
		switch word := s[:n]; {
		case n == 0:
			ps.tok = tokOther
		case plainName(word):
			ps.tok, ps.value = tokName, word
		default:
			ps.tok = token(word)
		}
	}
	ps.rest = ps.at + n
}
