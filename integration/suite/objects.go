package suite

import (
	"slices"
	"strings"
)

// An ObjectKind is what a name in a condition stands for.
type ObjectKind string

// The kinds of objects that engines may let users define.
const (
	Operator  ObjectKind = "operator"
	Function  ObjectKind = "function"
	Type      ObjectKind = "type"
	Collation ObjectKind = "collation"
)

// An Object is something that a condition names, and that a user may try to
// define anew.
type Object struct {
	Kind ObjectKind
	Name string
}

// words are no functions though a parenthesis may follow.
var words = []string{"IN", "ANY", "AND", "OR", "NOT", "WHEN", "THEN", "ELSE", "FROM", "WHERE", "AS", "SELECT", "OPERATOR", "ARRAY", "COLUMNS", "WITH", "TABLE", "END"}

// Objects returns what conditions name, sorted, each once. It is read from the
// text, so that nothing new in it can be forgotten here.
func Objects(texts ...string) []Object {
	var all []Object
	for _, text := range texts {
		tokens := tokensOf(text)
		at := func(i int) string {
			if i < 0 || i >= len(tokens) {
				return ""
			}
			return tokens[i]
		}
		for i, token := range tokens {
			// A name is the last of those that dots join.
			before := i - 1
			for at(before) == "." {
				before -= 2
			}
			switch {
			case token == "::" || strings.ContainsAny(token[:1], "$?@"):
			case strings.ContainsAny(token[:1], operatorChars):
				all = append(all, Object{Operator, token})
			case !isName(token) || at(i+1) == ".":
			case strings.EqualFold(at(before), "COLLATE"):
				all = append(all, Object{Collation, strings.Trim(token, `"`)})
			case at(before) == "::", strings.EqualFold(at(before), "AS") && at(i+1) == ")" && at(i-2) != ")":
				all = append(all, Object{Type, token})
			case at(i+1) == "(" && !slices.Contains(words, strings.ToUpper(token)) && token[0] != '"' && token[0] != '`':
				all = append(all, Object{Function, token})
			}
		}
	}
	slices.SortFunc(all, func(a, b Object) int { return strings.Compare(string(a.Kind)+" "+a.Name, string(b.Kind)+" "+b.Name) })
	return slices.Compact(all)
}

const operatorChars = "=<>!~|+-*/%&^#"

func isName(token string) bool {
	c := token[0]
	return c == '_' || c == '"' || c == '`' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// tokensOf splits SQL into names, operators and marks. Texts and arguments are
// left out.
func tokensOf(text string) (tokens []string) {
	for i := 0; i < len(text); {
		start, c := i, text[i]
		span := func(in func(c byte) bool) string {
			for i < len(text) && in(text[i]) {
				i++
			}
			return text[start:i]
		}
		switch {
		case c == '\'' || c == '"' || c == '`':
			for i++; i < len(text); i++ {
				if text[i] == c && (i+1 == len(text) || text[i+1] != c) {
					break
				} else if text[i] == c {
					i++
				}
			}
			i++
			if c != '\'' {
				tokens = append(tokens, text[start:min(i, len(text))])
			}
		case isName(text[i:]):
			tokens = append(tokens, span(func(c byte) bool { return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }))
		case strings.HasPrefix(text[i:], "->>"), strings.HasPrefix(text[i:], "::"):
			i += len("->>")
			if c == ':' {
				i--
			}
			tokens = append(tokens, text[start:i])
		case strings.IndexByte(operatorChars, c) >= 0:
			tokens = append(tokens, span(func(c byte) bool { return strings.IndexByte(operatorChars, c) >= 0 }))
		case c == '$' || c == '?' || c == '@' || c >= '0' && c <= '9':
			i++
			span(func(c byte) bool { return c >= '0' && c <= '9' || c == 'p' })
		default:
			if c != ' ' && c != '\n' {
				tokens = append(tokens, text[i:i+1])
			}
			i++
		}
	}
	return tokens
}
